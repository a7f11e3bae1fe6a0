"""Short ways to put one more thing on the stage. Plain values: nothing random but codes.

Each call is one unit of work and gives back plain ids. Rows are written through the models only
where a service would need a whole story first.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, ids
from repit.domain.categories import ALL_CATEGORIES, Category
from repit.domain.codes import CodeVault
from repit.domain.entitlements.models import Allowance, Scale
from repit.domain.households.models import Household, Parent
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, open_fund_accounts, post
from repit.domain.money import Cents
from repit.domain.people.models import Membership, Person
from repit.domain.programmes.models import Arrival, Contribution, Fund, Funder, Programme
from repit.domain.providers.models import Accreditation, Device, Provider, Tariff
from repit.domain.vouchers import printing
from repit.domain.vouchers.models import Voucher

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TODAY = date(2026, 3, 14)
VAULT = CodeVault(bytes(range(32)))
"""The vault of the tests' settings (`tests.settings`)."""

OPERATOR = actors.COMMAND
numbers = count(1)


def a_person(db: Session, name: str, **changes: Any) -> int:
    email = f"{name.lower().replace(' ', '.')}@exemple.test"
    row = Person(
        **{"public_id": ids.public_id(), "name": name, "email": email, "created_at": NOON} | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def person_named(db: Session, name: str) -> int:
    """Return somebody who is on the stage already."""
    return db.scalars(select(Person.id).where(Person.name == name)).one()


def an_operator(db: Session, name: str = "Odile Porteur") -> int:
    person_id = a_person(db, name)
    with unit_of_work(db):
        db.add(Membership(person_id=person_id, role="operator", since=NOON))
    return person_id


def a_funder(db: Session, name: str = "DRDFE") -> int:
    row = Funder(public_id=ids.public_id(), name=name, created_at=NOON)
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def a_programme(db: Session, **changes: Any) -> int:
    row = Programme(
        **{
            "public_id": ids.public_id(),
            "name": f"Chèques répit {next(numbers)}",
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 12, 31),
            "face_cents": 1_000,
            "categories": ALL_CATEGORIES,
            "isolated_kinds": ["alone", "partner_absent", "separated_same_roof"],
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def a_fund(
    db: Session, programme_id: int, *, cents: int = 100_000, funder_id: int, **changes: Any
) -> int:
    row = Fund(
        **{
            "public_id": ids.public_id(),
            "programme_id": programme_id,
            "funder_id": funder_id,
            "title": f"Enveloppe {next(numbers)}",
            "categories": ALL_CATEGORIES,
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        open_fund_accounts(db, row.id)
        fund_id = row.id
    if cents:
        money_arrives(db, fund_id, cents)
    return fund_id


def money_arrives(db: Session, fund_id: int, cents: int, now: datetime = NOON) -> None:
    with unit_of_work(db):
        promised = Contribution(
            public_id=ids.public_id(), fund_id=fund_id, promised_cents=cents, created_at=NOON
        )
        db.add(promised)
        db.flush()
        given = Arrival(
            contribution_id=promised.id,
            fund_id=fund_id,
            amount_cents=cents,
            received_on=TODAY,
            way="hand",
            reference=f"VIR-{next(numbers)}",
            created_at=NOON,
        )
        db.add(given)
        db.flush()
        accounts = accounts_of(db, [fund_id])
        posting = Posting(
            kind=TransferKind.FUND,
            debit_id=accounts[fund_id, AccountKind.BANK, 0, 0],
            credit_id=accounts[fund_id, AccountKind.AVAILABLE, 0, 0],
            amount=Cents(cents),
            arrival_id=given.id,
        )
        post(db, [posting], actor=OPERATOR, now=now)


def a_parent(
    db: Session,
    first_name: str,
    *,
    household_id: int | None = None,
    person_id: int | None = None,
    **changes: Any,
) -> int:
    with unit_of_work(db):
        if household_id is None:
            home = Household(public_id=ids.public_id(), created_at=NOON)
            db.add(home)
            db.flush()
            household_id = home.id
        row = Parent(
            **{
                "public_id": ids.public_id(),
                "number": f"C-{next(numbers):06d}",  # never one that a service gives
                "household_id": household_id,
                "person_id": person_id,
                "first_name": first_name,
                "last_name": "Dupont",
                "town": "Lens",
                "postcode": "62300",
                "requested_on": TODAY,
                "created_at": NOON,
            }
            | changes
        )
        db.add(row)
        db.flush()
        return row.id


@dataclass(frozen=True)
class AProvider:
    id: int
    device_id: int
    token: str


def a_provider(
    db: Session,
    name: str = "La Roseraie",
    *,
    until: date = date(2026, 12, 31),
    categories: tuple[Category, ...] = tuple(Category),
    per_hour: int = 2_000,
    family_share: int = 100,
    **changes: Any,
) -> AProvider:
    """Accredited from 1 January 2025 `until`; per-hour prices; one device of kind `api`."""
    token = ids.secret_token()
    number = next(numbers)
    row = Provider(
        **{
            "public_id": ids.public_id(),
            "name": name,
            "identifier_kind": "siret",
            "identifier": f"{number:014d}",
            "town": "Lens",
            "postcode": "62300",
            "email": f"prestataire{number}@exemple.test",
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        for category in categories:
            db.add(
                Accreditation(
                    public_id=ids.public_id(),
                    provider_id=row.id,
                    category=category,
                    number=f"AGR-{number}",
                    first_day=date(2025, 1, 1),
                    last_day=until,
                    created_at=NOON,
                )
            )
            db.add(
                Tariff(
                    public_id=ids.public_id(),
                    provider_id=row.id,
                    category=category,
                    unit="hour",
                    unit_cents=per_hour,
                    family_share_cents=family_share,
                    first_day=date(2025, 1, 1),
                    created_at=NOON,
                )
            )
        device = Device(
            public_id=ids.public_id(),
            provider_id=row.id,
            kind="api",
            name="logiciel",
            token_hash=ids.fingerprint(token),
            created_at=NOON,
        )
        db.add(device)
        db.flush()
        return AProvider(row.id, device.id, token)


def vouchers_for(
    db: Session,
    parent_id: int,
    fund_id: int,
    *,
    vouchers: int = 1,
    first_day: date = date(2026, 1, 1),
    last_day: date = date(2026, 12, 31),
    grace_days: int = 60,
) -> list[str]:
    """Issue vouchers of the programme's face value; return their codes."""
    with unit_of_work(db):
        fund = db.get_one(Fund, fund_id)
        programme = db.get_one(Programme, fund.programme_id)
        allowance_id = _allowance(db, parent_id, programme.id, vouchers)
        before = set(db.scalars(select(Voucher.id).where(Voucher.parent_id == parent_id)))
        printing.make(
            db.connection(),
            [printing.Pile(parent_id, fund_id, allowance_id, fund.categories, vouchers)],
            printing.Sheet(
                programme_id=programme.id,
                face=Cents(programme.face_cents),
                first_day=first_day,
                last_day=last_day,
                grace_until=last_day + timedelta(days=grace_days),
            ),
            vault=VAULT,
            actor=OPERATOR,
            now=NOON,
        )
        rows = db.scalars(
            select(Voucher).where(Voucher.parent_id == parent_id).order_by(Voucher.id)
        )
        return [VAULT.open(row.code_sealed) for row in rows if row.id not in before]


def a_voucher(db: Session, parent_id: int, fund_id: int, **changes: Any) -> str:
    [code] = vouchers_for(db, parent_id, fund_id, vouchers=1, **changes)
    return code


def voucher_id_of(db: Session, code: str) -> int:
    """Return the key of the voucher behind a code."""
    return db.scalars(select(Voucher.id).where(Voucher.code_hash == VAULT.hash(code))).one()


def _allowance(db: Session, parent_id: int, programme_id: int, vouchers: int) -> int:
    scale = db.scalar(select(Scale).where(Scale.programme_id == programme_id))
    if scale is None:
        scale = Scale(
            public_id=ids.public_id(),
            programme_id=programme_id,
            version=1,
            title="Barème",
            period="year",
            first_day=date(2026, 1, 1),
            published_at=NOON,
            created_at=NOON,
        )
        db.add(scale)
        db.flush()
    allowance = db.scalar(
        select(Allowance).where(
            Allowance.parent_id == parent_id, Allowance.programme_id == programme_id
        )
    )
    if allowance is None:
        allowance = Allowance(
            parent_id=parent_id,
            programme_id=programme_id,
            scale_id=scale.id,
            period_first_day=date(2026, 1, 1),
            period_last_day=date(2026, 12, 31),
            granted=0,
            isolated=False,
            facts={},
            explanation=[],
        )
        db.add(allowance)
    allowance.granted += vouchers
    allowance.issued = (allowance.issued or 0) + vouchers
    db.flush()
    return allowance.id


@dataclass
class Town:
    """The fixed cast: Amina holds, Bruno is the other parent of her child, Chloé a stranger."""

    programme_id: int
    funder_id: int
    fund_id: int
    amina: int
    bruno: int
    chloe: int
    roseraie: AProvider
    sureau: AProvider
    codes: list[str] = field(default_factory=list)
    """Amina's vouchers: ten of 10 €, each good from January to December 2026."""


def a_town(db: Session) -> Town:
    """Bring everybody on: Roseraie is accredited, Sureau lapsed yesterday."""
    funder_id = a_funder(db)
    programme_id = a_programme(db)
    fund_id = a_fund(db, programme_id, funder_id=funder_id)
    amina = a_parent(db, "Amina", person_id=a_person(db, "Amina Dupont"))
    town = Town(
        programme_id=programme_id,
        funder_id=funder_id,
        fund_id=fund_id,
        amina=amina,
        bruno=a_parent(db, "Bruno", person_id=a_person(db, "Bruno Martin")),
        chloe=a_parent(db, "Chloé", person_id=a_person(db, "Chloe Petit")),
        roseraie=a_provider(db),
        sureau=a_provider(db, "Le Sureau", until=TODAY - timedelta(days=1)),
    )
    town.codes = vouchers_for(db, amina, fund_id, vouchers=10)
    return town


def redemption_id(number: int) -> UUID:
    """Return a fixed id, as a client would have made it."""
    return UUID(int=number)
