"""A town with two of everything, so that everybody meets what belongs to somebody else."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock, ids
from repit.domain.banking import service as banking
from repit.domain.banking.models import BankLine
from repit.domain.banking.reading import ReadFile, ReadLine
from repit.domain.banking.service import SentFile
from repit.domain.bookings.book import book
from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.waiting import wait
from repit.domain.cards.models import StripeEvent
from repit.domain.care import sheets
from repit.domain.care.models import Carer, CarerCheck, CareSlot
from repit.domain.care.sheets import NewPerson
from repit.domain.codes import new_codes
from repit.domain.costs import service as costs
from repit.domain.costs.rules import Kind as Spent
from repit.domain.costs.rules import NewCost
from repit.domain.entitlements import scales
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.entitlements.scales import Draft
from repit.domain.family_shares.funds import families_fund
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.households import children, situations
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.households.rules import NewChild, NewSituation, SituationKind
from repit.domain.imports import service as imports
from repit.domain.jobs import service as jobs
from repit.domain.jobs.models import Job
from repit.domain.money import Cents
from repit.domain.notices.models import Notice
from repit.domain.people.models import Membership
from repit.domain.periods import PeriodKind
from repit.domain.programmes.models import Arrival, Contribution, Fund, Funder, Programme
from repit.domain.providers.models import Accreditation, Device, Provider
from repit.domain.referrals import service as referrals
from repit.domain.referrals.rules import Kind as Referred
from repit.domain.referrals.rules import NewReferral
from repit.domain.releases.models import Release
from repit.domain.settlements import accounts, export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.by_hand import record_payout
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.payees import checked_payee
from repit.domain.settlements.settle import settle
from repit.domain.vouchers.present import present
from repit.domain.workshops import facilitators
from repit.domain.workshops.models import Facilitator, Place, Workshop, WorkshopSession
from repit.integrations import sepa
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY, VAULT, AProvider
from tests.domain.bookings import workshop
from tests.domain.redemptions.taking import take
from tests.domain.releases import releasing
from tests.domain.settlements import paying
from tests.journeys.access_table import SOFTWARE
from tests.today import THE_DAY
from tests.visits import visit_as

RULES = (
    Rule("de base", Condition.EVERY_PARENT, Effect.ADD, 6),
    Rule("parent isolé", Condition.ISOLATED, Effect.ADD, 6),
)
FOR_ALL, FOR_LATER, CARE_FOR_ALL = "seance-pour-tous", "seance-d-apres", "garde-pour-tous"
READ_BY_ALL = "dispositif-pour-tous"
LIST_OF_PARENTS = "prénom;nom;commune;code postal;enfants\n{};Roux;Lens;62300;pas une date\n"


@dataclass(frozen=True)
class Side:
    """What belongs to one side, by kind, as it is written in addresses."""

    things: dict[str, str]
    parent: int
    staff: int
    reader: int
    leader: int
    token: str
    """Of the provider's software."""


@dataclass
class Visitor:
    """Somebody with a browser, or a program with a token; `role` is None for a passer-by."""

    name: str
    role: str | None
    client: FlaskClient
    own: Side
    other: Side


def a_side(db: Session, engine: Engine, parent: str, provider: str, funder: str) -> Side:
    """Bring on a parent, a provider and a funder of their own programme, with a past."""
    funder_id, programme_id = cast.a_funder(db, funder), cast.a_programme(db, profile="FR-CAP")
    fund_id = cast.a_fund(db, programme_id, funder_id=funder_id)
    person_id = cast.a_person(db, f"{parent} Dupont")
    parent_id = cast.a_parent(db, parent, person_id=person_id)
    codes = cast.vouchers_for(db, parent_id, fund_id, vouchers=5)
    works = cast.a_provider(db, provider)
    staff = _member(db, f"Rose de {provider}", role="provider", provider_id=works.id)
    reader = _member(db, f"Lise de {funder}", role="funder", funder_id=funder_id)
    db.close()
    receipt = take(engine, works, codes[:1], next(cast.numbers), now=clock.now())
    things = {
        "arrival": str(db.scalars(_of(Arrival.id, Arrival.fund_id, fund_id)).one()),
        "contribution": db.scalars(
            _of(Contribution.public_id, Contribution.fund_id, fund_id)
        ).one(),
        "stripe_event": str(_an_event(db, f"evt_{parent}")),
        "fund": db.get_one(Fund, fund_id).public_id,
        "funder": db.get_one(Funder, funder_id).public_id,
        "programme": db.get_one(Programme, programme_id).public_id,
        "reader": str(reader),
        "release": _a_release(db, programme_id, fund_id),
        "redemption": str(receipt.id),
        "code": codes[1],
        "voucher": VAULT.hash(codes[2]).hex(),
    }
    things["payout"] = _paid(db, engine, works, codes[3:4])
    things |= _batched(db, engine, works, programme_id, codes[4:5])
    things |= _of_parent(db, parent_id, programme_id) | _of_provider(db, works, staff)
    things |= _booked(db, parent_id)
    things |= _of_the_bank(db, funder)
    things |= _of_operator(db, programme_id, person_id, parent)
    evening, leader = _an_evening(db, programme_id, works, parent_id)
    evening |= _counted(db, programme_id, evening["session"])
    return Side(things | evening, person_id, staff, reader, leader, works.token)


