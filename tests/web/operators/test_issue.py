import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.entitlements.models import Entitlement, Scale, ScaleRule
from repit.domain.jobs import service
from repit.domain.jobs.models import Job
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import NOON, Town
from tests.web.operators.desk import Desk, counted, words

ROOM = "/porteur/emissions/"
TWELVE_EACH = 12


@pytest.fixture
def programme(db: Session, town: Town) -> str:
    """Twelve vouchers each; Amina has ten of hers already; money for twenty more."""
    with unit_of_work(db):
        scale = db.scalars(select(Scale)).one()
        db.add(
            ScaleRule(
                scale_id=scale.id,
                position=1,
                label="de base",
                condition="every_parent",
                effect="add",
                vouchers=TWELVE_EACH,
            )
        )
        for parent in (town.amina, town.bruno, town.chloe):
            db.add(
                Entitlement(
                    parent_id=parent,
                    programme_id=town.programme_id,
                    state="granted",
                    requested_on=date(2026, 1, 5),
                    first_day=date(2026, 1, 1),
                    decided_at=NOON,
                )
            )
        return db.get_one(Programme, town.programme_id).public_id


def issued(db: Session) -> int:
    db.expire_all()
    return len(db.scalars(select(Voucher.id)).all())


def start_fields(page: str) -> dict[str, str]:
    """Return what the first « Émettre » button of a page sends."""
    form = page.split('action="/porteur/emissions/commencer"')[1].split("</form>", maxsplit=1)[0]
    pairs = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in pairs if name != "csrf_token"}


def work(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["worker", "--until-empty"])
    assert result.exit_code == 0, result.output


def poor(db: Session, town: Town) -> None:
    """Leave money for nine vouchers: thirteen parents' worth is promised elsewhere."""
    spender = cast.a_parent(db, "Zoé")
    cast.vouchers_for(db, spender, town.fund_id, vouchers=81)


def test_the_preview_says_who_would_get_what_and_why(desk: Desk, programme: str) -> None:
    page = words(desk.open(f"{ROOM}apercu?programme={programme}&when=now"))

    assert "12 de base = 12 chèques" in page
    assert "déjà émis : 10" in page
    assert "26 chèques prêts à être émis" in page


def test_nothing_is_issued_by_looking(desk: Desk, db: Session, programme: str) -> None:
    before = issued(db)

    desk.open(f"{ROOM}apercu?programme={programme}&when=now")

    assert issued(db) == before


def test_the_preview_can_be_searched(desk: Desk, programme: str) -> None:
    page = words(desk.open(f"{ROOM}apercu?programme={programme}&q=chloe"))

    assert "Chloé Dupont" in page
    assert "Bruno Dupont" not in page
    everybody = desk.open(f"{ROOM}apercu?programme={programme}&show=wait")
    assert "Aucun parent ne correspond" in words(everybody)


def test_a_period_outside_the_programme_is_refused_with_words(desk: Desk, programme: str) -> None:
    page = desk.open(f"{ROOM}apercu?programme={programme}&day=2031-01-01")

    assert page.status_code == 200
    assert "note--warn" in page.text
    assert "Émettre maintenant" not in words(page)


def test_a_day_no_calendar_reaches_is_not_a_day(desk: Desk, programme: str) -> None:
    seen = desk.open(f"{ROOM}apercu?programme={programme}&day=9999-12-31")
    sent = desk.send(f"{ROOM}commencer", programme=programme, day="9999-12-31", once="un-envoi")

    assert [seen.status_code, sent.status_code] == [200, 200]
    assert "rechargez la page" in words(sent)


def test_an_issue_is_started_followed_and_told(
    desk: Desk, app: Flask, db: Session, programme: str
) -> None:
    preview = desk.open(f"{ROOM}apercu?programme={programme}&when=now")

    waiting = desk.send(ROOM + "commencer", **start_fields(preview.text))
    assert "Vous pouvez quitter cette page" in words(waiting)
    assert "hx-get" in waiting.text
    work(app)

    done = desk.open(waiting.request.path)
    assert "Chèques émis 26" in words(done)
    assert "Parents servis 3" in words(done)
    assert issued(db) == 36


def test_the_same_page_sent_twice_is_one_run(
    desk: Desk, app: Flask, db: Session, programme: str
) -> None:
    fields = start_fields(desk.open(f"{ROOM}apercu?programme={programme}").text)

    first = desk.send(ROOM + "commencer", **fields)
    second = desk.send(ROOM + "commencer", **fields)

    assert first.request.path == second.request.path
    asked = select(Job).where(Job.kind == "issue_vouchers")
    assert len(db.scalars(asked).all()) == 1


def test_issuing_again_changes_nothing_and_says_so(
    desk: Desk, app: Flask, db: Session, programme: str
) -> None:
    page = desk.open(f"{ROOM}apercu?programme={programme}").text
    desk.send(ROOM + "commencer", **start_fields(page))
    work(app)

    again = desk.send(
        ROOM + "commencer", **start_fields(page) | {"once": "another-page"}
    ).request.path
    work(app)

    assert "Il n’y avait rien de plus à émettre" in words(desk.open(again))
    assert issued(db) == 36
    assert "Rien à émettre" in words(desk.open(f"{ROOM}apercu?programme={programme}"))


