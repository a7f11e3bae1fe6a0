"""Bring a whole scheme into an empty database: the real funders and sum, a made-up cast."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo import partners, scheme
from repit.demo.counting import Counting
from repit.demo.groups import groups
from repit.demo.parents import newcomers
from repit.demo.partners import EVERYTHING, Opened
from repit.demo.releases import Releases
from repit.demo.story import ZONE, Story
from repit.demo.treasury import Treasury
from repit.demo.workshops import Workshops
from repit.domain import actors
from repit.domain.actors import COMMAND, Actor
from repit.domain.categories import ALL_CATEGORIES, Category
from repit.domain.codes import CodeVault
from repit.domain.entitlements import scales
from repit.domain.entitlements.models import Scale
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.money import Cents
from repit.domain.people import service as people
from repit.domain.people.models import Person
from repit.domain.people.rules import Role
from repit.domain.periods import PeriodKind, add_months, period_of
from repit.domain.programmes import funds, service
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.programmes.rules import Restrictions, Settings
from repit.domain.providers.devices import issue_api_token
from repit.domain.releases.drafting import Instance
from repit.domain.vouchers.models import Voucher, VoucherState

MONTHS = 18
FACE = Cents(2_000)
OPERATOR_EMAIL = "odile@exemple.test"
APPROVER_EMAIL = "marc@exemple.test"
BANK_ANSWERS = timedelta(days=12)
"""So long after the month's end at the latest the bank has said what it paid."""
PARENT_EMAIL = "amina@exemple.test"
CODES = 200


@dataclass(frozen=True)
class Seeded:
    """What somebody needs to try a client: who can sign in, two tokens, two hundred codes."""

    emails: dict[str, str]
    tokens: list[str]
    codes: list[str]


def is_empty(db: Session) -> bool:
    """Tell whether nobody has ever been written into this database."""
    return db.scalar(select(Person.id).limit(1)) is None


def seed(
    engine: Engine, vault: CodeVault, now: datetime, *, instance: Instance | None = None
) -> Seeded:
    """Play eighteen months that end at this moment. The database must be empty.

    Args:
        instance: with it, what was over is released too.
    """
    today = now.astimezone(ZONE).date()
    first_day = add_months(today, -MONTHS)
    start = datetime.combine(first_day, datetime.min.time(), ZONE) + timedelta(hours=8)
    with Session(engine) as db:
        with unit_of_work(db):
            operator = _operator(db, "Odile Marchand", OPERATOR_EMAIL, start)
            approver = _operator(db, "Marc Delattre", APPROVER_EMAIL, start)
        with unit_of_work(db):
            programme_id = _programme(db, first_day, today, operator, start)
        with unit_of_work(db):
            promises = _funds(db, programme_id, operator, start)
        with unit_of_work(db):
            providers = partners.open_all(db, first_day, today, actor=operator, now=start)
    treasury = Treasury(engine, operator, approver, programme_id, providers, today - BANK_ANSWERS)
    treasury.open(start)
    for promised in promises:
        treasury.promised(*promised, now=start)
    treasury.arrived(start)
    counting = Counting(engine, operator, programme_id, today)
    story = Story(engine, vault, operator, programme_id, providers, treasury, counting)
    workshops = Workshops(engine, operator, programme_id, providers, first_day, today)
    workshops.open(start)
    story.tell(newcomers(first_day, today), first_day, now, workshops)
    if instance is not None:
        Releases(engine, operator, approver, programme_id, instance).tell(now)
    with Session(engine) as db:
        with unit_of_work(db):
            tokens = _fresh_tokens(db, providers, operator, now)
        return Seeded(_emails(providers), tokens, _codes(db, vault, today))


def _operator(db: Session, name: str, email: str, now: datetime) -> Actor:
    person_id = people.register(db, name=name, email=email, actor=COMMAND, now=now)
    people.give_role(db, person_id, Role.OPERATOR, actor=COMMAND, now=now)
    return actors.person(person_id)


