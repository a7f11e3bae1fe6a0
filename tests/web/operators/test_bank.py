"""Sending a statement, reading what each line became and why, and deciding of the rest."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.banking import queries, service
from repit.domain.banking.queries import LineView
from repit.domain.banking.rules import LineState
from repit.domain.banking.task import match_bank_lines
from repit.domain.jobs.worker import Worker
from repit.domain.ledger.queries import fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.references import reference_of, spaced
from repit.domain.programmes.rules import Promise
from tests.cast import NOON, OPERATOR, TODAY, Town
from tests.domain.banking.desk import Promised, a_promise, standing
from tests.domain.settlements.paying import a_stage, batch, payout_of, takes
from tests.domain.settlements.paying import sent as to_the_bank
from tests.integrations.bank_paper import OURS, Entry, camt, detail, pain_002, transfer
from tests.web.operators.desk import Desk, counted, words

HOME = "/porteur/banque/"
SENDING = HOME + "releves/nouveau"


@pytest.fixture
def promised(db: Session, town: Town) -> Promised:
    """Fifty euros more than what will arrive."""
    return a_promise(db, 130_000, fund_id=town.fund_id)


def sent(desk: Desk, content: bytes, name: str = "releve.xml", **fields: Any) -> TestResponse:
    fields = {"it_is_ours": "y"} | fields
    page = desk.send(SENDING, file=(io.BytesIO(content), name), **fields)
    page.request.environ["wsgi.input"].close()
    return page


def a_statement(*texts: str | None) -> bytes:
    return camt(
        *(
            Entry("1250.00", reference=f"E{n}", details=detail(text=text, name="DRDFE"))
            for n, text in enumerate(texts)
        )
    )


def latest(db: Session) -> LineView:
    db.rollback()
    return max(queries.lines(db).items, key=lambda one: one.id)


def test_a_statement_says_what_each_line_became(
    desk: Desk, db: Session, town: Town, promised: Promised
) -> None:
    page = words(sent(desk, a_statement(f"VIR {promised.reference}", "SUBVENTION")))
    assert "Le fichier est pris en compte" in page
    assert "Notre référence est écrite dessus" in page
    assert "Aucune référence n’est écrite dessus" in page
    db.rollback()
    assert fund_numbers(db, [town.fund_id])[town.fund_id].funded == 225_000
    waits = words(desk.open(HOME))
    assert "1 250,00 €" in waits
    assert "Rapprochée " not in waits.replace("Rapprochées", "")


def test_the_same_file_again_changes_nothing(desk: Desk, db: Session, promised: Promised) -> None:
    content = a_statement(promised.reference)
    sent(desk, content)
    page = words(sent(desk, content, name="encore.xml"))
    assert "déjà là : rien n’a changé" in page
    assert queries.statements(db).total == 1
    assert standing(db, promised.public_id).received == 125_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choisissez un fichier"),
        (a_statement("x")[:-40], "s’arrête au milieu"),
        (a_statement("x").replace(b"1250", b"-1250"), "le signe de « -1250.00 » contredit"),
        (camt(Entry("9.00"), balances=("0.00", "10.00")), "Le compte n’est pas juste"),
        (b"Date;Montant\n02/03/2026;1,50\n03/03/2026;2.50\n", "peut se lire de deux façons"),
        (b"Date;Montant\n02/03/2026;1,50\n", "ne dit pas de quel compte"),
        (b"\x89PNG\r\n", "Ce n’est pas un fichier de banque"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_words(
    desk: Desk, db: Session, town: Town, content: bytes, said: str
) -> None:
    page = sent(desk, content, name="releve.xml" if content else "")
    assert page.status_code == 422
    assert said in words(page)
    assert queries.statements(db).total == 0


def test_a_new_account_is_taken_once_somebody_says_it_is_ours(
    desk: Desk, db: Session, promised: Promised
) -> None:
    content = a_statement(promised.reference)
    refused = sent(desk, content, it_is_ours="")
    assert (refused.status_code, "que nous ne connaissons pas" in words(refused)) == (422, True)
    sent(desk, content)
    again = a_statement(promised.reference, "x")
    assert sent(desk, again, it_is_ours="").status_code == 200
    rows = b"Date;Libell\xe9;Montant\n05/03/2026;LOYER;-700,00\n"
    page = sent(desk, rows, name="compte.csv", account=OURS, it_is_ours="")
    assert "Une sortie d’argent" in words(page)


def test_a_line_is_matched_by_hand_in_parts(
    desk: Desk, db: Session, town: Town, promised: Promised
) -> None:
    second = a_promise(db, 20_000, fund_id=town.fund_id)
    sent(desk, a_statement("SUBVENTION"))
    line = HOME + "lignes/" + latest(db).public_id
    assert spaced(promised.reference) in words(desk.open(line))
    short = desk.send(
        line + "/rapprocher", **{f"part_{promised.public_id}": "1 000,00", "rest_motive": ""}
    )
    assert (short.status_code, "Il reste 250,00 €" in words(short)) == (422, True)
    page = words(
        desk.send(
            line + "/rapprocher",
            **{f"part_{promised.public_id}": "1 000,00", f"part_{second.public_id}": "250"},
        )
    )
    assert "La ligne est rapprochée" in page
    assert "à la main" in page
    assert (
        "il manque 300,00 €"
        in words(desk.open(f"/porteur/versements/{promised.public_id}")).lower()
    )
    assert "50,00 € en trop" in words(desk.open(f"/porteur/versements/{second.public_id}"))


def test_a_decision_is_taken_back_and_leaves_its_history(
    desk: Desk, db: Session, promised: Promised
) -> None:
    sent(desk, a_statement(promised.reference))
    line = HOME + "lignes/" + latest(db).public_id
    page = words(desk.send(line + "/reprendre", back_motive="Autre financeur"))
    assert "de nouveau à rapprocher" in page
    assert "Autre financeur" in page
    assert standing(db, promised.public_id).received == 0
    assert desk.send(line + "/reprendre", back_motive="Encore").status_code == 422


def test_lines_are_set_aside_together(desk: Desk, db: Session, town: Town) -> None:
    sent(desk, a_statement("LOYER", "DON"))
    wanted = [one.public_id for one in queries.lines(db).items]
    refused = desk.send(HOME + "mettre-de-cote", line=wanted, motive="")
    assert refused.status_code == 422
    none = desk.send(HOME + "mettre-de-cote", motive="Rien")
    assert "Rien n’est choisi" in words(none)
    page = words(desk.send(HOME + "mettre-de-cote", line=wanted, motive="Pas à nous"))
    assert "2 lignes sont mises de côté" in page
    assert "Tout est rapproché" in page
    assert latest(db).motive == "Pas à nous"


def test_money_typed_before_is_linked_with_one_button(
    desk: Desk, db: Session, town: Town, promised: Promised
) -> None:
    typed = {"amount": "1250", "received_on": "02/03/2026", "reference": "releve 3", "note": ""}
    desk.send(f"/porteur/versements/{promised.public_id}/recu", **typed)
    sent(desk, a_statement(promised.reference))
    line = HOME + "lignes/" + latest(db).public_id
    page = desk.open(line)
    assert "est-ce la même ?" in words(page)
    button = re.search(r'action="(/porteur/banque/lignes/[^"]+/deja-entree/\d+)"', page.text)
    assert button
    assert "elle compte une fois" in words(desk.send(button.group(1)))
    assert standing(db, promised.public_id).received == 125_000


def test_a_promise_noted_later_is_found_by_looking_again(
    desk: Desk, db: Session, town: Town
) -> None:
    before = a_promise(db, fund_id=town.fund_id)
    sent(desk, a_statement(reference_of(before.id + 1)))
    assert latest(db).state is LineState.NEW
    made = a_promise(db, fund_id=town.fund_id)
    assert "1 ligne rapprochée" in words(desk.send(HOME + "regarder"))
    assert standing(db, made.public_id).received == 125_000


def test_a_large_file_is_looked_at_by_a_job(
    desk: Desk, db: Session, engine: Engine, promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 1)
    page = sent(desk, a_statement(promised.reference, "autre"))
    assert "le travail continue" in words(page)
    assert standing(db, promised.public_id).received == 0
    assert Worker(engine, {"match_bank_lines": match_bank_lines}, clock.now).run_one()
    assert standing(db, promised.public_id).received == 125_000
    statement = queries.statements(db).items[0]
    done = desk.open(f"{HOME}releves/{statement.public_id}/avancement")
    assert done.headers["HX-Refresh"] == "true"


def test_the_list_is_searched_exported_and_cheap(
    desk: Desk, db: Session, town: Town, engine: Engine
) -> None:
    sent(desk, a_statement(*(f"LIGNE {n}" for n in range(12))))
    assert "1 ligne " in words(desk.open(HOME + "?q=LIGNE+11"))
    assert "Aucune ligne ne correspond" in words(desk.open(HOME + "?side=out"))
    exported = desk.open(HOME + "?format=csv").data.decode("utf-8-sig")
    assert exported.count("LIGNE") == 12
    with counted(engine) as few:
        desk.open(HOME)
    assert len(few) <= 10


def test_a_stranger_learns_nothing(chloe: FlaskClient, desk: Desk, db: Session, town: Town) -> None:
    sent(desk, a_statement("x"))
    one = latest(db)
    for path in ("", "releves", "releves/nouveau", f"lignes/{one.public_id}"):
        assert chloe.get(HOME + path).status_code == 404


def test_another_site_changes_nothing(desk: Desk, db: Session, promised: Promised) -> None:
    sent(desk, a_statement("x"))
    line = f"{HOME}lignes/{latest(db).public_id}"
    fields = {"motive": "Volé", "back_motive": "Volé", f"part_{promised.public_id}": "1250"}
    for path in ("/rapprocher", "/mettre-de-cote", "/reprendre", "/deja-entree/1"):
        assert desk.send_without_token(line + path, **fields).status_code == 422
    assert latest(db).state is LineState.NEW


def test_what_waits_stands_on_the_home_page(desk: Desk, db: Session, town: Town) -> None:
    due = Promise(Cents(5_000), due_on=TODAY)
    with unit_of_work(db):
        contributions.promise(db, town.fund_id, due, actor=OPERATOR, now=NOON)
    sent(desk, a_statement("SUBVENTION"))
    page = words(desk.open("/porteur/"))
    assert "1 somme arrivée à rapprocher" in page
    assert "1 250,00 € sur le compte" in page
    assert "1 versement promis en retard" in page


def test_what_is_left_of_a_line_is_shown_with_its_motive(
    desk: Desk, db: Session, town: Town, promised: Promised
) -> None:
    sent(desk, a_statement("SUBVENTION"))
    line = HOME + "lignes/" + latest(db).public_id
    found = desk.open(f"{line}?q={promised.reference[:4]}")
    assert spaced(promised.reference) in words(found)
    part = {f"part_{promised.public_id}": "1 245,23", "rest_motive": "Don"}
    page = words(desk.send(line + "/rapprocher", **part))
    assert "Reste, mis de côté 4,77 € Don" in page
    listed = words(desk.open(HOME + "?state=matched"))
    assert "reste 4,77 €, mis de côté : Don" in listed


@pytest.mark.parametrize("transfers", ["", transfer("INCONNU1", "RJCT", "AC04")])
def test_a_report_on_nothing_of_ours_says_so(
    desk: Desk, db: Session, town: Town, transfers: str
) -> None:
    page = words(sent(desk, pain_002("RJCT", transfers, message="INCONNU1"), "rapport.xml"))
    assert "1 réponse n’est d’aucun de nos virements : INCONNU1" in page
    assert "leurs lots le montrent" not in page
    assert "Le fichier est pris en compte" not in page
    db.rollback()


def test_a_report_on_ours_and_others_says_both(desk: Desk, db: Session, town: Town) -> None:
    stage = a_stage(db)
    takes(stage, stage.roseraie)
    batch_id = to_the_bank(stage)
    mine = payout_of(stage, batch_id, stage.roseraie).public_id
    said = transfer(mine, "ACSP") + "".join(transfer(f"AUTRE{n}", "RJCT") for n in range(25))
    page = words(sent(desk, pain_002("PART", said, message=batch(stage, batch_id).public_id)))
    assert "25 réponses ne sont d’aucun de nos virements : AUTRE0, AUTRE1," in page
    assert "AUTRE19 …" in page
    assert "leurs lots le montrent" in page
    db.rollback()
