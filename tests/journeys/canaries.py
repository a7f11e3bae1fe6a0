"""A unique string in every field that could say who somebody is, and how to find it again.

Every column that can hold text is declared here, once: `SECRET` is what a funder may never read,
and gets a canary in each of its rows; the others say why they get none. A new column fails
`test_canaries` by its name until it stands in one of the lists: put it in `SECRET` unless a
funder must be told it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    LargeBinary,
    String,
    inspect,
    select,
    text,
    update,
)

from repit.db.base import Base

CANARY = re.compile(r"xqzj\d{5}")
"""Short, so that no line of a document folds it, and like nothing else."""


def _named(lists: str) -> set[str]:
    """Return `table.column` for lines such as « table: column column »."""
    return {
        f"{table.strip()}.{column}"
        for table, _colon, columns in (line.partition(":") for line in lists.strip().splitlines())
        for column in columns.split()
    }


SECRET = _named("""
accreditation: number authority
allowance: facts explanation
arrival: note
arrival_return: motive
attendance: motive person_name
bank_account: holder iban bic
bank_line: account counterparty remittance structured_reference end_to_end_id motive
bank_line: message_id entry_reference bank_reference
bank_statement: file_name account
batch_file: name content
care_slot: room public_title description cancel_motive
carer: name
chart_entry: label
child: first_name
child_sheet: helps
collector: name name_key relation phone
contribution: note
cost_line: note
device: name
entitlement: motive
event: motive facts
job: facts outcome trouble
notice: to_address facts trouble subject body
online_refund: motive
parent: number first_name last_name town postcode name_key search_key priority_area
parent_import: file_name content
payout: payee_name iban bic reference
payout_batch: debtor_name debtor_iban debtor_bic
payout_outcome: bank_reference
person: name email phone
place: name address town postcode access
provider: name identifier town postcode address phone email description
referral: organisation
repayment: reference motive
reversal: motive
scale: title
scale_rule: label
situation: evidence
stripe_event: about facts
summary_answer: said
unnamed_arrival: first_name
workshop: title public_title description charter translations
workshop_session: theme guests cancel_motive
""")

TOLD = _named("""
arrival: reference
contribution: agreement
fund: title
funder: name long_name contact_email
programme: name
""")
"""What a funder gave money for, and what stands in its own letters."""

COUNTED = _named("""
annual_account: figures
kept_count: part
kept_fact: part
kept_parent: town priority_area
kept_sum: town
release: content
release_fact: facts audit
""")
"""Made from other columns after these had their canaries: if one slips in, it is found here."""

CODES = _named("""
account: kind
accreditation: category
allowance: waits_for
arrival: way
arrival_return: reason
attendance: kind
bank_account: doubt
bank_line: reason_code state why
bank_match: how
bank_statement: kind
booking: state origin ended_by
bookkeeping: frame identifier
browser_stay: role
care_refusal: reason
care_slot: zone preset mixing state
carer: kind
carer_assignment: role state
carer_check: kind
chart_entry: kind number
child_sheet: consents
collector: standing
connect_account: wanting
connect_transfer: state reason
cost_line: kind
device: kind
entitlement: state
event: kind object_kind
family_payment: state
family_refund: state why reason
hold: state
job: kind state
kept_count: period dimension
kept_fact: period name
kept_money: span kind debit_kind credit_kind
kept_parent: declared
kept_reached: category
kept_sum: span category
kept_tally: span about
membership: role
notice: kind locale state
online_payment: way state
online_refund: state reason
parent: state discretion declared
parent_import: state
payment_dispute: state reason
payout: way state reason
payout_batch: state
payout_outcome: result reason effect
person: locale
programme: zone isolated_kinds carer_checks profile
provider: identifier_kind state
redemption: category
referral: kind
refusal: reason
release: kind state
repayment: way state
scale: period
scale_rule: condition effect
situation: kind
stripe_event: kind state why
summary_answer: field
summary_fields: fields
tariff: category unit
transfer: kind
voucher: state
waiting_party: waits_for why state
workshop: audience format zone only_towns promotion state
workshop_session: zone decision state
""")
"""From a closed list, or settings of the operator that say nothing of anybody."""

KEYS = _named("""
bank_line: identity
connect_account: account_id
connect_transfer: account_id transfer_id
family_payment: stripe_session_id stripe_payment_id page
family_refund: stripe_refund_id
job: dedupe worker
notice: dedupe
online_payment: session_id url intent_id
online_refund: refund_id
parent: calendar_key
payment_dispute: dispute_id
stripe_event: event_id
""")
"""Names that machines give; those that end as below are known by their ends."""

KEY_ENDS = (
    "public_id", "_hash", "_sealed", "sha256", "fingerprint", ".key", ".actor", "_by", ".device",
)  # fmt: skip


@dataclass
class Planted:
    """What stands where: the column of each canary, and the columns that had no row to take one."""

    columns: dict[str, str] = field(default_factory=dict)
    without_rows: set[str] = field(default_factory=set)

    def found_in(self, text_read: str) -> set[str]:
        """Return the columns whose canaries can be read in a text, folded or not."""
        plain = re.sub(r"[\s\u00ad\u200b-]+", "", text_read.lower())
        return {self.columns.get(one, one) for one in CANARY.findall(plain)}


def text_columns() -> dict[str, Column[Any]]:
    """Return every column that can hold words, of every table."""
    return {
        f"{table.name}.{column.name}": column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary)
    }


def undeclared() -> set[str]:
    """Return the columns that stand in no list."""
    known = SECRET | TOLD | COUNTED | CODES | KEYS
    return {name for name in text_columns() if name not in known and not name.endswith(KEY_ENDS)}


def declared_for_nothing() -> set[str]:
    """Return what stands in a list, and in no table."""
    return (SECRET | TOLD | COUNTED | CODES | KEYS) - set(text_columns())


def plant(engine: Engine, keep: dict[str, Any]) -> Planted:
    """Put a canary in every row of every secret column.

    Args:
        keep: by table or by column, a condition for the rows that stay as they are.
    """
    planted = Planted()
    with engine.begin() as connection, _triggers_asleep(connection):
        for table in Base.metadata.sorted_tables:
            columns = [one for one in table.columns if f"{table.name}.{one.name}" in SECRET]
            for column in columns:
                name = f"{table.name}.{column.name}"
                kept = keep.get(name, keep.get(table.name))
                _plant_column(connection, column, name, kept, planted)
    return planted


def _plant_column(
    connection: Connection, column: Column[Any], name: str, kept: Any, planted: Planted
) -> None:
    table = column.table
    keys = list(table.primary_key.columns)
    rows = select(*keys, column.label("value"))
    found = connection.execute(rows if kept is None else rows.where(~kept)).mappings().all()
    if not found:
        planted.without_rows.add(name)
    for row in found:
        canary = f"xqzj{len(planted.columns):05d}"
        planted.columns[canary] = name
        own = [key == row[key.name] for key in keys]
        held = {column.name: _holding(column, row["value"], canary)}
        connection.execute(update(table).where(*own).values(held))


def _holding(column: Column[Any], value: Any, canary: str) -> Any:
    if isinstance(column.type, LargeBinary):
        return canary.encode()
    if not isinstance(column.type, JSON):
        return canary
    if column.name == "translations":
        return {"fr": {"public_title": canary, "description": canary}}
    if isinstance(value, list):
        return [{**one, "canary": canary} for one in value]
    return {**(value or {}), "canary": canary}


@contextmanager
def _triggers_asleep(connection: Connection) -> Iterator[None]:
    """Let what is append-only be changed, as nothing but a test may."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for name, _sql in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def tables_of(engine: Engine) -> set[str]:
    """Return the tables of the database, to see that the models know them all."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}