def _programme(db: Session, first_day: date, today: date, operator: Actor, now: datetime) -> int:
    public_id = service.create(
        db,
        Settings(
            name=scheme.title(),
            zone="Europe/Paris",
            first_day=first_day,
            last_day=add_months(today, 12),
            face_cents=FACE,
            categories=ALL_CATEGORIES,
            isolated_kinds=("alone", "partner_absent", "separated_same_roof"),
            share_online=True,
        ),
        actor=operator,
        now=now,
    )
    programme_id = db.scalars(select(Programme.id).where(Programme.public_id == public_id)).one()
    scale_public_id = scales.start(
        db,
        programme_id,
        scales.Draft(
            title="Barème semestriel",
            period=PeriodKind.SEMESTER,
            cap=30,
            first_day=period_of(PeriodKind.SEMESTER, first_day).first_day,
            rules=(
                Rule("base", Condition.EVERY_PARENT, Effect.ADD, 6),
                Rule("parent isolé", Condition.ISOLATED, Effect.ADD, 6),
                Rule("enfant de moins de 3 ans", Condition.CHILD_UNDER, Effect.ADD, 1, 3),
                Rule("enfant à soutenir davantage", Condition.CHILD_MORE_SUPPORT, Effect.ADD, 1),
            ),
        ),
        actor=operator,
        now=now,
    )
    scale_id = db.scalars(select(Scale.id).where(Scale.public_id == scale_public_id)).one()
    scales.publish(db, scale_id, actor=operator, now=now)
    return programme_id


def _funds(
    db: Session, programme_id: int, operator: Actor, now: datetime
) -> list[tuple[int, str, Cents]]:
    """Open two funds; return what is promised to each by whom, in two parts."""
    promises = []
    general, isolated = scheme.shares()
    for (name, long_name), amount, only_isolated in zip(
        scheme.funders(), (general, isolated), (False, True), strict=True
    ):
        email = _funder_email(name)
        funder_public_id = service.add_funder(
            db, name=name, long_name=long_name, contact_email=email, actor=operator, now=now
        )
        funder_id = db.scalars(select(Funder.id).where(Funder.public_id == funder_public_id)).one()
        reader = people.known_or_new(
            db, name=f"Lecture {name}", email=email, actor=operator, now=now
        )
        people.give_role(db, reader, Role.FUNDER, funder_id=funder_id, actor=operator, now=now)
        fund_public_id = funds.open_fund(
            db,
            programme_id,
            funder_id,
            Restrictions(
                title=f"Subvention {name}",
                categories=ALL_CATEGORIES,
                only_isolated=only_isolated,
            ),
            actor=operator,
            now=now,
        )
        fund_id = db.scalars(select(Fund.id).where(Fund.public_id == fund_public_id)).one()
        half = Cents(amount // 2)
        promises += [(fund_id, name, half), (fund_id, name, Cents(amount - half))]
    return promises


def _funder_email(name: str) -> str:
    return "drdfe@exemple.test" if name.startswith("DRDFE") else "pauvrete@exemple.test"


def _fresh_tokens(
    db: Session, providers: list[Opened], operator: Actor, now: datetime
) -> list[str]:
    everything = [one for one in providers if len(one.categories) == len(Category)]
    return [
        issue_api_token(db, provider.id, name="Essai de l’API", actor=operator, now=now).token
        for provider in everything[:EVERYTHING]
    ]


def _emails(providers: list[Opened]) -> dict[str, str]:
    return {
        "parent": PARENT_EMAIL,
        "provider": providers[0].email,
        "operator": OPERATOR_EMAIL,
        "second_operator": APPROVER_EMAIL,
        "facilitator": groups()[0].email,
        "funder": _funder_email("DRDFE"),
    }


def _codes(db: Session, vault: CodeVault, today: date) -> list[str]:
    """Return codes that can be spent today for babysitting, none of them Amina's."""
    sealed = db.scalars(
        select(Voucher.code_sealed)
        .where(
            Voucher.state == VoucherState.ISSUED,
            Voucher.blocked_at.is_(None),
            Voucher.held_for_id.is_(None),
            Voucher.first_day <= today,
            Voucher.last_day > today + timedelta(days=7),
            Voucher.categories.bitwise_and(Category.BABYSITTING.bit) != 0,
            Voucher.parent_id > 3,
        )
        .order_by(Voucher.id.desc())
        .limit(CODES)
    )
    return [vault.open(one) for one in sealed]
