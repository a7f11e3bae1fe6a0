from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.audit.queries import history
from repit.domain.entitlements import queries, service
from repit.domain.entitlements.errors import (
    AlreadyDecided,
    AlreadyRequested,
    RightEndsBeforeItBegins,
    RightNotRunning,
)
from repit.domain.entitlements.models import Allowance, Scale
from repit.domain.errors import NoSuchObject
from repit.domain.ids import public_id
from repit.domain.programmes.errors import ProgrammeClosed
from tests.cast import NOON, TODAY, a_parent, a_programme, an_operator

ASKED = TODAY - timedelta(days=20)


@pytest.fixture
def odile(db: Session) -> actors.Actor:
    return actors.person(an_operator(db))


@pytest.fixture
def programme_id(db: Session) -> int:
    return a_programme(db)


def requested(db: Session, parent_id: int, programme_id: int, odile: actors.Actor) -> int:
    with unit_of_work(db):
        return service.request(
            db, parent_id, programme_id, requested_on=ASKED, actor=odile, now=NOON
        )


def test_a_request_waits_until_it_is_granted(
    db: Session, odile: actors.Actor, programme_id: int
) -> None:
    amina = a_parent(db, "Amina")
    right_id = requested(db, amina, programme_id, odile)
    assert [one.requests for one in queries.to_decide(db)] == [1]
    with unit_of_work(db):
        service.grant(db, [right_id], motive="Dossier complet", actor=odile, now=NOON)
    assert queries.to_decide(db) == []
    [right] = queries.rights_of(db, amina)
    assert (right.state, right.first_day, right.motive) == ("granted", ASKED, "Dossier complet")
    latest = history(db, [("parent", amina)])[0]
    assert (latest.kind, latest.who) == ("granted", "Odile Porteur")


def test_several_requests_are_decided_together_or_not_at_all(
    db: Session, odile: actors.Actor, programme_id: int
) -> None:
    amina, bruno = a_parent(db, "Amina"), a_parent(db, "Bruno")
    rights = [requested(db, one, programme_id, odile) for one in (amina, bruno)]
    with unit_of_work(db):
        service.refuse(db, rights[:1], motive="Hors de la ville", actor=odile, now=NOON)
    with pytest.raises(AlreadyDecided), unit_of_work(db):
        service.grant(db, rights, actor=odile, now=NOON)
    with pytest.raises(NoSuchObject), unit_of_work(db):
        service.grant(db, [rights[1], 999], actor=odile, now=NOON)
    assert queries.rights_of(db, bruno)[0].state == "requested"


def test_nobody_asks_twice_but_a_refused_parent_may_ask_again(
    db: Session, odile: actors.Actor, programme_id: int
) -> None:
    amina = a_parent(db, "Amina")
    right_id = requested(db, amina, programme_id, odile)
    with pytest.raises(AlreadyRequested):
        requested(db, amina, programme_id, odile)
    with unit_of_work(db):
        service.refuse(db, [right_id], motive="Hors de la ville", actor=odile, now=NOON)
    assert requested(db, amina, programme_id, odile) == right_id
    [right] = queries.rights_of(db, amina)
    assert (right.state, right.motive, right.decided_at) == ("requested", None, None)


def test_nobody_asks_for_a_closed_programme(db: Session, odile: actors.Actor) -> None:
    closed = a_programme(db, closed_at=NOON)
    amina = a_parent(db, "Amina")
    with pytest.raises(ProgrammeClosed):
        requested(db, amina, closed, odile)


def test_a_right_ends_on_a_day_after_it_began(
    db: Session, odile: actors.Actor, programme_id: int
) -> None:
    amina = a_parent(db, "Amina")
    right_id = requested(db, amina, programme_id, odile)

    def end(last_day: date) -> None:
        with unit_of_work(db):
            service.end(db, right_id, last_day=last_day, motive="Parti", actor=odile, now=NOON)

    with pytest.raises(RightNotRunning):
        end(TODAY)
    with unit_of_work(db):
        service.grant(db, [right_id], first_day=TODAY, actor=odile, now=NOON)
    with pytest.raises(RightEndsBeforeItBegins):
        end(TODAY - timedelta(days=1))
    end(TODAY)
    [right] = queries.rights_of(db, amina)
    assert (right.state, right.last_day, right.motive) == ("ended", TODAY, "Parti")


def test_requests_are_found_by_words_and_state(
    db: Session, odile: actors.Actor, programme_id: int
) -> None:
    amina, chloe = a_parent(db, "Amina"), a_parent(db, "Chloé")
    for one in (amina, chloe):
        requested(db, one, programme_id, odile)
    assert queries.requests(db, programme_id).total == 2
    [found] = queries.requests(db, programme_id, text="chloe").items
    assert found.parent_id == chloe
    assert queries.requests(db, programme_id, state="granted").items == []
    assert queries.requests(db, a_programme(db)).items == []


def test_a_parent_reads_the_latest_explanation(db: Session, programme_id: int) -> None:
    amina = a_parent(db, "Amina")
    with unit_of_work(db):
        scale = Scale(
            public_id=public_id(),
            programme_id=programme_id,
            version=1,
            title="Barème",
            period="year",
            first_day=TODAY,
            published_at=NOON,
            created_at=NOON,
        )
        db.add(scale)
        db.flush()
        for year, vouchers in ((2025, 6), (2026, 12)):
            line = {"label": "de base", "condition": "every_parent", "vouchers": vouchers}
            db.add(
                Allowance(
                    parent_id=amina,
                    programme_id=programme_id,
                    scale_id=scale.id,
                    period_first_day=date(year, 1, 1),
                    period_last_day=date(year, 12, 31),
                    granted=vouchers,
                    isolated=False,
                    facts={},
                    explanation=[line],
                )
            )
    [latest] = queries.why(db, amina, programme_id)
    assert (latest.granted, latest.period.first_day.year) == (12, 2026)
    assert [(line.label, line.vouchers) for line in latest.lines] == [("de base", 12)]
    assert queries.why(db, amina) == [latest]
    assert queries.why(db, amina, programme_id + 1) == []
