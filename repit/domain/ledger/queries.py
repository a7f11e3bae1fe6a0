"""The numbers of a fund, and the transfers behind each of them. All amounts in cents."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.money import Cents


@dataclass(frozen=True)
class FundNumbers:
    """funded = available + committed + due + in_transit + paid + returned - lost.

    `due` is what providers are owed less what they owe back (`owed_back`); `funded` is what
    arrived, less what was taken back, with what covers it; `lost` is what is missing until it is
    covered.
    """

    funded: Cents
    available: Cents
    committed: Cents
    due: Cents
    in_transit: Cents
    paid: Cents
    returned: Cents
    lost: Cents
    owed_back: Cents

    @property
    def in_hand(self) -> Cents:
        """What is available and there: not missing, and not with a provider who owes it back."""
        return Cents(max(0, self.available - self.lost - self.owed_back))


_CAME_BACK = (TransferKind.BOUNCE, TransferKind.REPAY)
_GIVEN_BACK = (TransferKind.RETURN, TransferKind.SHARE_BACK)
# Which accounts stand behind each number, and the kinds that count on a shared account. Money
# that enters the bank is what was funded; money that leaves it was paid or returned.
BEHIND: dict[str, tuple[tuple[AccountKind, ...], tuple[TransferKind, ...] | None]] = {
    "funded": (
        (AccountKind.BANK,),
        (TransferKind.FUND, TransferKind.DISPUTE, TransferKind.COVER, TransferKind.SHARE_IN),
    ),
    "available": ((AccountKind.AVAILABLE,), None),
    "committed": ((AccountKind.OUTSTANDING, AccountKind.FAMILY_SHARE), None),
    "due": ((AccountKind.PAYABLE, AccountKind.OWED_BACK), None),
    "in_transit": ((AccountKind.TRANSIT,), None),
    "paid": ((AccountKind.BANK,), (TransferKind.SETTLE, *_CAME_BACK)),
    "returned": ((AccountKind.BANK,), _GIVEN_BACK),
    "lost": ((AccountKind.LOSS,), None),
}
_TAKES_FROM_ITS_NUMBER = (TransferKind.DISPUTE, *_CAME_BACK)
REFUSED = "refused"
"""What the bank of a payer or of a family refused to take back: the same transfer reversed."""


def fund_numbers(db: Session, fund_ids: Iterable[int]) -> dict[int, FundNumbers]:
    """Return the numbers of each fund, in one or two statements whatever their count."""
    wanted = set(fund_ids)
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = db.execute(
        select(
            Account.fund_id,
            Account.kind,
            func.sum(Account.debits_cents),
            func.sum(Account.credits_cents),
        )
        .where(Account.fund_id.in_(wanted))
        .group_by(Account.fund_id, Account.kind)
    ).all()
    out_of_bank = any(kind == AccountKind.BANK and out for _, kind, _, out in rows)
    apart = _apart(db, wanted) if out_of_bank else {}
    for fund_id, kind, debits, credited in rows:
        sums[fund_id][f"{kind}+"] = int(credited)
        sums[fund_id][f"{kind}-"] = int(debits)
    return {fund_id: _numbers(sums[fund_id], apart.get(fund_id, {})) for fund_id in wanted}


def _numbers(sums: dict[str, int], apart: dict[str, int]) -> FundNumbers:
    def left(kind: AccountKind) -> Cents:
        return Cents(sums[f"{kind}+"] - sums[f"{kind}-"])

    returned, back, refused, disputed, bounced, repaid = (
        apart.get(name, 0)
        for name in (
            TransferKind.RETURN,
            TransferKind.SHARE_BACK,
            REFUSED,
            TransferKind.DISPUTE,
            *_CAME_BACK,
        )
    )
    returned += back
    came_back = bounced + repaid
    return FundNumbers(
        funded=Cents(sums["bank-"] - refused - disputed - came_back),
        available=left(AccountKind.AVAILABLE),
        committed=Cents(left(AccountKind.OUTSTANDING) + left(AccountKind.FAMILY_SHARE)),
        due=Cents(left(AccountKind.PAYABLE) + left(AccountKind.OWED_BACK)),
        in_transit=left(AccountKind.TRANSIT),
        paid=Cents(sums["bank+"] - returned - disputed - came_back),
        returned=Cents(returned - refused),
        lost=Cents(-left(AccountKind.LOSS)),
        owed_back=Cents(-left(AccountKind.OWED_BACK)),
    )


def _apart(db: Session, fund_ids: set[int]) -> dict[int, dict[str, int]]:
    """Return what crossed the bank's account without being funded or paid, by fund and kind."""
    kinds = (
        TransferKind.RETURN,
        TransferKind.SHARE_BACK,
        TransferKind.DISPUTE,
        *_CAME_BACK,
    )
    entered = Transfer.debit_id == Account.id
    name = case((entered & Transfer.kind.in_(_GIVEN_BACK), REFUSED), else_=Transfer.kind)
    rows = db.execute(
        select(Account.fund_id, name, func.sum(Transfer.amount_cents))
        .join(Transfer, or_(Transfer.credit_id == Account.id, Transfer.debit_id == Account.id))
        .where(
            Account.fund_id.in_(fund_ids),
            Account.kind == AccountKind.BANK,
            Transfer.kind.in_(kinds),
        )
        .group_by(Account.fund_id, name)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for fund_id, kind, amount in rows:
        found[fund_id][kind] = int(amount)
    return found


def behind(fund_id: int, number: str) -> Select[Transfer, bool]:
    """Return the query of the transfers behind a number, newest first, and if each adds to it.

    Raises:
        KeyError: no such number; see `BEHIND`.
    """
    kinds, only = BEHIND[number]
    accounts = select(Account.id).where(Account.fund_id == fund_id, Account.kind.in_(kinds))
    credited, debited = Transfer.credit_id.in_(accounts), Transfer.debit_id.in_(accounts)
    adds = Transfer.kind.not_in(_TAKES_FROM_ITS_NUMBER) if only else credited
    if number == "returned":
        adds = credited
    if AccountKind.LOSS in kinds:
        adds = debited
    query = (
        select(Transfer, adds.label("adds"))
        # What only moves inside a number does not change it.
        .where(or_(debited, credited), credited != debited)
        .order_by(Transfer.id.desc())
    )
    return query if only is None else query.where(Transfer.kind.in_(only))


def owed_to(db: Session, provider_ids: Iterable[int]) -> dict[int, Cents]:
    """Return what each provider is owed and not yet paid, less what it owes back."""
    rows = db.execute(
        select(Account.provider_id, func.sum(Account.credits_cents - Account.debits_cents))
        .where(Account.provider_id.in_(set(provider_ids)))
        .group_by(Account.provider_id)
    )
    return {provider_id: Cents(int(amount)) for provider_id, amount in rows if provider_id}