def _a_release(db: Session, programme_id: int, fund_id: int) -> str:
    """Approve what the fund's first quarter was."""
    db.rollback()
    release_id = releasing.an_approved(db, programme_id, fund_id)
    return db.get_one(Release, release_id).public_id


def _paid(db: Session, engine: Engine, works: AProvider, codes: list[str]) -> str:
    """Take a voucher in March and pay it: the provider has a statement."""
    taken = take(engine, works, codes, next(cast.numbers))
    with unit_of_work(db):
        return record_payout(
            db,
            works.id,
            seen=taken.amount,
            paid_on=THE_DAY,
            reference=f"VIR {works.id}",
            actor=OPERATOR,
            now=clock.now(),
        )


def _batched(
    db: Session, engine: Engine, works: AProvider, programme_id: int, codes: list[str]
) -> dict[str, str]:
    """Pay another voucher by a file that is written, and let two accounts wait."""
    take(engine, works, codes, next(cast.numbers))
    paying.an_account(db, provider_id=works.id)
    paying.an_account(db, programme_id=programme_id)
    with unit_of_work(db):
        name = settle(db, programme_id, cut_off=clock.now(), actor=paying.ODILE, now=clock.now())
        batch_id = db.scalars(select(PayoutBatch.id).where(PayoutBatch.public_id == name)).one()
    with unit_of_work(db):
        day = next_pay_day(THE_DAY + timedelta(days=1))
        approve(db, batch_id, requested_on=day, actor=paying.PAUL, now=clock.now())
    written = sepa.written(export.order_of(db, batch_id))
    with unit_of_work(db):
        export.keep_file(db, batch_id, written, actor=paying.PAUL, now=clock.now())
    found = {
        "batch": name,
        "payout_of_batch": db.scalars(
            select(Payout.public_id).where(Payout.batch_id == batch_id)
        ).one(),
    }
    db.rollback()
    payee = checked_payee("Association", paying.IBANS[2])
    for kind, owner in (
        ("provider_account", {"provider_id": works.id}),
        ("programme_account", {"programme_id": programme_id}),
    ):
        with unit_of_work(db):
            found[kind] = accounts.propose(db, payee, actor=paying.ODILE, now=clock.now(), **owner)
    return found


def _an_event(db: Session, name: str) -> int:
    """Bring on an event that an operator must look at."""
    db.rollback()
    event = StripeEvent(
        event_id=name,
        kind="checkout.session.completed",
        facts={},
        state="waiting",
        why="unknown_payment",
        created_at=NOON,
        received_at=NOON,
    )
    with unit_of_work(db):
        db.add(event)
        db.flush()
        return event.id


def _of_parent(db: Session, parent_id: int, programme_id: int) -> dict[str, str]:
    parent, now = db.get_one(Parent, parent_id).public_id, clock.now()
    db.rollback()
    alone = NewSituation(SituationKind.ALONE, first_day=TODAY)
    with unit_of_work(db):
        child = children.add(
            db, OPERATOR, parent, NewChild("Léa", TODAY - timedelta(days=900)), now
        )
        situations.add(db, OPERATOR, parent, alone, now)
        forbidden = sheets.add_person(
            db, parent_id, child, NewPerson("Karim Petit", "never"), actor=OPERATOR, now=now
        )
        shown = present(db, parent_id, programme_id, vouchers=1, vault=VAULT, now=now)
    situation = db.scalars(_of(Situation.id, Situation.parent_id, parent_id)).one()
    return {
        "child": child,
        "collector": forbidden,
        "parent": parent,
        "presentation": VAULT.hash(shown.code).hex(),
        "situation": str(situation),
    }


def _of_the_bank(db: Session, funder: str) -> dict[str, str]:
    """A line of the account that nobody has matched yet."""
    db.rollback()
    line = ReadLine(Cents(1_000), credit=True, booked_on=THE_DAY, counterparty=funder)
    sent = SentFile(f"{funder}.xml", funder, it_is_ours=True)
    with unit_of_work(db):
        read = ReadFile("camt.053", f"FR{funder}", (line,))
        taken = banking.take_in(db, sent, read, actor=OPERATOR, now=clock.now())
    waiting = _of(BankLine.public_id, BankLine.counterparty, funder)
    return {"bank_line": db.scalars(waiting).one(), "bank_statement": taken.public_id}


