"""Sending a file of parents, reading its report, confirming and taking back."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.domain import clock
from repit.domain.entitlements.models import Entitlement
from repit.domain.households.models import Parent, ParentImport
from repit.domain.imports.task import import_parents
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext, Worker
from repit.domain.programmes.models import Programme
from tests import cast
from tests.cast import Town
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/imports/"
HEADER = "prénom;nom;commune;code postal;e-mail;enfants;couleur;Comunne\n"
GOOD = "Inès;Roux;Lens;62300;ines@exemple.test;Léa 02/04/2019;bleu;\n"
BAD = '=SOMME(A1);Roux;Lens;62300;"pas une ""adresse""";Léa;;\n'
FILE = (HEADER.replace("Comunne", "Telephonne") + GOOD + BAD).encode("cp1252")


def sent(desk: Desk, content: bytes, name: str = "liste.csv", **fields: Any) -> TestResponse:
    page = desk.send(LIST + "nouveau", file=(io.BytesIO(content), name), **fields)
    page.request.environ["wsgi.input"].close()  # the test's own browser leaves big ones open
    return page


def address(db: Session) -> str:
    db.expire_all()
    return LIST + db.scalars(select(ParentImport.public_id)).one()


def parents(db: Session) -> int:
    db.expire_all()
    return db.scalar(select(func.count()).select_from(Parent)) or 0


def work(engine: Engine) -> None:
    assert Worker(engine, {"import_parents": import_parents}, clock.now).run_one()


def table(download: TestResponse) -> list[list[str]]:
    text = download.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_report_says_what_is_wrong_at_each_cell_and_writes_nothing(
    desk: Desk, db: Session
) -> None:
    said = words(sent(desk, FILE))

    assert re.search(r"Nouvelles 1", said)
    assert re.search(r"Refusées 1", said)
    assert re.search(r"Ligne 3 =SOMME\(A1\) Roux refusée", said)
    assert "e-mail pas une &#34;adresse&#34; Écrivez une adresse e-mail" in said
    assert "enfants Léa Écrivez le prénom et la naissance" in said
    assert "« Telephonne » est lue comme « téléphone »" in said
    assert "« couleur » n’est pas lue" in said
    assert parents(db) == 0
    new = words(desk.open(address(db) + "?lignes=new"))
    assert "Ligne 2 Inès Roux nouvelle Lens 62300, 1 enfant" in new


def test_the_error_file_is_the_same_file_with_what_to_correct(desk: Desk, db: Session) -> None:
    sent(desk, FILE)

    header, good, bad = table(desk.open(address(db) + "/a-corriger.csv"))

    assert header[:4] == ["prénom", "nom", "commune", "code postal"]
    assert header[-1] == "À corriger"
    assert (good[0], good[5], good[-1]) == ("Inès", "Léa 02/04/2019", "")
    assert bad[0] == "'=SOMME(A1)"
    assert bad[4] == 'pas une "adresse"'
    assert bad[-1].startswith("e-mail : Écrivez une adresse e-mail")
    assert "enfants : Écrivez le prénom" in bad[-1]


def test_the_corrected_file_is_read_again_without_its_last_column(desk: Desk, db: Session) -> None:
    sent(desk, FILE)
    rows = table(desk.open(address(db) + "/a-corriger.csv"))
    rows[2][0], rows[2][4], rows[2][5] = "Karim", "karim@exemple.test", "Tom 2021-05-06"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)

    said = words(sent(desk, text.getvalue().encode("utf-8-sig")))

    assert re.search(r"Nouvelles 2", said)
    assert "« À corriger » n’est pas lue" in said


def test_the_template_can_be_filled_and_sent_as_it_is(desk: Desk) -> None:
    template = desk.open(LIST + "modele.csv")

    said = words(sent(desk, template.data))

    assert re.search(r"Nouvelles 2", said)
    assert re.search(r"Refusées 0", said)


def test_a_confirmed_import_runs_as_a_job_and_tells_how_far_it_is(
    desk: Desk, db: Session, engine: Engine
) -> None:
    sent(desk, FILE)
    path = address(db)

    started = words(desk.send(path + "/confirmer"))
    assert "L’import est lancé" in started
    assert "Écriture des fiches 0 sur 1" in started
    bar = desk.open(path + "/avancement")
    assert "0 sur 1" in words(bar)
    work(engine)
    assert desk.open(path + "/avancement").headers["HX-Refresh"] == "true"

    done = words(desk.open(path))
    assert "Fiches ouvertes 1" in done
    assert "Annuler cet import" in done
    assert parents(db) == 1
    again = words(desk.send(path + "/confirmer"))
    assert "Cet import a déjà été confirmé" in again


def test_a_refused_line_keeps_its_number_in_the_file(
    desk: Desk, db: Session, engine: Engine
) -> None:
    odd = 'Ali;"Roux\nPetit";Lens;62300;;;;\n'
    sent(desk, ("\n" + HEADER.replace(";Comunne", "") + GOOD + "\n" + odd + BAD).encode())
    path = address(db)
    before = words(desk.open(path))
    desk.send(path + "/confirmer")
    work(engine)

    after = words(desk.open(path))
    assert "Ligne 6 =SOMME(A1) Roux refusée" in before
    assert "Ligne 6 =SOMME(A1) Roux refusée" in after
    assert after.count("Ligne ") == 1
    _header, bad = table(desk.open(path + "/a-corriger.csv"))
    assert bad[0] == "'=SOMME(A1)"


