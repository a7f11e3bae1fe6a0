"""The numbers of one programme as its own rows tell them, without asking the ledger. Cents.

Some things no row tells: what is available, which is what is left; what the operator covered, what
it gave back by bank, and a loss that was undone after it was covered, which are transfers alone.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

FUNDS = "(SELECT id FROM fund WHERE programme_id = :programme)"
OURS = (
    "(SELECT p.id FROM family_payment p JOIN fund f ON f.id = p.fund_id"
    " WHERE f.programme_id = :programme)"
)
ARRIVED = f"SELECT sum(amount_cents - returned_cents) FROM arrival WHERE fund_id IN {FUNDS}"
COVERED = f"""
SELECT sum(t.amount_cents) FROM transfer t JOIN account a ON a.id = t.credit_id
 WHERE t.kind = 'cover' AND a.fund_id IN {FUNDS}
"""
SHORT = f"""
SELECT sum(r.shortage_cents) FROM arrival_return r JOIN arrival a ON a.id = r.arrival_id
 WHERE a.fund_id IN {FUNDS}
"""
PROMISED = f"SELECT sum(face_cents) FROM voucher WHERE state = 'issued' AND fund_id IN {FUNDS}"
TAKEN = """
SELECT sum(r.amount_cents) FROM redemption r
 WHERE r.programme_id = :programme
   AND NOT EXISTS (SELECT 1 FROM reversal x WHERE x.redemption_id = r.id)
"""
FAMILIES_PAID = f"SELECT sum(amount_cents) FROM family_payment WHERE id IN {OURS}"
PASSED_ON = f"SELECT sum(passed_cents) FROM family_payment WHERE id IN {OURS}"
GIVEN_BACK = f"""
SELECT sum(amount_cents) FROM family_refund
 WHERE state IN ('sent', 'done') AND payment_id IN {OURS}
"""
REFUNDED = f"""
SELECT sum(r.amount_cents) FROM online_refund r
  JOIN online_payment p ON p.id = r.payment_id JOIN contribution c ON c.id = p.contribution_id
 WHERE r.state <> 'failed' AND c.fund_id IN {FUNDS}
"""
BY_BANK = f"""
SELECT sum(t.amount_cents) FROM transfer t JOIN account a ON a.id = t.credit_id
 WHERE t.kind = 'return' AND t.arrival_id IS NULL AND a.fund_id IN {FUNDS}
"""
SETTLED_DEBTS = """
SELECT sum(c.amount_cents) FROM recovery c
  JOIN repayment m ON m.id = c.repayment_id JOIN redemption r ON r.id = c.redemption_id
 WHERE m.state = 'done' AND c.ended_at IS NULL AND r.programme_id = :programme AND m.way = '{}'
"""
UNDONE_WHEN_COVERED = f"""
SELECT sum(t.amount_cents) FROM transfer t JOIN account a ON a.id = t.credit_id
 WHERE t.kind = 'write_off' AND a.kind = 'available' AND a.fund_id IN {FUNDS}
"""
PAYOUTS = """
SELECT sum(amount_cents) FROM payout
 WHERE provider_id IN (SELECT provider_id FROM redemption WHERE programme_id = :programme)
   AND state IN ({})
"""


@dataclass(frozen=True)
class Told:
    """See `FundNumbers`; `available` is not told."""

    funded: int
    committed: int
    due: int
    in_transit: int
    paid: int
    returned: int
    lost: int


@dataclass(frozen=True)
class Families:
    """What families paid online is kept for them, passed on to providers, or given back."""

    paid: int
    passed_on: int
    given_back: int

    @property
    def kept(self) -> int:
        """For care that is still to be given."""
        return self.paid - self.passed_on - self.given_back


def told_by_rows(db: Session, programme_id: int) -> Told:
    """Read all of them; providers must work for this programme alone."""

    def total(statement: str) -> int:
        given: dict[str, Any] = {"programme": programme_id}
        return int(db.scalar(text(statement), given) or 0)

    families = families_by_rows(db, programme_id)
    covered, in_transit = total(COVERED), total(PAYOUTS.format("'approved', 'sent'"))
    paid = total(PAYOUTS.format("'settled'"))
    repaid, given_up = (total(SETTLED_DEBTS.format(way)) for way in ("transfer", "written_off"))
    return Told(
        funded=total(ARRIVED) + covered + families.paid,
        committed=total(PROMISED) + families.kept,
        due=total(TAKEN) + families.passed_on - in_transit - paid + repaid + given_up,
        in_transit=in_transit,
        paid=paid - repaid,
        returned=total(REFUNDED) + total(BY_BANK) + families.given_back,
        lost=total(SHORT) + given_up + total(UNDONE_WHEN_COVERED) - covered,
    )


def families_by_rows(db: Session, programme_id: int) -> Families:
    """Read what became of the shares that were paid online."""
    found = (
        int(db.scalar(text(one), {"programme": programme_id}) or 0)
        for one in (FAMILIES_PAID, PASSED_ON, GIVEN_BACK)
    )
    return Families(*found)
