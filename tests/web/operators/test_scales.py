import csv
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Entitlement
from repit.domain.entitlements.queries import ScaleView
from repit.domain.entitlements.queries import scales as all_scales
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.households.models import Situation
from repit.domain.programmes.models import Programme
from repit.web.operators.scale_templates import TEMPLATES
from tests.cast import NOON, TODAY, a_fund, a_funder, a_parent, a_programme
from tests.web.operators.desk import Desk, words

TYPED = {
    "title": "Barème 2026",
    "period": "year",
    "first_day": "2026-03-14",
    "cap": "",
    "rules-0-label": "de base",
    "rules-0-condition": "every_parent",
    "rules-0-threshold": "",
    "rules-0-effect": "add",
    "rules-0-vouchers": "6",
    "rules-1-label": "parent isolé",
    "rules-1-condition": "isolated",
    "rules-1-threshold": "",
    "rules-1-effect": "add",
    "rules-1-vouchers": "6",
}


@pytest.fixture
def programme_id(db: Session) -> int:
    return a_programme(db, first_day=date(2020, 1, 1), last_day=date(2099, 12, 31))


@pytest.fixture
def programme(db: Session, programme_id: int) -> str:
    return "/porteur/dispositifs/" + db.get_one(Programme, programme_id).public_id


def newest(db: Session, programme_id: int) -> ScaleView:
    db.expire_all()
    return all_scales(db, programme_id)[0]


@pytest.fixture
def scale(desk: Desk, db: Session, programme: str, programme_id: int) -> str:
    """The address of a draft: 6 of base, 6 more for an isolated parent."""
    desk.send(programme + "/bareme/six-et-six")
    address = "/porteur/baremes/" + newest(db, programme_id).public_id
    desk.send(address + "/modifier", **TYPED, act="save")
    return address


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_a_draft_that_can_be_shown(
    desk: Desk, db: Session, programme: str, programme_id: int, name: str
) -> None:
    page = desk.send(f"{programme}/bareme/{name}")
    assert page.status_code == 200
    draft = newest(db, programme_id)
    assert draft.published_at is None
    shown = words(desk.open(f"/porteur/baremes/{draft.public_id}"))
    assert ("Brouillon prêt à publier" in shown) == (name != "vide")


def test_a_draft_is_written_and_read_back(
    desk: Desk, db: Session, scale: str, programme_id: int
) -> None:
    children = {
        "rules-2-label": "par petit",
        "rules-2-condition": "child_under",
        "rules-2-threshold": "12",
        "rules-2-effect": "add",
        "rules-2-vouchers": "2",
    }
    page = words(desk.send(scale + "/modifier", **TYPED, **children, act="save"))
    assert "Par enfant de moins de 12 ans ajoute 2 chèques par petit" in page
    third = Rule("par petit", Condition.CHILD_UNDER, Effect.ADD, 2, 12)
    assert newest(db, programme_id).rules[2] == third


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Remplissez ce champ"),
        ({"rules-0-vouchers": "beaucoup"}, "Écrivez un nombre entier"),
        ({"rules-0-vouchers": "99999999999"}, "Écrivez un nombre de 0 à 10000"),
        ({"rules-1-condition": "child_under"}, "Écrivez un âge en ans"),
        ({"rules-1-condition": "blond"}, "Choisissez une réponse de la liste"),
        ({"rules-0-label": " "}, "Remplissez ce champ"),
        ({"cap": "0"}, "Écrivez un nombre de 1 à"),
    ],
)
def test_a_draft_is_refused_with_words_and_kept(
    desk: Desk, scale: str, changes: dict[str, str], said: str
) -> None:
    page = desk.send(scale + "/modifier", **(TYPED | changes), act="save")
    assert (page.status_code, said in words(page)) == (422, True)
    assert 'value="parent isolé"' in page.text
    summary = page.text.split("data-focus")[1].split("</ul>")[0]
    assert f'href="#{next(iter(changes))[:7]}' in summary
    assert "{" not in summary


@pytest.mark.parametrize(
    ("act", "labels"),
    [
        ("up-1", ["parent isolé", "de base"]),
        ("down-0", ["parent isolé", "de base"]),
        ("remove-0", ["parent isolé"]),
        ("remove-9", ["de base", "parent isolé"]),
    ],
)
def test_rules_are_moved_without_being_saved(
    desk: Desk, db: Session, scale: str, programme_id: int, act: str, labels: list[str]
) -> None:
    half_typed = TYPED | {"rules-0-vouchers": "six"}
    page = desk.send(scale + "/modifier", **half_typed, act=act)
    assert page.status_code == 200
    found = re.findall(r'name="rules-\d+-label"[^>]*value="([^"]*)"', page.text)
    assert found == labels
    assert ('value="six"' in page.text) == ("de base" in labels)
    assert [rule.label for rule in newest(db, programme_id).rules] == ["de base", "parent isolé"]


def test_a_rule_is_added_empty(desk: Desk, scale: str) -> None:
    page = desk.send(scale + "/modifier", **TYPED, act="add")
    assert "Règle 3" in words(page)


