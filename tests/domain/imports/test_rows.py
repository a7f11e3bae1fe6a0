"""One row: what its cells say, or what is wrong with them."""

from datetime import date

import pytest

from repit.domain.households.rules import NewChild, SituationKind
from repit.domain.imports import cells, columns
from repit.domain.imports.reading import read
from repit.domain.imports.rows import ReadRow, read_row

TODAY = date(2026, 3, 14)
GOOD = {"Prénom": "Amina", "Nom": "Benali", "Commune": "Lille", "Code postal": "59000"}


def one_row(**changes: str) -> ReadRow:
    told = GOOD | changes
    text = "\n".join('"' + '";"'.join(line) + '"' for line in (told.keys(), told.values()))
    table = read(text.encode(), columns.known)
    return read_row(columns.understand(table.header), table.rows[0], TODAY)


def problems(**changes: str) -> list[tuple[str | None, str]]:
    return [(problem.column, problem.code) for problem in one_row(**changes).problems]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2019-04-02", date(2019, 4, 2)),
        ("2019-04-02 00:00:00", date(2019, 4, 2)),
        ("2/4/2019", date(2019, 4, 2)),
        ("02.04.19", date(2019, 4, 2)),
        ("02-04-2019", date(2019, 4, 2)),
        ("2 avril 2019", date(2019, 4, 2)),
        ("1er août 2019", date(2019, 8, 1)),
        ("43557", date(2019, 4, 2)),
        ("43557,0", date(2019, 4, 2)),
        ("01/02/98", date(1998, 2, 1)),
        ("31/02/2019", None),
        ("04/25/2019", None),
        ("hier", None),
        ("12", None),
    ],
)
def test_days_are_read_in_french_iso_words_and_excel(written: str, day: date | None) -> None:
    assert cells.day(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "Léa 2019-04-02; Tom 2021-05-06",
        "Léa (02/04/2019), Tom (06/05/2021)",
        "Léa née le 2 avril 2019 et Tom né le 6 mai 2021",
        "Léa : 02/04/2019\nTom : 06/05/2021",
        "Léa 43557 | Tom 44322",
        "Léa, 2019-04-02, Tom, 2021-05-06;",
    ],
)
def test_children_are_read_as_people_list_them(written: str) -> None:
    found = cells.children(written, TODAY)

    assert found == [("Léa", date(2019, 4, 2)), ("Tom", date(2021, 5, 6))]


@pytest.mark.parametrize("written", ["Léa", "2019-04-02", "Léa 2019-13-02", "Léa 2019-04-02; Tom"])
def test_a_child_without_name_or_day_is_not_guessed(written: str) -> None:
    assert cells.children(written, TODAY) is None


def test_a_long_cell_without_sense_is_answered_at_once() -> None:
    assert cells.children(" " * 900 + ":(" * 450 + "x" * 100, TODAY) is None


def test_a_whole_row_is_understood() -> None:
    row = one_row(
        **{
            "Numéro": " p-000007 ",
            "E-mail": "Amina@Exemple.FR",
            "Téléphone": "6 12 34 56 78",
            "Langue": "Arabe",
            "Code postal": "59000,0",
            "QPV": "qn05901m",
            "Situation": "Parent isolé",
            "Depuis": "01/09/2025",
            "Justificatif": "attestation CAF du 3 mars",
            "Demande le": "45992",
            "Enfants": "Léa 2019-04-02; Tom 2021-05-06",
            "Besoin de soutien": "tom",
        }
    )

    assert row.problems == []
    assert row.parent is not None
    details, situation = row.parent.details, row.parent.situation
    assert (details.number, details.email, details.phone) == (
        "P-000007", "amina@exemple.fr", "0612345678",
    )  # fmt: skip
    assert (details.locale, details.postcode, details.priority_area) == ("ar", "59000", "QN05901M")
    assert details.requested_on == date(2025, 12, 1)
    assert situation is not None
    assert (situation.kind, situation.first_day) == (SituationKind.ALONE, date(2025, 9, 1))
    assert (situation.evidence, situation.evidence_seen) == ("attestation CAF du 3 mars", True)
    assert row.parent.children == (
        NewChild("Léa", date(2019, 4, 2)),
        NewChild("Tom", date(2021, 5, 6), more_support=True),
    )


def test_children_may_have_columns_of_their_own() -> None:
    row = one_row(
        **{
            "enfant1 prénom": "Léa", "enfant1 naissance": "02/04/2019",
            "Enfant 2": "Tom", "Enfant 2 né(e) le": "2021-05-06", "Enfant 2 soutien": "oui",
        }
    )  # fmt: skip

    assert row.parent is not None
    assert [(c.first_name, c.more_support) for c in row.parent.children] == [
        ("Léa", False),
        ("Tom", True),
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Prénom": ""}, ("first_name", "missing")),
        ({"Nom": "12345"}, ("last_name", "no_letter")),
        ({"Nom": "x" * 81}, ("last_name", "too_long")),
        ({"Code postal": "Lille"}, ("postcode", "not_a_postcode")),
        ({"E-mail": "amina at exemple"}, ("email", "not_an_email")),
        ({"Téléphone": "6,12E+08"}, ("phone", "not_a_phone")),
        ({"Langue": "klingon"}, ("locale", "not_a_language")),
        ({"QPV": "le centre"}, ("priority_area", "not_an_area")),
        ({"Situation": "compliquée"}, ("situation", "not_a_situation")),
        ({"Depuis": "01/09/2025"}, ("situation_since", "without_situation")),
        ({"Demande le": "15/03/2026"}, ("requested_on", "in_the_future")),
        ({"Demande le": "1/1/1950"}, ("requested_on", "long_ago")),
        ({"Enfants": "Léa"}, ("children", "not_children")),
        ({"Enfants": "Léa 2026-04-02"}, ("children", "born_later")),
        ({"Enfants": "Léa 1985-04-02"}, ("children", "grown_up")),
        ({"Enfants": "Léa 2005-03-14"}, ("children", "grown_up")),
        (
            {"enfant1 prénom": "Léa", "enfant1 naissance": "2026-04-02"},
            ("child1_born", "born_later"),
        ),
        ({"Enfants": "Léa 2019-04-02; léa 02/04/2019"}, ("children", "child_twice")),
        ({"enfant1 prénom": "Léa"}, ("child1_name", "child_half_told")),
        (
            {"Enfants": "Léa 2019-04-02; Tom 2021-05-06", "Soutien": "oui"},
            ("more_support", "which_child"),
        ),
        ({"Enfants": "Léa 2019-04-02", "Soutien": "Zoé"}, ("more_support", "unknown_child")),
    ],
)
def test_a_problem_is_told_at_its_cell(changes: dict[str, str], problem: tuple[str, str]) -> None:
    assert problems(**changes) == [problem]
    assert one_row(**changes).parent is None


def test_a_cell_beyond_the_header_is_a_problem_of_the_row() -> None:
    table = read(b"Nom;Commune;Code postal;Prenom\nBenali;Lille;59000;Amina;?\n", columns.known)

    row = read_row(columns.understand(table.header), table.rows[0], TODAY)

    assert [(p.column, p.code, p.facts) for p in row.problems] == [(None, "cell_too_many", ("?",))]


def test_all_problems_of_a_row_are_told_together() -> None:
    assert len(problems(**{"Prénom": "", "Code postal": "?", "E-mail": "?"})) == 3
