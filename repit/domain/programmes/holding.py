"""A fund, locked for a change of its money or of what it says."""

from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.programmes.errors import FundClosed
from repit.domain.programmes.models import Fund


def locked_fund(db: Session, fund_id: int) -> Fund:
    """Lock a fund and return it as it is now.

    Raises:
        NoSuchObject: there is no such fund.
    """
    fund = db.get(Fund, fund_id, with_for_update=True, populate_existing=True)
    if fund is None:
        raise NoSuchObject
    return fund


def locked_open_fund(db: Session, fund_id: int) -> Fund:
    """Lock a fund that still takes and spends money.

    Raises:
        NoSuchObject: there is no such fund.
        FundClosed: it is closed.
    """
    fund = locked_fund(db, fund_id)
    if fund.closed_at is not None:
        raise FundClosed
    return fund
