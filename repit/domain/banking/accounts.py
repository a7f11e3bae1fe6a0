"""The bank accounts whose files we read: those we pay from, and those a file came of before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.banking.errors import AccountDiffers, AccountNeeded, AccountUnknown
from repit.domain.banking.models import BankStatement
from repit.domain.banking.rules import distinct
from repit.domain.settlements.models import BankAccount


def known_accounts(db: Session) -> list[str]:
    """Return the accounts of this operator, as compact IBANs."""
    paying = db.scalars(
        select(BankAccount.iban)
        .where(
            BankAccount.programme_id.is_not(None),
            BankAccount.confirmed_at.is_not(None),
            BankAccount.ended_at.is_(None),
        )
        .order_by(BankAccount.id)
    )
    read = db.scalars(
        select(BankStatement.account).where(BankStatement.account.is_not(None)).distinct()
    )
    return distinct([*paying, *sorted(one for one in read if one)])


def account_of(db: Session, named: str | None, chosen: str | None, *, it_is_ours: bool) -> str:
    """Return the account a file speaks of.

    Args:
        named: in the file, if it names one.
        chosen: by whoever sends it, for a file that names none.
        it_is_ours: somebody says that an account nobody knows yet is the operator's.

    Raises:
        AccountNeeded, AccountDiffers, AccountUnknown: nobody could say whose money it is.
    """
    account = named or chosen
    if account is None:
        raise AccountNeeded
    if named and chosen and named != chosen:
        raise AccountDiffers(account=named, chosen=chosen)
    if account not in known_accounts(db) and not it_is_ours:
        raise AccountUnknown(account=account)
    return account
