"""Who leads a session notes a referral there, and says later what became of it."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repit.domain.referrals import queries
from repit.domain.referrals.rules import Outcome
from tests.web.facilitators.stage import TOKEN, Hall, another_facilitator
from tests.web.operators.desk import words

LIST = "/animateur/orientations"
NONCE = re.compile(r'name="nonce"[^>]*value="([^"]+)"')
PROGRAMME = re.compile(r'name="programme" value="([^"]+)"')


def send(who: FlaskClient, path: str, **fields: str) -> TestResponse:
    found = TOKEN.search(who.get("/entrer").text)
    assert found
    data = {"csrf_token": found.group(1), **fields}
    return who.post(path, data=data, follow_redirects=True)


def note(who: FlaskClient, page: str, **fields: str) -> TestResponse:
    shown = who.get(page).text
    nonce, programme = NONCE.search(shown), PROGRAMME.search(shown)
    assert nonce
    assert programme
    usual = {
        "nonce": nonce.group(1),
        "programme": programme.group(1),
        "kind": "childcare",
        "organisation": "Relais petite enfance",
        "on_day": "21/11/2026",
        "for_household": "y",
        "outcome": "not_known",
    }
    return send(who, page, **usual | fields)


def test_it_is_noted_from_the_session_and_followed_from_the_list(hall: Hall) -> None:
    assert "Noter une orientation" in words(hall.fanny.get(hall.led))

    page = words(note(hall.fanny, f"{LIST}/seance/{hall.session}/noter"))

    assert "Relais petite enfance" in page
    assert "Entreparent’aise" in page
    [one] = queries.referrals(hall.db).items
    assert (one.session_public_id, one.noted_by) == (hall.session, "Fanny Roy")
    hall.db.rollback()
    page = words(send(hall.fanny, f"{LIST}/{one.public_id}/suite", outcome="worked"))
    assert "Suite notée par Fanny Roy" in page
    assert queries.referrals(hall.db).items[0].outcome is Outcome.WORKED


def test_without_a_session_it_belongs_to_the_programme_they_work_in(hall: Hall) -> None:
    page = words(note(hall.fanny, LIST + "/noter", kind="other"))
    assert "L’orientation est notée" in page
    [one] = queries.referrals(hall.db).items
    assert one.session_public_id is None


def test_who_leads_something_else_finds_nothing_of_it(hall: Hall) -> None:
    note(hall.fanny, f"{LIST}/seance/{hall.session}/noter")
    [one] = queries.referrals(hall.db).items
    hall.db.rollback()
    other = another_facilitator(hall)

    assert "Relais petite enfance" not in words(other.get(LIST))
    assert other.get(f"{LIST}/{one.public_id}").status_code == 404
    assert other.get(f"{LIST}/seance/{hall.session}/noter").status_code == 404
    assert send(other, f"{LIST}/{one.public_id}/suite", outcome="worked").status_code == 404


def test_a_mistake_is_annulled_and_stays_to_be_seen(hall: Hall) -> None:
    note(hall.fanny, LIST + "/noter")
    [one] = queries.referrals(hall.db).items
    hall.db.rollback()
    assert send(hall.fanny, f"{LIST}/{one.public_id}/annuler", motive="").status_code == 422

    page = words(send(hall.fanny, f"{LIST}/{one.public_id}/annuler", motive="Erreur"))

    assert "Annulée" in page
    assert queries.counts(hall.db).noted == 0