def test_a_scale_is_published_once_and_never_changes(
    desk: Desk, db: Session, scale: str, programme_id: int
) -> None:
    page = words(desk.send(scale + "/publier"))
    assert "Le barème est publié" in page
    assert newest(db, programme_id).published_at
    assert "il ne change plus" in words(desk.client.get(scale + "/modifier", follow_redirects=True))
    changed = desk.send(scale + "/modifier", **TYPED, act="save")
    assert (changed.status_code, "il ne change plus" in words(changed)) == (422, True)
    assert "il ne change plus" in words(desk.send(scale + "/publier"))
    assert "il ne change plus" in words(desk.send(scale + "/jeter"))
    copied = words(desk.send(scale + "/copier"))
    assert "Voici un nouveau brouillon" in copied
    assert newest(db, programme_id).title == "Barème 2026, suite"


def test_the_family_that_is_not_favoured_is_named(
    desk: Desk, db: Session, scale: str, programme_id: int
) -> None:
    page = words(desk.send(scale + "/modifier", **(TYPED | {"cap": "6"}), act="save"))
    told = "Ici, sans enfant, un parent isolé aurait 6 chèques, et un autre parent 6 chèques."
    assert told in page
    preview = desk.open(scale + "/apercu")
    assert told in words(preview)
    assert "/publier" not in preview.text
    assert "Un parent isolé doit recevoir plus" in words(desk.send(scale + "/publier"))
    assert newest(db, programme_id).published_at is None


def test_a_draft_is_thrown_away(desk: Desk, db: Session, scale: str, programme_id: int) -> None:
    page = words(desk.send(scale + "/jeter"))
    assert "Brouillon de barème jeté" in page
    assert all_scales(db, programme_id) == []


def stage(db: Session, programme_id: int, vouchers_paid: int) -> None:
    """Amina is isolated, Bruno and Chloé are not; all have a right."""
    parents = [a_parent(db, name) for name in ("Amina", "Bruno", "Chloé")]
    with unit_of_work(db):
        for parent_id in parents:
            db.add(
                Entitlement(
                    parent_id=parent_id,
                    programme_id=programme_id,
                    state="granted",
                    requested_on=TODAY,
                    first_day=date(2020, 1, 1),
                )
            )
        db.add(
            Situation(
                parent_id=parents[0], kind="alone", first_day=date(2020, 1, 1), created_at=NOON
            )
        )
    a_fund(db, programme_id, cents=vouchers_paid * 1_000, funder_id=a_funder(db), title="CAF")


def test_the_preview_says_who_gets_what_why_and_who_waits(
    desk: Desk, db: Session, scale: str, programme_id: int
) -> None:
    stage(db, programme_id, vouchers_paid=20)
    page = words(desk.open(scale + "/apercu"))
    assert "6 de base + 6 parent isolé = 12 chèques" in page
    assert "Reste à émettre 240,00 € tout le monde servi ; 240,00 € pour toute" in page
    assert "20 soit 200,00 €" in page
    assert "CAF 200,00 € 200,00 € 0,00 €" in page
    assert "6 chèques 2 parents" in page
    assert "12 chèques 1 parent" in page
    waiting = words(desk.open(scale + "/apercu?show=wait"))
    assert ("Chloé" in waiting, "Amina" in waiting) == (True, False)
    assert "4 chèques l’argent manque" in waiting


def test_the_preview_is_searched_and_exported(
    desk: Desk, db: Session, scale: str, programme_id: int
) -> None:
    stage(db, programme_id, vouchers_paid=0)
    assert "1 parent" in words(desk.open(scale + "/apercu?q=chloe"))
    assert "Aucun parent ne correspond" in words(desk.open(scale + "/apercu?q=personne"))
    download = desk.open(scale + "/apercu?format=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["Amina Dupont", "Bruno Dupont", "Chloé Dupont"]
    assert rows[1][3:] == [
        "6 de base + 6 parent isolé = 12 chèques", "12", "0", "0", "0,00", "12",
        "l’argent manque",
    ]  # fmt: skip


def test_a_preview_that_cannot_be_says_why(desk: Desk, db: Session, scale: str) -> None:
    assert "Aucun parent n’a de droit en cours" in words(desk.open(scale + "/apercu"))
    with unit_of_work(db):
        for row in db.query(Programme):
            row.closed_at = NOON
    assert "Ce dispositif est fermé" in words(desk.open(scale + "/apercu"))


@pytest.mark.parametrize("path", ["", "/modifier", "/apercu"])
def test_a_stranger_learns_nothing(
    chloe: FlaskClient, scale: str, programme: str, path: str
) -> None:
    assert chloe.get(scale + path).status_code == 404
    assert chloe.get(programme + "/bareme").status_code == 404


def test_another_site_changes_nothing(
    desk: Desk, db: Session, scale: str, programme: str, programme_id: int
) -> None:
    before = all_scales(db, programme_id)
    for path in ("/modifier", "/publier", "/jeter", "/copier"):
        desk.send_without_token(scale + path, **(TYPED | {"title": "Volé"}), act="save")
    desk.send_without_token(programme + "/bareme/vide")
    db.expire_all()
    assert all_scales(db, programme_id) == before