def test_those_who_wait_are_listed_with_why_and_served_when_money_comes(
    desk: Desk, app: Flask, db: Session, town: Town, programme: str
) -> None:
    poor(db, town)
    fields = start_fields(desk.open(f"{ROOM}apercu?programme={programme}").text)
    outcome = desk.send(ROOM + "commencer", **fields).request.path
    work(app)

    assert "voir qui et pourquoi" in words(desk.open(outcome))
    waiting = desk.open(ROOM + "attente")
    assert "l’argent manque" in words(waiting)
    cast.money_arrives(db, town.fund_id, 100_000)
    desk.send(ROOM + "commencer", **start_fields(waiting.text))
    work(app)

    assert "Personne n’attend" in words(desk.open(ROOM + "attente"))
    assert issued(db) == 36 + 81


def test_money_kept_from_those_who_wait_is_named(
    desk: Desk, db: Session, town: Town, programme: str
) -> None:
    cast.vouchers_for(db, cast.a_parent(db, "Zoé"), town.fund_id, vouchers=90)
    kept = {"title": "Enveloppe des isolés", "only_isolated": True}
    cast.a_fund(db, town.programme_id, cents=50_000, funder_id=town.funder_id, **kept)

    page = words(desk.open(f"{ROOM}apercu?programme={programme}"))

    assert "Tout ce que l’argent disponible permet" not in page
    assert "Enveloppe des isolés 500,00 €, seulement pour les parents isolés." in page
    assert "L’argent restant ne peut pas aller à ceux qui attendent." in page


def test_a_run_that_has_not_begun_counts_nothing(desk: Desk, programme: str) -> None:
    assert "lancée depuis cette page" in words(desk.open(ROOM))
    preview = desk.open(f"{ROOM}apercu?programme={programme}")

    waiting = words(desk.send(ROOM + "commencer", **start_fields(preview.text)))

    assert "Le travail va commencer" in waiting
    assert "0 sur 0" not in waiting


def test_the_waiting_list_is_exported_and_searched(
    desk: Desk, app: Flask, db: Session, town: Town, programme: str
) -> None:
    poor(db, town)
    fields = start_fields(desk.open(f"{ROOM}apercu?programme={programme}").text)
    desk.send(ROOM + "commencer", **fields)
    work(app)

    lines = desk.open(ROOM + "attente?format=csv").text.splitlines()
    assert len(lines) > 1
    assert "l’argent manque" in lines[1]
    assert "Aucun parent ne correspond" in words(desk.open(ROOM + "attente?q=zzz"))


def test_lists_cost_few_statements(desk: Desk, engine: Engine, programme: str) -> None:
    del programme
    for path in (ROOM, ROOM + "attente"):
        with counted(engine) as sent:
            desk.open(path)
        assert len(sent) <= 6, sent


def test_failed_work_says_why_and_can_be_tried_again(
    desk: Desk, app: Flask, db: Session, programme: str
) -> None:
    del programme
    with unit_of_work(db):
        public_id = service.enqueue(
            db, kind="tidy_jobs", facts={}, actor=actors.COMMAND, now=clock.now()
        )
        job = db.scalars(select(Job)).one()
        job.state, job.trouble, job.attempts = "failed", "OSError: no disk", 5

    assert "no disk" in words(desk.open("/porteur/travaux/"))
    assert "Relancer" in words(desk.open(f"/porteur/travaux/{public_id}"))
    desk.send(f"/porteur/travaux/{public_id}/relancer")
    work(app)

    assert "Le travail est terminé" in words(desk.open(f"/porteur/travaux/{public_id}"))
    again = desk.send(f"/porteur/travaux/{public_id}/relancer")
    assert "il n’y a rien à relancer" in words(again)


def test_the_bar_asks_for_the_whole_page_when_the_work_is_over(
    desk: Desk, app: Flask, programme: str
) -> None:
    fields = start_fields(desk.open(f"{ROOM}apercu?programme={programme}").text)
    path = desk.send(ROOM + "commencer", **fields).request.path

    assert "HX-Refresh" not in desk.open(path + "/avancement").headers
    work(app)

    assert desk.open(path + "/avancement").headers["HX-Refresh"] == "true"


def test_a_stranger_finds_nothing(chloe: FlaskClient, db: Session, programme: str) -> None:
    paths = ["", f"apercu?programme={programme}", "attente"]
    for path in paths:
        assert chloe.get(ROOM + path).status_code == 404
    fields = {"programme": programme, "day": "2026-01-01", "once": "x"}
    assert chloe.post(ROOM + "commencer", data=fields).status_code == 404
    assert chloe.get("/porteur/travaux/").status_code == 404
    assert not db.scalars(select(Job)).all()


def test_a_form_from_another_site_starts_nothing(desk: Desk, db: Session, programme: str) -> None:
    fields = start_fields(desk.open(f"{ROOM}apercu?programme={programme}").text)

    desk.send_without_token(ROOM + "commencer", **fields)

    assert not db.scalars(select(Job)).all()


def test_an_unknown_programme_or_job_is_not_found(desk: Desk) -> None:
    assert desk.open(f"{ROOM}apercu?programme=unknown").status_code == 404
    assert desk.open("/porteur/travaux/unknown").status_code == 404
    assert desk.open("/porteur/travaux/unknown/avancement").status_code == 404
