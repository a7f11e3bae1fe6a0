from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, ids
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.households.models import ParentImport
from repit.domain.jobs import service as jobs
from repit.domain.jobs.models import Job
from repit.domain.notices.models import Notice
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Device
from repit.domain.providers.queries import lapsing_count
from repit.domain.reports import todo
from repit.domain.vouchers.models import Voucher
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, TODAY, Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import a_winter

HOME = "/porteur/"


def test_a_quiet_day_says_so(desk: Desk) -> None:
    assert "Rien n’attend" in words(desk.open(HOME))


def test_the_days_of_the_law_are_on_the_list(desk: Desk, db: Session, town: Town) -> None:
    with unit_of_work(db):
        programme = db.get_one(Programme, town.programme_id)
        programme.profile, programme.first_day = "FR-CAP", date(2025, 1, 1)
        db.execute(update(Voucher).values(first_day=date(2025, 1, 1), last_day=date(2025, 12, 31)))

    page = desk.open(HOME)

    assert "1 compte annuel 2025 à rendre" in words(page)
    assert "il devait être rendu le 31 mai 2026" in words(page)
    [href] = [one.split('"')[0] for one in page.text.split('href="') if "comptes-annuels" in one]
    assert desk.open(href).status_code == 200


def test_every_kind_of_work_is_counted_and_leads_somewhere(
    desk: Desk, db: Session, engine: Engine, town: Town
) -> None:
    db.close()
    take(engine, town.roseraie, town.codes[:1])  # in March: late whenever this runs
    everything_goes_wrong(db, town)

    page = desk.open(HOME)

    seen = words(page)
    for said in (
        "1 demande à décider",
        "1 parent attend des chèques",
        "2 chèques qu’aucune enveloppe ne paie encore",
        "prestataire attend un paiement en retard",
        "1 enveloppe engagée à 80 % ou plus",
        "1 appareil bloqué",
        "1 travail a échoué",
        "1 message n’est pas parti",
        "1 import à finir",
    ):
        assert said in seen
    for card in page.text.split('class="card card--link" href="')[1:]:
        href = card.split('"')[0].replace("&amp;", "&")
        assert desk.open(href).status_code == 200, href


def everything_goes_wrong(db: Session, town: Town) -> None:
    cast.vouchers_for(db, town.bruno, town.fund_id, vouchers=80)
    with unit_of_work(db):
        for_bruno = select(Allowance).where(Allowance.parent_id == town.bruno)
        waiting = db.scalars(for_bruno).one()
        waiting.granted += 2
        waiting.waits_for = "money_short"
        db.add(
            Entitlement(
                parent_id=town.chloe,
                programme_id=town.programme_id,
                state="requested",
                requested_on=TODAY,
                first_day=TODAY,
            )
        )
        db.get_one(Device, town.roseraie.device_id).locked_at = NOON
        jobs.enqueue(db, kind="tidy_jobs", facts={}, actor=actors.COMMAND, now=NOON)
        db.scalars(select(Job)).one().state = "failed"
        db.add(
            Notice(
                kind="receipt",
                to_address="personne@exemple.test",
                locale="fr",
                facts={},
                dedupe="one",
                created_at=NOON,
                send_at=NOON,
                state="failed",
            )
        )
        db.add(
            ParentImport(
                public_id=ids.public_id(),
                file_name="parents.csv",
                content=b"",
                state="checked",
                created_at=NOON,
            )
        )


def test_the_page_costs_few_statements(desk: Desk, engine: Engine, db: Session, town: Town) -> None:
    everything_goes_wrong(db, town)

    with counted(engine) as sent:
        desk.open(HOME)

    assert len(sent) <= 11, sent


@pytest.mark.parametrize(
    ("last_day", "withdrawn_on", "counted_as"),
    [
        (TODAY - timedelta(days=1), None, 0),
        (TODAY, None, 1),
        (TODAY + timedelta(days=60), None, 1),
        (TODAY + timedelta(days=61), None, 0),
        (TODAY + timedelta(days=300), TODAY + timedelta(days=10), 1),
        (TODAY + timedelta(days=300), TODAY, 0),
    ],
)
def test_the_count_of_lapsing_providers_agrees_with_their_list(
    db: Session, last_day: date, withdrawn_on: date | None, counted_as: int
) -> None:
    provider = cast.a_provider(db, until=last_day)
    with unit_of_work(db):
        for right in db.scalars(
            select(Accreditation).where(Accreditation.provider_id == provider.id)
        ):
            right.withdrawn_on = withdrawn_on

    assert todo.counts(db, today=TODAY, now=NOON).lapsing_providers == counted_as
    assert lapsing_count(db, today=TODAY) == counted_as


def test_vouchers_that_end_within_six_weeks_are_counted_with_their_value(
    db: Session, town: Town
) -> None:
    counts = todo.counts(db, today=date(2026, 11, 19), now=NOON)
    later = todo.counts(db, today=date(2026, 11, 20), now=NOON)

    assert (counts.ending_vouchers, counts.ending_cents) == (10, 10_000)
    del town
    assert later.ending_vouchers == 10


def test_a_payment_is_late_the_day_after_it_was_promised(
    db: Session, engine: Engine, town: Town
) -> None:
    db.close()
    receipt = take(engine, town.roseraie, town.codes[:1])

    def late(day: date) -> tuple[int, int]:
        found = todo.counts(db, today=day, now=moment(day))
        return found.late_providers, found.late_cents

    assert late(receipt.paid_by_on) == (0, 0)
    assert late(receipt.paid_by_on + timedelta(days=1)) == (1, 1_000)


def moment(day: date) -> datetime:
    return NOON.replace(year=day.year, month=day.month, day=day.day)


def test_a_stranger_finds_nothing(chloe: FlaskClient) -> None:
    assert chloe.get(HOME).status_code == 404


def test_whoever_is_not_in_is_asked_to_come_in(client: FlaskClient) -> None:
    answer = client.get(HOME)

    assert answer.status_code == 303
    assert "/entrer" in answer.headers["Location"]


def test_what_workshops_and_care_wait_for_leads_to_lists_of_just_that(
    desk: Desk, db: Session, town: Town
) -> None:
    winter = a_winter(db, town, min_people=3)
    assert "intervenants ont un document à revoir" in words(desk.open(HOME))  # end with the year
    with unit_of_work(db):
        db.get_one(Programme, town.programme_id).carer_checks = []
        session = db.get_one(WorkshopSession, winter.session_id)
        session.decide_at, session.over_capacity = NOON, True
        db.get_one(CareSlot, winter.slot_id).over_capacity = True
        for row in db.scalars(select(CarerAssignment)):
            row.state = "asked"

    page = desk.open(HOME)

    seen = words(page)
    assert "document à revoir" not in seen
    for said in (
        "1 séance à décider ou à déplacer",
        "1 séance a plus d’inscrits que de places",
        "1 garde a trop d’enfants",
        "1 garde sans intervenant confirmé",
    ):
        assert said in seen
    for href in ("seances/?show=to_decide", "seances/?show=over"):
        assert href in page.text
        assert "1 séance" in words(desk.open("/porteur/ateliers/" + href))
    for href in ("gardes/?show=over", "gardes/?show=unstaffed"):
        assert href in page.text
        assert "1 créneau" in words(desk.open("/porteur/" + href))
