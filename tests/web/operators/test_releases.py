"""From a period that is over to a release that its funder reads: every step, every refusal."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.family_shares.funds import families_fund
from repit.domain.jobs.models import Job
from repit.domain.programmes.models import Fund, Programme
from repit.domain.releases.content import ShownStatistic
from repit.domain.releases.models import Release
from repit.domain.releases.writing import content_bytes, digest
from tests.cast import NOON
from tests.domain.releases.releasing import (
    BLOCKED,
    NO_FINDING,
    Stage,
    a_content,
    a_draft,
    a_stage,
    an_approved,
)
from tests.today import THE_DAY
from tests.web.operators.desk import Desk, words

HERE = "/porteur/publications/"
LAST_QUARTER = "quarter:2025-10-01"
FOUND = NO_FINDING | {
    "programs": 64,
    "coarsened": [["households_by_town", ["town"]]],
    "hidden": ["parents_reached"],
    "guarded": [
        {
            "where": {
                "kind": "cell",
                "name": "households_reached",
                "scope": "fund:1",
                "first_day": "2026-01-01",
                "last_day": "2026-03-31",
                "at": ["yes", "*"],
            },
            "low": 0.0,
            "high": 13.7,
            "needed": 11,
        }
    ],
}


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db, kept_until=THE_DAY - timedelta(days=1), first_day=date(2025, 1, 1))


def fund_of(db: Session, fund_id: int) -> str:
    found = db.get_one(Fund, fund_id).public_id
    db.close()
    return found


def address(db: Session, release_id: int) -> str:
    found = db.get_one(Release, release_id).public_id
    db.close()
    return f"{HERE}{found}"


def seen(db: Session) -> str:
    found = db.scalars(select(Release.sha256).order_by(Release.id.desc()).limit(1)).one()
    db.close()
    return found.hex() if found else ""


def test_only_periods_that_are_over_are_offered(desk: Desk, db: Session, stage: Stage) -> None:
    page = words(desk.open(f"{HERE}nouvelle?fund={fund_of(db, stage.fund_id)}"))

    assert "4e trimestre 2025" in page
    assert "2e semestre 2026" not in page
    assert "3e trimestre 2026" in page
    assert "4e trimestre 2026" not in page


def test_asking_opens_a_draft_and_its_job_once(desk: Desk, db: Session, stage: Stage) -> None:
    path = f"{HERE}nouvelle/{fund_of(db, stage.fund_id)}"

    first = words(desk.send(path, period=LAST_QUARTER))
    again = words(desk.send(path, period=LAST_QUARTER))

    assert "Le projet se prépare" in first
    assert "Un projet existe déjà" in again
    assert len(db.scalars(select(Release)).all()) == 1
    [job] = db.scalars(select(Job))
    assert (job.kind, job.state) == ("draft_release", "ready")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("quarter:2026-10-01", "Revenez à partir du 1er janvier 2027"),
        ("year:2027-01-01", "il n’y a encore rien à compter"),
        ("quarter:2025-11-15", "Aucun trimestre, semestre ou année ne commence"),
        ("month:2025-11-01", "Aucun trimestre, semestre ou année ne commence"),
        ("quarter:hier", "Ce n’est pas une période"),
        ("", "Choisissez une période dans la liste."),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_what_to_do(
    desk: Desk, db: Session, stage: Stage, period: str, said: str
) -> None:
    page = desk.send(f"{HERE}nouvelle/{fund_of(db, stage.fund_id)}", period=period)

    assert page.status_code == 422
    assert said in words(page)
    assert db.scalars(select(Release)).all() == []


def test_figures_that_are_not_closed_yet_are_waited_for(desk: Desk, db: Session) -> None:
    late = a_stage(db, kept_until=date(2025, 12, 30), first_day=date(2025, 1, 1))

    page = desk.send(f"{HERE}nouvelle/{fund_of(db, late.fund_id)}", period=LAST_QUARTER)

    assert page.status_code == 422
    assert db.scalars(select(Release)).all() == []


def test_an_unknown_fund_and_that_of_families_have_no_release(
    desk: Desk, db: Session, stage: Stage
) -> None:
    with unit_of_work(db):
        families = families_fund(db, stage.programme_id, now=NOON)
    path = db.get_one(Fund, families).public_id
    db.close()

    assert desk.send(f"{HERE}nouvelle/{path}", period=LAST_QUARTER).status_code == 404
    assert desk.send(f"{HERE}nouvelle/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_what_is_released_is_shown_and_never_made_again(
    desk: Desk, db: Session, stage: Stage
) -> None:
    days = {"first_day": date(2025, 10, 1), "last_day": date(2025, 12, 31)}
    release_id = an_approved(db, stage.programme_id, stage.fund_id, **days)

    page = desk.send(f"{HERE}nouvelle/{fund_of(db, stage.fund_id)}", period=LAST_QUARTER)

    assert page.request.path == address(db, release_id)
    assert "La publication n° 2026-001 existe déjà" in words(page)
    assert "dans la période suivante" in words(page)


def test_a_draft_is_read_as_its_funder_will_beside_what_the_audit_found(
    desk: Desk, db: Session, stage: Stage
) -> None:
    secret = (ShownStatistic("response_rate", None), ShownStatistic("waiting_days", None))
    content = a_content(statistics=(ShownStatistic("days_to_payment", 12.0), *secret))
    release_id = a_draft(db, stage.programme_id, stage.fund_id, audit=FOUND, content=content)

    page = words(desk.open(address(db, release_id)))

    assert "1 nombre doit rester secret : 64 calculs" in page
    assert "Foyers aidés (isolés)" in page
    assert "1er trimestre 2026 0 13" in page
    hidden = "Parents aidés, Taux de réponse, Temps d’attente"
    assert f"Caché en entier, ou rien à compter {hidden}" in page
    for shown in ("Foyers aidés par commune", "Lens", "30", "secret", "1 000,00 €"):
        assert shown in page


def test_approving_numbers_it_and_says_who_is_told(desk: Desk, db: Session, stage: Stage) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))

    page = words(desk.send(f"{path}/approuver", seen=seen(db)))

    assert "La publication n° 2026-001 est approuvée" in page
    assert "Publication approuvée" in page
    assert "Approuver cette publication" not in page


def test_one_that_must_be_made_again_says_so(desk: Desk, db: Session, stage: Stage) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))
    digest = seen(db)
    an_approved(db, stage.programme_id, stage.other_fund_id)

    page = words(desk.open(path))
    assert "Approuvées depuis ce projet : 2026-001" in page
    assert "Approuver cette publication" not in page
    tried = words(desk.send(f"{path}/approuver", seen=digest))
    assert "d’autres publications sont approuvées : 2026-001" in tried
    again = words(desk.send(f"{path}/refaire"))
    assert "Le projet se prépare de nouveau" in again
    assert db.scalars(select(Job.state)).all() == ["ready"]


def test_a_blocked_draft_says_which_figure_why_and_what_would_work(
    desk: Desk, db: Session, stage: Stage
) -> None:
    instead = {"kind": "semester", "first_day": "2025-07-01"}
    audit = BLOCKED | {"instead": instead}
    path = address(
        db,
        a_draft(
            db, stage.programme_id, stage.fund_id, audit=audit, content=None,
            first_day=date(2025, 10, 1), last_day=date(2025, 12, 31),
        ),
    )  # fmt: skip
    with unit_of_work(db):
        db.execute(update(Release).values(content=None, sha256=None))

    page = words(desk.open(path))

    assert "Enfants des foyers aidés (0 à 2 ans)" in page
    assert "on pourrait le retrouver" in page
    assert "2e semestre 2025" in page
    assert "Approuver" not in page
    drafted = desk.send(
        f"{HERE}nouvelle/{fund_of(db, stage.fund_id)}", period="semester:2025-07-01"
    )
    assert "Le projet se prépare" in words(drafted)


def test_a_draft_is_thrown_away_and_its_period_is_free(
    desk: Desk, db: Session, stage: Stage
) -> None:
    path = f"{HERE}nouvelle/{fund_of(db, stage.fund_id)}"
    drafted = desk.send(path, period=LAST_QUARTER).request.path

    assert "Le projet est jeté" in words(desk.send(f"{drafted}/jeter"))

    assert "Ce projet a été jeté" in words(desk.open(drafted))
    assert "Le projet se prépare" in words(desk.send(path, period=LAST_QUARTER))


@pytest.mark.parametrize("act", ["approuver", "refaire", "jeter"])
def test_nothing_is_done_without_a_token_nor_to_what_does_not_exist(
    desk: Desk, db: Session, stage: Stage, act: str
) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))

    assert desk.send_without_token(f"{path}/{act}", seen=seen(db)).status_code == 422
    assert db.scalars(select(Release.state)).one() == "drafted"
    assert desk.send(f"{HERE}AAAAAAAAAAAAAAAAAAAAAA/{act}").status_code == 404


def test_the_public_page_opens_and_closes(desk: Desk, db: Session, stage: Stage) -> None:
    an_approved(db, stage.programme_id, stage.fund_id)
    programme = db.get_one(Programme, stage.programme_id).public_id
    db.close()
    page = f"/chiffres/{programme}"
    assert desk.open(page).status_code == 404

    opened = words(desk.send(f"{HERE}page-publique/{programme}", shown="1"))
    assert "La page publique est ouverte" in opened
    assert page in opened
    assert "Lens" in words(desk.open(page))

    desk.send(f"{HERE}page-publique/{programme}", shown="0")
    assert desk.open(page).status_code == 404


def test_before_the_click_the_draft_says_what_it_does_to_the_open_page(
    desk: Desk, db: Session, stage: Stage
) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))
    assert "page publique" not in words(desk.open(path))

    with unit_of_work(db):
        db.get_one(Programme, stage.programme_id).publishes = True
    bare = words(desk.open(path))
    assert "Approuvée, elle devient la page publique" in bare
    assert "remplace" not in bare

    older = {"first_day": date(2025, 10, 1), "last_day": date(2025, 12, 31)}
    an_approved(db, stage.programme_id, stage.other_fund_id, **older)
    desk.send(f"{path}/refaire")
    with unit_of_work(db):
        db.execute(
            update(Release)
            .where(Release.fund_id == stage.fund_id)
            .values(state="drafted", earlier=1, **_drafted())
        )
    newer = words(desk.open(path))
    assert "Elle y remplace la publication n° 2026-001 :" in newer
    assert "4e trimestre 2025." in newer

    third = a_draft(
        db, stage.programme_id, stage.other_fund_id, earlier=1,
        first_day=date(2025, 7, 1), last_day=date(2025, 9, 30),
    )  # fmt: skip
    kept = words(desk.open(address(db, third)))
    assert "La page publique ne change pas. Elle garde la publication n° 2026-001" in kept


def _drafted() -> dict[str, bytes]:
    stored = content_bytes(a_content())
    return {"content": stored, "sha256": digest(stored)}


def test_a_changed_release_is_refused_loudly(desk: Desk, db: Session, stage: Stage) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))
    with unit_of_work(db):
        db.execute(update(Release).values(content=b"{}"))

    page = desk.open(path)

    assert page.status_code == 409
    assert "son empreinte ne correspond pas" in words(page)


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx", "pdf"])
def test_a_draft_can_be_taken_away_as_a_file(
    desk: Desk, db: Session, stage: Stage, kind: str
) -> None:
    path = address(db, a_draft(db, stage.programme_id, stage.fund_id))

    assert desk.open(f"{path}/fichier/{kind}").status_code == 200
    assert desk.open(f"{path}/fichier/exe").status_code == 404


def test_a_draft_that_waits_is_on_the_first_page(desk: Desk, db: Session, stage: Stage) -> None:
    assert "publication à relire" not in words(desk.open("/porteur/"))
    a_draft(db, stage.programme_id, stage.fund_id)

    assert "1 publication à relire" in words(desk.open("/porteur/"))
