"""What waits leaves once; what fails comes back later; two workers never share a message."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.errors import NoSuchObject
from repit.domain.notices import outbox, queries
from repit.domain.notices.models import Notice
from repit.domain.notices.outbox import DueNotice
from repit.domain.notices.rules import LEASE, MOST_ATTEMPTS, SIGN_IN_STALE, Kind
from repit.domain.notices.service import Office, tell, tell_operators
from tests.cast import NOON, a_person, an_operator

OFFICE = Office("bureau@exemple.test")


def say(db: Session, dedupe: str, kind: Kind = Kind.DEVICE_LOCKED, **changes: object) -> bool:
    with unit_of_work(db):
        return tell(db, kind, OFFICE, facts={}, dedupe=dedupe, now=NOON, **changes)  # type: ignore[arg-type]


def claim(db: Session, after: timedelta = timedelta(), limit: int = 10) -> list[DueNotice]:
    with unit_of_work(db):
        return outbox.claim(db, now=NOON + after, limit=limit)


def state(db: Session) -> list[str]:
    db.expire_all()
    return list(db.scalars(select(Notice.state).order_by(Notice.id)))


def test_the_same_message_is_written_once(db: Session) -> None:
    assert say(db, "device_locked:7")
    assert not say(db, "device_locked:7")
    assert len(state(db)) == 1


def test_somebody_without_an_address_is_told_nothing(db: Session) -> None:
    silent = a_person(db, "Denise", email=None)
    with unit_of_work(db):
        assert not tell(db, Kind.DEVICE_LOCKED, silent, facts={}, dedupe="x", now=NOON)


def test_a_person_is_told_at_their_address_in_their_language(db: Session) -> None:
    person = a_person(db, "Fatima", locale="ar")
    with unit_of_work(db):
        assert tell(db, Kind.DEVICE_LOCKED, person, facts={}, dedupe="x", now=NOON)

    [due] = claim(db)

    assert (due.to_address, due.locale) == ("fatima@exemple.test", "ar")


def test_every_operator_is_told(db: Session) -> None:
    an_operator(db, "Odile")
    an_operator(db, "Omar")
    with unit_of_work(db):
        assert tell_operators(db, Kind.DEVICE_LOCKED, facts={}, dedupe="locked:7", now=NOON) == 2
        assert tell_operators(db, Kind.DEVICE_LOCKED, facts={}, dedupe="locked:7", now=NOON) == 0


def test_a_message_is_nobody_elses_until_the_lease_ends(db: Session) -> None:
    say(db, "a")

    assert len(claim(db)) == 1
    assert claim(db, LEASE - timedelta(seconds=1)) == []
    assert [again.attempts for again in claim(db, LEASE)] == [2]


def test_a_message_does_not_leave_before_its_moment(db: Session) -> None:
    say(db, "a", send_at=NOON + timedelta(hours=9))

    assert claim(db, timedelta(hours=8)) == []
    assert len(claim(db, timedelta(hours=9))) == 1


def test_what_failed_waits_longer_each_time_and_then_gives_up(db: Session) -> None:
    say(db, "a")
    waited = []
    passed = timedelta()
    for _ in range(MOST_ATTEMPTS):
        [due] = claim(db, passed)
        with unit_of_work(db):
            outbox.put_off(db, due, trouble="451 later", now=NOON + passed)
        db.expire_all()
        [notice] = db.scalars(select(Notice))
        waited.append(notice.send_at - NOON - passed)
        passed = notice.send_at - NOON

    assert state(db) == ["failed"]
    assert waited[:-1] == sorted(waited[:-1])
    [view] = queries.failed(db)
    assert (view.attempts, view.trouble) == (6, "451 later")
    assert queries.counts(db, NOON).failed == 1


def test_the_operator_may_try_again(db: Session) -> None:
    say(db, "a")
    [due] = claim(db)
    with unit_of_work(db):
        outbox.give_up(db, due, trouble="550 unknown")
    with unit_of_work(db):
        outbox.try_again(db, due.id, now=NOON + timedelta(days=1))

    assert [again.attempts for again in claim(db, timedelta(days=1))] == [1]
    with pytest.raises(NoSuchObject), unit_of_work(db):
        outbox.try_again(db, due.id, now=NOON)


def test_a_message_that_kills_its_workers_is_given_up(db: Session) -> None:
    say(db, "a")
    for died in range(MOST_ATTEMPTS):
        assert len(claim(db, LEASE * died)) == 1

    assert claim(db, LEASE * MOST_ATTEMPTS) == []
    assert state(db) == ["failed"]


def test_nobody_waits_half_an_hour_to_come_in(db: Session) -> None:
    say(db, "late", Kind.SIGN_IN)

    assert claim(db, SIGN_IN_STALE + timedelta(seconds=1)) == []
    assert state(db) == ["failed"]


def test_sign_in_messages_go_first(db: Session) -> None:
    for number in range(5):
        say(db, f"news:{number}")
    say(db, "door", Kind.SIGN_IN)

    assert [due.kind for due in claim(db, limit=2)] == [Kind.SIGN_IN, Kind.DEVICE_LOCKED]


@pytest.mark.concurrency
def test_two_workers_never_take_the_same_message(db: Session, engine: Engine) -> None:
    for number in range(60):
        say(db, f"news:{number}")
    db.rollback()
    taken: list[int] = []
    start = Barrier(4)

    def work() -> None:
        start.wait()
        with Session(engine) as own:
            while True:
                with unit_of_work(own):
                    due = outbox.claim(own, now=NOON, limit=5)
                if not due:
                    return
                taken.extend(notice.id for notice in due)

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_what_is_late_is_counted(db: Session) -> None:
    say(db, "a")
    say(db, "tomorrow", send_at=NOON + timedelta(days=1))

    soon, later = queries.counts(db, NOON), queries.counts(db, NOON + timedelta(hours=2))

    assert (soon.waiting, soon.late) == (2, 0)
    assert (later.waiting, later.late) == (2, 1)