def _of_provider(db: Session, works: AProvider, staff: int) -> dict[str, str]:
    right = _of(Accreditation.public_id, Accreditation.provider_id, works.id)
    return {
        "device": db.get_one(Device, works.device_id).public_id,
        "provider": db.get_one(Provider, works.id).public_id,
        "right": db.scalars(right.limit(1)).one(),
        "staff": str(staff),
    }


def _an_evening(
    db: Session, programme_id: int, works: AProvider, parent_id: int
) -> tuple[dict[str, str], int]:
    """Bring on a session with care beside it, today, where the parent comes with her child."""
    starts = clock.now() + timedelta(hours=1)
    today: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    place_id = workshop.a_place(db)
    workshop_id = workshop.a_workshop(db, programme_id, place_id, min_people=1)
    session_id = workshop.a_session(db, workshop_id, **today)
    slot_id = workshop.a_slot(
        db,
        works.id,
        programme_id=programme_id,
        place_id=place_id,
        session_id=session_id,
        vouchers_per_child=0,
        **today,
    )
    child_id = db.scalars(
        _of(Child.id, Parent.id, parent_id)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
    ).one()
    email = f"animatrice{next(cast.numbers)}@exemple.test"
    db.rollback()
    coming = ((child_id, slot_id),)
    asked = Asked(ids.request_id(), parent_id, session_id, seat=True, children=coming)
    workshop.books(db, asked)
    with unit_of_work(db):
        facilitators.add(
            db, workshop_id, name="Fanny", email=email, actor=OPERATOR, now=clock.now()
        )
    leads = db.scalars(_of(Facilitator, Facilitator.workshop_id, workshop_id)).one()
    carer = db.scalars(_of(Carer, Carer.provider_id, works.id).order_by(Carer.id).limit(1)).one()
    check = db.scalars(_of(CarerCheck.id, CarerCheck.carer_id, carer.id)).one()
    return {
        "carer": carer.public_id,
        "check": str(check),
        "leader": str(leads.id),
        "place": db.get_one(Place, place_id).public_id,
        "workshop": db.get_one(Workshop, workshop_id).public_id,
        "session": db.get_one(WorkshopSession, session_id).public_id,
        "slot": db.get_one(CareSlot, slot_id).public_id,
    }, leads.person_id


def _counted(db: Session, programme_id: int, session: str) -> dict[str, str]:
    """Note a referral of the session, and what the programme cost."""
    session_id = db.scalars(_of(WorkshopSession.id, WorkshopSession.public_id, session)).one()
    db.rollback()
    today, done = clock.day_in("Europe/Paris", clock.now()), {"actor": OPERATOR}
    new = NewReferral(
        ids.request_id(), programme_id, Referred.HEALTH, "Maison de santé", today, session_id
    )
    cost = NewCost(ids.request_id(), programme_id, Spent.ROOM, today, amount=Cents(4_000))
    with unit_of_work(db):
        return {
            "referral": referrals.note(db, new, now=clock.now(), **done),
            "cost_line": costs.add(db, cost, now=clock.now(), **done),
        }


def _of_operator(db: Session, programme_id: int, person_id: int, name: str) -> dict[str, str]:
    db.rollback()
    now = clock.now()
    draft = Draft("Barème", PeriodKind.YEAR, None, TODAY, RULES)
    facts = {"programme_id": programme_id, "day": TODAY.isoformat()}
    notice = Notice(
        kind="vouchers_issued",
        person_id=person_id,
        to_address="quelqu-un@exemple.test",
        locale="fr",
        facts={},
        dedupe=f"issued:{name}",
        created_at=now,
        send_at=now,
        state="failed",
    )
    with unit_of_work(db):
        db.add(notice)
        content = LIST_OF_PARENTS.format(name).encode()
        found = {
            "import": imports.receive(db, OPERATOR, f"{name}.csv", content, now),
            "job": jobs.enqueue(db, kind="issue_vouchers", facts=facts, actor=OPERATOR, now=now),
            "scale": scales.start(db, programme_id, draft, actor=OPERATOR, now=NOON),
        }
        db.flush()
        job = db.scalars(_of(Job, Job.public_id, found["job"])).one()
        job.state, job.trouble = "failed", "OperationalError: away"
        return found | {"notice": str(notice.id)}


def something_to_read(db: Session) -> None:
    """Let anybody read the latest release of a programme."""
    programme_id = cast.a_programme(db, public_id=READ_BY_ALL, publishes=True)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db, "La Région"))
    releasing.an_approved(db, programme_id, fund_id)