def test_an_import_asks_for_the_right_that_was_chosen(
    desk: Desk, db: Session, engine: Engine
) -> None:
    programme_id = cast.a_programme(db)
    programme = db.get_one(Programme, programme_id).public_id
    sent(desk, FILE, programme=programme)
    desk.send(address(db) + "/confirmer")

    work(engine)

    db.expire_all()
    asked = db.scalars(select(Entitlement)).one()
    assert (asked.programme_id, asked.state) == (programme_id, "requested")


def test_an_import_is_taken_back_but_for_what_was_touched(
    desk: Desk, db: Session, engine: Engine, town: Town
) -> None:
    del town
    people = "".join(f"Parent {n};Roux;Lens;62300;;;;\n" for n in ("un", "deux"))
    sent(desk, (HEADER.replace(";Comunne", "") + people).encode())
    path = address(db)
    desk.send(path + "/confirmer")
    work(engine)
    db.expire_all()
    touched = db.scalars(select(Parent).where(Parent.first_name == "Parent un")).one()
    desk.send(f"/porteur/parents/{touched.public_id}/enfants/nouveau",
              first_name="Zoé", born_on="01/01/2024")  # fmt: skip
    assert "Ces fiches seront gardées si vous annulez" in words(desk.open(path))

    said = words(desk.send(path + "/annuler"))

    assert "L’import est annulé : 1 fiche retirée" in said
    assert "Parent un Roux" in said
    assert "la fiche a été modifiée" in said
    assert parents(db) == 4  # the town's three, and the one that was kept


def test_a_file_is_dropped_and_nothing_of_it_stays(desk: Desk, db: Session) -> None:
    sent(desk, FILE)

    said = words(desk.send(address(db) + "/abandonner"))

    assert "Le fichier est effacé" in said
    assert db.scalars(select(ParentImport.content)).one() == b""
    assert desk.open(address(db) + "/a-corriger.csv").status_code == 404


def test_an_import_whose_job_gave_up_can_be_started_again(
    desk: Desk, db: Session, engine: Engine
) -> None:
    sent(desk, FILE)
    path = address(db)
    desk.send(path + "/confirmer")

    def fails(context: JobContext) -> None:
        raise RuntimeError("no room left")

    for _try in range(5):
        with engine.begin() as connection:
            connection.execute(update(Job).values(run_at=clock.now()))
        Worker(engine, {"import_parents": fails}, clock.now).run_one()
    assert "L’import s’est arrêté" in words(desk.open(path))

    desk.send(path + "/relancer")
    work(engine)
    assert parents(db) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Ce fichier est vide"),
        (b"Amina;Benali;Lille;59000\n", "La première ligne ne nomme aucune colonne"),
        (HEADER.encode(), "n’a que sa ligne d’en-tête"),
        (b"nom;commune\nBenali;Lens\n", "Il manque une colonne : prénom, code postal"),
        (HEADER.replace("couleur", "Ville").encode() + b"x\n", "disent la même chose"),
        (b"PK\x03\x04\x14\x00", "C’est un classeur, pas un fichier CSV"),
        (b"%PDF-1.7", "Ce n’est pas un fichier de texte"),
        (HEADER.encode() + b"a\0b;c\n", "Ce n’est pas un fichier de texte"),
        (HEADER.encode() + b'"' + b"x" * 140_000, "Une cellule de la ligne 2 est immense"),
        (HEADER.encode() + b"a;b;c;d\n" * 5_001, "Ce fichier a 5 001 lignes"),
        (b"x" * (5 * 1024 * 1024 + 1), "Ce fichier dépasse 5 Mo"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_words(
    desk: Desk, db: Session, content: bytes, told: str
) -> None:
    page = sent(desk, content)

    assert page.status_code == 422
    assert told in words(page)
    assert not db.scalars(select(ParentImport.id)).all()


def test_a_form_without_a_file_says_so(desk: Desk) -> None:
    page = desk.send(LIST + "nouveau")

    assert page.status_code == 422
    assert "Choisissez un fichier" in words(page)


def test_a_file_far_too_large_is_turned_away_by_the_server(desk: Desk, db: Session) -> None:
    page = sent(desk, b"x" * (9 * 1024 * 1024))

    assert page.status_code == 413
    assert "trop gros" in words(page)
    assert not db.scalars(select(ParentImport.id)).all()


def test_the_list_costs_few_statements(desk: Desk, engine: Engine) -> None:
    for number in range(30):
        sent(desk, FILE, f"liste {number}.csv")
    with counted(engine) as statements:
        page = desk.open(LIST)

    assert "30 imports" in words(page)
    assert len(statements) <= 6, statements


def test_a_stranger_and_a_foreign_form_change_nothing(
    app: Flask, desk: Desk, chloe: FlaskClient, db: Session
) -> None:
    sent(desk, FILE)
    path = address(db)
    for shown in (LIST, LIST + "nouveau", LIST + "modele.csv", path, path + "/a-corriger.csv"):
        assert chloe.get(shown).status_code == 404
        assert app.test_client().get(shown).status_code == 303
    for verb in ("confirmer", "abandonner", "annuler", "relancer"):
        assert chloe.post(f"{path}/{verb}").status_code == 404
        assert desk.send_without_token(f"{path}/{verb}").status_code == 422
        assert desk.send(f"{LIST}unknown/{verb}").status_code == 404
    foreign = {"file": (io.BytesIO(FILE), "x.csv")}
    assert desk.send_without_token(LIST + "nouveau", **foreign).status_code == 422

    db.expire_all()
    assert db.scalars(select(ParentImport.state)).one() == "checked"
