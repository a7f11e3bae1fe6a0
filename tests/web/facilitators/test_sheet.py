"""One sheet, three audiences: who sees it, and what a tap does."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks, clock, ids
from repit.domain.bookings.models import Booking, CareRefusal
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Child
from repit.domain.presence.models import Attendance
from repit.domain.programmes.models import Fund
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.domain.bookings import workshop
from tests.visits import visit_as
from tests.web.facilitators.stage import TOKEN, Hall, another_facilitator, in_future
from tests.web.operators.desk import counted, words
from tests.web.providers.stage import in_days, today, works_for


def test_somebody_who_leads_workshops_comes_in_at_their_sessions(hall: Hall) -> None:
    assert hall.fanny.get("/entrer/suite").location == "/animateur"
    page = hall.fanny.get("/animateur")
    assert hall.led in page.text
    assert "1 parent attendu" in words(page)


NEEDED = ("Zoé N’Diaye", "Karim Éloïse-Petit", "Jamais", "Départ avec")


def test_who_leads_reads_who_comes_and_not_what_children_need(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    page = hall.fanny.get(hall.led)

    for said in ("Amina Dupont", "Léo", "4 ans", "1 enfant attendu"):
        assert said in words(page)
    for said in NEEDED:
        assert said not in page.text


def test_who_leads_and_keeps_the_children_reads_their_sheets(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    hall.fanny_keeps_too()

    page = words(hall.fanny.get(hall.led))

    for said in NEEDED:
        assert said in page


def test_a_facilitator_sees_only_what_they_lead(hall: Hall) -> None:
    gilles = another_facilitator(hall)
    nothing = gilles.get("/animateur/seances/nulle-part")
    assert hall.session not in gilles.get("/animateur").text
    for answer in (
        gilles.get(hall.led),
        hall.tap(gilles, hall.led, "arrived"),
        gilles.post(f"{hall.led}/sans-reservation"),
    ):
        assert answer.status_code == nothing.status_code == 404
    assert hall.log() == []


def test_a_provider_sees_only_the_slots_they_keep(hall: Hall) -> None:
    sureau = cast.a_provider(hall.db, "Le Sureau", until=in_days(365))
    paul = visit_as(hall.app, works_for(hall.db, sureau, "Paul Lys"))
    assert hall.slot not in paul.get("/prestataire/gardes").text
    for answer in (
        paul.get(hall.kept),
        hall.tap(paul, hall.kept, "arrived"),
        paul.post(f"{hall.kept}/encaisser"),
    ):
        assert answer.status_code == 404
    assert hall.log() == []


def test_a_carer_does_not_note_the_parent_next_door(hall: Hall) -> None:
    assert hall.tap(hall.rose, hall.kept, "arrived", place="").status_code == 404


@pytest.mark.parametrize(
    ("hours", "names"), [(49, False), (47, True), (0, True), (-25, True), (-27, False)]
)
def test_a_carer_reads_names_for_three_days(hall: Hall, hours: int, *, names: bool) -> None:
    hall.move(timedelta(hours=hours))
    page = words(hall.rose.get(hall.kept))
    for said in ("Léo", "Amina Dupont", "Zoé N’Diaye", "Karim"):
        assert (said in page) is names
    assert names or "Enfants attendus 1" in page


def test_who_led_a_session_reads_its_sheet_for_thirty_days(hall: Hall) -> None:
    hall.move(-timedelta(days=29))
    assert "Amina Dupont" in words(hall.fanny.get(hall.led))
    assert hall.session in hall.fanny.get("/animateur/passees").text

    hall.move(-timedelta(days=2))
    closed = hall.fanny.get(hall.led)
    assert closed.status_code == 409
    assert "Cette feuille est refermée" in words(closed)
    assert "Amina" not in words(closed)
    assert hall.session not in hall.fanny.get("/animateur/passees").text
    assert "Amina Dupont" in words(hall.odile.get(hall.operators))


@pytest.mark.parametrize("hours", [49, -27])
def test_who_leads_reads_the_children_s_names_around_the_session_alone(
    hall: Hall, hours: int
) -> None:
    hall.fanny_keeps_too()
    hall.move(timedelta(hours=hours))

    page = words(hall.fanny.get(hall.led))

    assert "Amina Dupont" in page
    assert "1 enfant attendu" in page
    for said in ("Léo", *NEEDED):
        assert said not in page


def test_what_nobody_noted_stays_on_the_carers_page_and_the_operators_list(hall: Hall) -> None:
    assert "à noter" not in words(hall.rose.get("/prestataire/gardes"))  # it is going on

    hall.move(timedelta(hours=-3))
    assert "1 présence à noter" in words(hall.rose.get("/prestataire/gardes"))
    assert "jamais notées" not in words(hall.odile.get("/porteur/"))  # the carer may still do it

    hall.move(timedelta(hours=-40))
    page = words(hall.rose.get("/prestataire/gardes"))
    assert "Présences jamais notées" in page
    assert "1 présence à noter" in page
    assert "1 garde finie, avec des présences jamais notées" in words(hall.odile.get("/porteur/"))
    listed = hall.odile.get("/porteur/gardes/?show=unnoted")
    assert hall.slot in listed.text


def test_what_was_noted_and_taken_is_on_neither_list(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    found = TOKEN.search(hall.rose.get(hall.kept).text)
    assert found
    hall.rose.post(f"{hall.kept}/encaisser", data={"csrf_token": found[1]})
    hall.move(timedelta(hours=-43))

    assert "à noter" not in words(hall.rose.get("/prestataire/gardes"))
    assert "jamais notées" not in words(hall.odile.get("/porteur/"))
    assert hall.slot not in hall.odile.get("/porteur/gardes/?show=unnoted").text


def test_a_tap_without_a_script_notes_and_leads_back(hall: Hall) -> None:
    answer = hall.tap(hall.rose, hall.kept, "arrived")
    assert (answer.status_code, answer.location) == (303, f"{hall.kept}#p-{hall.leo}")
    assert hall.log() == [("arrived", None)]
    assert "1 est là" in words(hall.rose.get(hall.kept))


def test_a_double_tap_without_a_script_is_noted_once(hall: Hall) -> None:
    nonce = str(ids.request_id())
    for _ in range(2):
        assert hall.tap(hall.rose, hall.kept, "arrived", nonce=nonce).status_code == 303
    assert hall.log() == [("arrived", None)]
    assert "déjà" not in words(hall.fanny.get(hall.led))


def test_a_tap_that_waited_keeps_the_time_of_the_phone(hall: Hall) -> None:
    at = clock.now() - timedelta(minutes=20)
    tap: dict[str, Any] = {"at": at.isoformat(), "nonce": str(ids.request_id()), "offline": "y"}
    for _ in range(2):
        answer = hall.tap(hall.rose, hall.kept, "arrived", script=True, **tap)
        assert (answer.status_code, answer.json) == (200, {"done": True, "said": None})
    hall.db.rollback()
    row = hall.db.scalars(select(Attendance)).one()
    assert (row.at, row.offline) == (at, True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"at": 5}, 409),
        ({"at": -60 * 24 * 8}, 409),
        ({"at": "hier"}, 422),
        ({"at": "2026-11-21T12:00:00"}, 422),  # without a zone it is no moment
        ({"nonce": "x"}, 422),
        ({"kind": "danced"}, 409),
        ({"booking": "nobody"}, 404),
        ({"place": "nobody"}, 404),
        ({"csrf_token": ""}, 422),
    ],
)
def test_a_tap_that_is_not_right_is_refused_in_words(
    hall: Hall, fields: dict[str, Any], status: int
) -> None:
    if isinstance(fields.get("at"), int):  # minutes from the moment of the tap
        fields = fields | {"at": in_future(fields["at"])}
    answer = hall.tap(hall.rose, hall.kept, "arrived", script=True, **fields)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["said"]
    assert hall.log() == []


def test_two_phones_without_network_disagree_and_the_operator_reads_both(hall: Hall) -> None:
    hall.fanny_keeps_too()
    for phone, sheet in ((hall.rose, hall.kept), (hall.fanny, hall.led)):
        tap: dict[str, Any] = {"at": clock.now().isoformat(), "offline": "y"}
        assert hall.tap(phone, sheet, "arrived", script=True, **tap).status_code == 200

    assert len(hall.log()) == 2
    for page in (hall.fanny.get(hall.led), hall.rose.get(hall.kept)):
        assert "Deux téléphones ont noté cela" in words(page)
    listed = words(hall.odile.get("/porteur/presences/desaccords"))
    assert "Léo" in listed
    assert listed.count("noté sans réseau") == 2
    assert "par Rose Martin" in listed
    assert "par Fanny Roy" in listed


@pytest.mark.parametrize("written", ["Karim Éloïse-Petit", "eloise petit KARIM", "M. Karim Petit"])
def test_a_blocked_person_takes_no_child_even_by_force(hall: Hall, written: str) -> None:
    hall.fanny_keeps_too()
    hall.tap(hall.rose, hall.kept, "arrived")
    for phone, sheet in (
        (hall.rose, hall.kept),
        (hall.fanny, hall.led),
        (hall.odile, hall.operators),
    ):
        forced: dict[str, Any] = {
            "whom": "another",
            "person_name": written,
            "agreed": "y",
            "motive": "Urgent",
        }
        assert hall.tap(phone, sheet, "left", **forced).status_code == 303
        assert "Ce refus est noté" in words(phone.get(sheet))
    assert hall.log() == [("arrived", None)] + [("refused", written)] * 3


def test_a_child_leaves_with_somebody_of_the_list(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    hall.tap(hall.rose, hall.kept, "left", whom=hall.grandmother)
    assert hall.log()[-1] == ("left", "Zoé N’Diaye")
    assert "avec Zoé N’Diaye" in words(hall.rose.get(hall.kept))


def test_somebody_else_takes_a_child_with_a_motive(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    who: dict[str, Any] = {"whom": "another", "person_name": "Paul Durand"}
    hall.tap(hall.rose, hall.kept, "left", **who)
    assert "n’est pas dans la liste" in words(hall.rose.get(hall.kept))
    hall.tap(hall.rose, hall.kept, "left", **who, agreed="y")
    assert "Il manque le motif" in words(hall.rose.get(hall.kept))
    hall.tap(hall.rose, hall.kept, "left", **who, agreed="y", motive="Amina a appelé")
    assert hall.log() == [("arrived", None), ("left", "Paul Durand")]


def test_a_note_is_annulled_and_stays_in_the_log(hall: Hall) -> None:
    hall.tap(hall.fanny, hall.led, "no_show", place="")
    hall.tap(hall.fanny, hall.led, "annulled", place="")
    assert [kind for kind, _ in hall.log()] == ["no_show", "annulled"]
    assert "Pas encore là" in words(hall.fanny.get(hall.led))


def test_reserved_vouchers_are_taken_for_who_came_and_once(hall: Hall) -> None:
    token = {"csrf_token": hall_token(hall)}
    hall.rose.post(f"{hall.kept}/encaisser", data=token)
    assert "notez d’abord qui est là" in words(hall.rose.get(hall.kept))

    hall.tap(hall.rose, hall.kept, "arrived")
    assert "Encaisser les chèques réservés" in words(hall.rose.get(hall.kept))
    for _ in range(2):
        hall.rose.post(f"{hall.kept}/encaisser", data=token)
    hall.db.rollback()
    assert hall.db.scalars(select(Redemption.vouchers)).all() == [1]
    assert "1 chèque est encaissé." in words(hall.rose.get(hall.kept))


def hall_token(hall: Hall) -> str:
    found = hall.rose.get("/prestataire").text.split('name="csrf_token"', 1)[1]
    return found.split('value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Bruno Martin", True),
        ("MARTIN bruno", True),
        ("C-555 Martin", True),
        ("martin c-555", True),
        ("C-555", False),
        ("C-555 Bruno", False),
        ("C-556 Martin", False),
        ("Bruno", False),
        ("Bru", False),
        ("%", False),
        ("", False),
    ],
)
def test_a_known_parent_is_found_by_the_whole_name(hall: Hall, typed: str, *, found: bool) -> None:
    cast.a_parent(hall.db, "Bruno", last_name="Martin", number="C-555", town="Liévin")
    page = walk_in(hall, text=typed)
    assert ("Noter l’arrivée" in words(page).replace("Noter l’arrivée sans dossier", "")) is found
    assert "Bruno Martin" not in words(page)
    assert "Liévin" not in words(page)


def test_ten_names_that_nobody_has_stop_the_search_for_an_hour(hall: Hall) -> None:
    cast.a_parent(hall.db, "Bruno", last_name="Martin")
    for number in range(10):
        assert "Aucun dossier trouvé" in words(walk_in(hall, text=f"C-{number} Martin"))

    assert walk_in(hall, text="Bruno Martin").location == f"{hall.led}/sans-reservation"
    assert "la recherche s’arrête" in words(hall.fanny.get(f"{hall.led}/sans-reservation"))


def test_a_number_alone_takes_nobody_in(hall: Hall) -> None:
    cast.a_parent(hall.db, "Bruno", number="C-777")
    request_id = str(UUID(int=77))
    assert walk_in(hall, number="C-777", text="C-777", request_id=request_id).status_code == 404


def test_a_known_parent_walks_in_once(hall: Hall) -> None:
    cast.a_parent(hall.db, "Bruno", number="C-777")
    assert "C-777" in words(walk_in(hall, text=" c-777 dupont "))
    request_id = str(UUID(int=77))
    for _ in range(2):
        assert walk_in(hall, number="C-777", request_id=request_id).location == hall.led
    hall.db.rollback()
    origins = hall.db.scalars(select(Booking.origin).order_by(Booking.id)).all()
    assert origins == ["self", "walk_in"]
    assert hall.log() == [("arrived", None)]


@pytest.mark.parametrize("days", [-3, 2])
def test_a_phone_whose_clock_is_wrong_notes_at_our_time_and_is_told(hall: Hall, days: int) -> None:
    before = clock.now()
    there = before + timedelta(days=days)
    tap = {"nonce": str(ids.request_id()), "at": there.isoformat(), "sent": there.isoformat()}

    done = hall.tap(hall.rose, hall.kept, "arrived", script=True, **tap)

    assert done.json == {"done": True, "said": None}
    hall.db.rollback()
    assert before <= hall.db.scalars(select(Attendance.at)).one() <= clock.now()
    assert "réglez-la" in words(hall.rose.get(hall.kept))
    # The answer was lost: sent again later, it is the same tap.
    again = tap | {"sent": (there + timedelta(hours=1)).isoformat(), "offline": "y"}
    assert hall.tap(hall.rose, hall.kept, "arrived", script=True, **again).status_code == 200
    assert len(hall.log()) == 1


def test_a_tap_kept_by_a_phone_whose_clock_is_wrong_stays_at_its_own_time(hall: Hall) -> None:
    there = clock.now() - timedelta(days=3)
    tap = {"at": there.isoformat(), "sent": (there + timedelta(hours=1)).isoformat()}

    refused = hall.tap(hall.rose, hall.kept, "arrived", script=True, offline="y", **tap)

    assert refused.status_code == 409
    assert "réglez-la" in str(refused.json)
    assert hall.log() == []


def bruno_with(hall: Hall, name: str = "Tom", vouchers: int = 2) -> str:
    """Let Bruno have a file, a child of four and vouchers; return how the child is ticked."""
    bruno = cast.a_parent(hall.db, "Bruno", number="C-777")
    child = workshop.a_child(hall.db, bruno, name=name, born_on=date(today().year - 4, 1, 15))
    fund_id = hall.db.scalars(select(Fund.id)).first() or 0
    cast.vouchers_for(
        hall.db, bruno, fund_id, vouchers=vouchers, first_day=in_days(-60), last_day=in_days(200)
    )
    key = f"{hall.db.get_one(Child, child).public_id}.{hall.slot}"
    hall.db.rollback()
    return key


def held(hall: Hall) -> int:
    hall.db.rollback()
    return len(hall.db.scalars(select(Hold.id).where(Hold.state == "held")).all())


def test_a_known_parent_walks_in_with_a_child_whose_vouchers_are_taken_like_others(
    hall: Hall,
) -> None:
    tom = bruno_with(hall)
    assert "Avec quels enfants" in words(walk_in(hall, text="C-777 Dupont"))
    for _ in range(2):
        came = walk_in(hall, number="C-777", request_id=str(UUID(int=78)), children=tom)
        assert came.location == hall.led

    page = words(hall.fanny.get(hall.led))
    assert "Tom" in page
    assert hall.log() == [("arrived", None)] * 2
    assert held(hall) == 2
    found = TOKEN.search(hall.rose.get(hall.kept).text)
    assert found
    hall.rose.post(f"{hall.kept}/encaisser", data={"csrf_token": found[1]})
    assert held(hall) == 1  # Léo has not come


def test_a_child_joins_a_parent_who_had_booked_alone_and_is_there(hall: Hall) -> None:
    tom = bruno_with(hall)
    walk_in(hall, number="C-777", request_id=str(UUID(int=79)))

    walk_in(hall, number="C-777", request_id=str(UUID(int=80)), children=tom)

    hall.db.rollback()
    assert len(hall.db.scalars(select(Booking.id)).all()) == 2
    assert hall.log() == [("arrived", None)] * 2
    assert held(hall) == 2


@pytest.mark.parametrize(
    ("room", "vouchers", "said"),
    [(1, 2, "La garde est complète"), (8, 0, "chèque")],
)
def test_a_child_who_cannot_be_kept_leaves_nothing_behind(
    hall: Hall, room: int, vouchers: int, said: str
) -> None:
    tom = bruno_with(hall, vouchers=vouchers)
    with unit_of_work(hall.db):
        hall.db.get_one(CareSlot, hall.slot_id).room_places = room

    page = walk_in(hall, number="C-777", request_id=str(UUID(int=81)), children=tom, forced="y")

    assert said in words(page)
    assert "liste d’attente" not in words(page)
    hall.db.rollback()
    assert len(hall.db.scalars(select(Booking.id)).all()) == 1
    assert len(hall.db.scalars(select(CareRefusal.id)).all()) == (room == 1)
    assert hall.log() == []


def test_the_child_of_another_home_does_not_walk_in(hall: Hall) -> None:
    bruno_with(hall)
    leo = f"{hall.db.get_one(Child, hall.leo_id).public_id}.{hall.slot}"

    walk_in(hall, number="C-777", request_id=str(UUID(int=82)), children=leo)

    hall.db.rollback()
    assert len(hall.db.scalars(select(Booking.id)).all()) == 1


def test_somebody_without_a_file_is_counted_once_and_taken_back(hall: Hall) -> None:
    nonce = str(UUID(int=83))
    for _ in range(2):
        came = walk_in(hall, act="unnamed", request_id=nonce, first_name="Samia")
        assert came.location == hall.led

    page = words(hall.fanny.get(hall.led))
    assert "Samia Sans dossier" in page
    assert "2 parents attendus, 1 est là" in page
    assert seats(hall) == 2

    for _ in range(2):
        walk_in(hall, act="annul", request_id=nonce)
    assert "Samia" not in words(hall.fanny.get(hall.led))
    assert seats(hall) == 1
    assert list(checks.drifts(hall.db.connection())) == []
    hall.db.rollback()


def test_without_a_file_above_the_maximum_only_when_forced(hall: Hall) -> None:
    with unit_of_work(hall.db):
        row = hall.db.get_one(WorkshopSession, hall.session_id)
        row.min_people, row.max_people = 1, 1

    plain = walk_in(hall, act="unnamed", request_id=str(UUID(int=84)))
    assert plain.status_code == 409
    assert "cochez « Même si c’est complet »" in words(plain).replace("\xa0", " ")
    assert seats(hall) == 1

    walk_in(hall, act="unnamed", request_id=str(UUID(int=85)), forced="y")
    assert seats(hall) == 2
    assert list(checks.drifts(hall.db.connection())) == []
    hall.db.rollback()


def test_a_full_session_keeps_who_was_found_and_what_was_ticked(hall: Hall) -> None:
    tom = bruno_with(hall)
    with unit_of_work(hall.db):
        row = hall.db.get_one(WorkshopSession, hall.session_id)
        row.min_people, row.max_people = 1, 1

    page = walk_in(hall, number="C-777", request_id=str(UUID(int=86)), children=tom)

    assert page.status_code == 409
    assert "liste d’attente" not in words(page)
    assert re.search(f'value="{re.escape(tom)}"[^>]* checked', page.text)
    assert 'name="number" value="C-777"' in page.text


def seats(hall: Hall) -> int:
    hall.db.rollback()
    return hall.db.get_one(WorkshopSession, hall.session_id).seats_taken


def walk_in(hall: Hall, **fields: str) -> TestResponse:
    page = hall.fanny.get(f"{hall.led}/sans-reservation").text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    typed = {"text": f"{fields['number']} Dupont"} if "number" in fields else {}
    data = {"csrf_token": token} | typed | fields
    return hall.fanny.post(f"{hall.led}/sans-reservation", data=data)


def test_a_sheet_costs_the_same_number_of_statements_for_many(hall: Hall) -> None:
    engine = hall.db.get_bind()
    assert isinstance(engine, Engine)
    with counted(engine) as before:
        hall.fanny.get(hall.led)
    for number in range(5):
        cast.a_parent(hall.db, f"Parent{number}", number=f"C-9{number}")
        walk_in(hall, number=f"C-9{number}", request_id=str(UUID(int=900 + number)))
    with counted(engine) as after:
        hall.fanny.get(hall.led)
    assert len(after) == len(before) <= 10