def something_to_book(db: Session) -> None:
    """Open what every parent may see: two workshop sessions, and care that stands alone."""
    programme_id, place_id = cast.a_programme(db), workshop.a_place(db)
    workshop_id = workshop.a_workshop(db, programme_id, place_id)
    for name, days in ((FOR_ALL, 18), (FOR_LATER, 25)):
        day = THE_DAY + timedelta(days=days)
        workshop.a_session(db, workshop_id, day=day, public_id=name)
    workshop.a_slot(
        db,
        cast.a_provider(db, "La Garderie").id,
        programme_id=programme_id,
        place_id=place_id,
        day=THE_DAY + timedelta(days=19),
        public_id=CARE_FOR_ALL,
    )


def _booked(db: Session, parent_id: int) -> dict[str, str]:
    now = clock.now()
    ours = {
        name: db.scalars(_of(WorkshopSession.id, WorkshopSession.public_id, name)).one()
        for name in (FOR_ALL, FOR_LATER)
    }
    with unit_of_work(db):
        booked = book(db, _seat(parent_id, ours[FOR_ALL]), actor=OPERATOR, now=now)
        party = wait(db, _seat(parent_id, ours[FOR_LATER]), actor=OPERATOR, now=now)
    return {
        "booking": booked.public_id,
        "party": party,
        "share_refund": _a_refund(db, booked.id),
    }


def _a_refund(db: Session, booking_id: int) -> str:
    """Write a family's payment down, and the refund of it that Stripe refused."""
    with unit_of_work(db):
        programme_id = db.get_one(Booking, booking_id).programme_id
        payment = FamilyPayment(
            public_id=ids.public_id(),
            booking_id=booking_id,
            fund_id=families_fund(db, programme_id, now=NOON),
            amount_cents=200,
            refund_cents=200,
            state="paid",
            stripe_payment_id=f"pi_{booking_id}",
            opened_at=NOON,
            closes_at=NOON,
            paid_at=NOON,
        )
        db.add(payment)
        db.flush()
        refund = FamilyRefund(
            public_id=ids.public_id(),
            payment_id=payment.id,
            amount_cents=200,
            state="refused",
            why="cancelled",
            asked_at=NOON,
        )
        db.add(refund)
        db.flush()
        return refund.public_id


def _seat(parent_id: int, session_id: int) -> Asked:
    return Asked(ids.request_id(), parent_id, session_id, seat=True)


def everybody(app: Flask, db: Session, engine: Engine) -> list[Visitor]:
    """Return a visitor of every kind, two where each has something of their own."""
    something_to_book(db)
    something_to_read(db)
    one = a_side(db, engine, "Amina", "La Roseraie", "DRDFE")
    two = a_side(db, engine, "Bruno", "Les Tilleuls", "La CAF")
    odile = cast.an_operator(db)
    undecided = _member(db, "Zoé Entre-Deux", role="operator")
    reads = Membership(
        person_id=undecided,
        role="funder",
        funder_id=cast.a_funder(db, "Le Département"),
        since=NOON,
    )
    with unit_of_work(db):
        db.add(reads)
    visitors = [
        Visitor("nobody", None, app.test_client(), one, two),
        Visitor("Zoé, who has not chosen", "choosing", visit_as(app, undecided), one, two),
        Visitor("Odile", "operator", visit_as(app, odile), one, two),
    ]
    for name, own, other in (("one", one, two), ("two", two, one)):
        program = app.test_client()
        program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {own.token}"
        visitors += [
            Visitor(f"parent {name}", "parent", visit_as(app, own.parent), own, other),
            Visitor(f"provider {name}", "provider", visit_as(app, own.staff), own, other),
            Visitor(f"facilitator {name}", "facilitator", visit_as(app, own.leader), own, other),
            Visitor(f"funder {name}", "funder", visit_as(app, own.reader), own, other),
            Visitor(f"software {name}", SOFTWARE, program, own, other),
        ]
    return visitors


def made_up(kind: str, real: str) -> str:
    """Return a name of the same shape that nothing has."""
    if kind == "code":
        return new_codes(1)[0]
    if real.isdecimal():
        return "987654321"
    if kind == "redemption":
        return str(ids.redemption_id())
    if kind in {"presentation", "voucher"}:
        return secrets.token_hex(32)
    return ids.public_id()


def _member(db: Session, name: str, **membership: object) -> int:
    person_id = cast.a_person(db, name)
    with unit_of_work(db):
        db.add(Membership(person_id=person_id, since=NOON, **membership))
    return person_id


def _of(wanted: Any, owner: Any, owner_id: Any) -> Select[Any]:
    return select(wanted).where(owner == owner_id)
