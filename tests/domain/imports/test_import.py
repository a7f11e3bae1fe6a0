"""A file of parents, from its dry run to its undoing, on a real database."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.entitlements.models import Entitlement
from repit.domain.households import children, queries
from repit.domain.households import service as households
from repit.domain.households.models import Child, Parent, ParentImport, Situation
from repit.domain.imports import service, undo
from repit.domain.imports.checking import CheckedRow, Verdict
from repit.domain.imports.errors import ImportOver, NothingToImport
from repit.domain.imports.inspection import inspect as dry_run
from repit.domain.imports.task import import_parents
from repit.domain.jobs.worker import JobContext
from tests import cast
from tests.cast import NOON, TODAY
from tests.rows import everything

HEADER = (
    "numéro;prénom;nom;e-mail;téléphone;langue;commune;code postal;quartier prioritaire;"
    "situation;situation depuis;preuve vue;demande le;enfants;besoin de soutien\n"
)
AMINA = (
    "D-1;Amina;Benali;amina@exemple.test;06 12 34 56 78;arabe;Lens;62300;QN06205M;seule;"
    "01/09/2025;attestation CAF;01/02/2026;Léa 2019-04-02;oui\n"
)
BRUNO = ";Bruno;Martin;;;;Liévin;62800;;;;;;Tom 06/05/2021; Zoé 12/01/2024;\n"
CHLOE = ";Chloé;Petit;chloe@exemple.test;;;Lens;62300;;;;;;;\n"
FILE = (HEADER + AMINA + BRUNO.replace("; Zoé", ", Zoé") + CHLOE).encode()
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def clerk(db: Session) -> actors.Actor:
    return actors.person(cast.an_operator(db))


def receive(db: Session, clerk: actors.Actor, content: bytes = FILE, **more: Any) -> str:
    with unit_of_work(db):
        return service.receive(db, clerk, "parents.csv", content, NOON, **more)


def confirm(db: Session, clerk: actors.Actor, public_id: str) -> None:
    with unit_of_work(db):
        service.confirm(db, clerk, public_id, NOON)


def run(
    db: Session,
    clerk: actors.Actor,
    public_id: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    import_id = db.scalars(select(ParentImport.id).where(ParentImport.public_id == public_id)).one()
    context = JobContext(
        db=db,
        engine=db.get_bind(),  # type: ignore[arg-type]
        job_id=1,
        facts={"import_id": import_id},
        actor=clerk,
        now=NOON,
        progress=progress,
    )
    return import_parents(context) or {}


def imported(db: Session, clerk: actors.Actor, content: bytes = FILE, **more: Any) -> str:
    public_id = receive(db, clerk, content, **more)
    confirm(db, clerk, public_id)
    run(db, clerk, public_id)
    return public_id


def verdicts(db: Session, content: bytes = FILE) -> list[CheckedRow]:
    return list(dry_run(db, content, TODAY).rows)


def said(row: CheckedRow) -> list[tuple[str | None, str]]:
    return [(problem.column, problem.code) for problem in row.problems]


def test_a_dry_run_writes_nothing_but_the_import(
    db: Session, engine: Engine, clerk: actors.Actor
) -> None:
    before = everything(engine, but=("parent_import", "event"))

    public_id = receive(db, clerk)

    assert everything(engine, but=("parent_import", "event")) == before
    one = db.scalars(select(ParentImport).where(ParentImport.public_id == public_id)).one()
    assert (one.state, one.rows_new, one.rows_same, one.rows_refused) == ("checked", 3, 0, 0)


def test_an_import_opens_each_file_with_all_it_says(db: Session, clerk: actors.Actor) -> None:
    imported(db, clerk)

    [found] = queries.look_up(db, "D-1")
    amina = queries.parent_file(db, found.public_id)
    assert (amina.name, amina.email, amina.phone, amina.locale) == (
        "Amina Benali", "amina@exemple.test", "0612345678", "ar",
    )  # fmt: skip
    assert (amina.priority_area, amina.requested_on) == ("QN06205M", date(2026, 2, 1))
    [lea] = queries.home(db, amina.household_id, but=amina.id).children
    assert (lea.first_name, lea.born_on, lea.more_support) == ("Léa", date(2019, 4, 2), True)
    [situation] = queries.situations(db, amina.id)
    assert (situation.kind, situation.first_day) == ("alone", date(2025, 9, 1))
    assert (situation.evidence, situation.seen_by) == ("attestation CAF", "Odile Porteur")
    [bruno] = queries.look_up(db, "bruno martin")
    assert bruno.number == f"P-{bruno.id:06d}"
    assert len(queries.home(db, bruno.household_id, but=bruno.id).children) == 2


def test_the_same_file_twice_changes_nothing(
    db: Session, engine: Engine, clerk: actors.Actor
) -> None:
    imported(db, clerk)
    before = everything(engine, but=("parent_import", "event"))

    second = receive(db, clerk)

    assert {row.verdict for row in verdicts(db)} == {Verdict.SAME}
    with pytest.raises(NothingToImport):
        confirm(db, clerk, second)
    assert everything(engine, but=("parent_import", "event")) == before


def test_a_row_that_contradicts_a_known_parent_is_refused_at_the_cell(
    db: Session, clerk: actors.Actor
) -> None:
    imported(db, clerk)
    moved = FILE.replace(b"Lens;62300;QN06205M", b"Arras;62000;QN06205M")
    other = FILE.replace(b"D-1;Amina;Benali", "D-1;Inès;Roux".encode())

    assert said(verdicts(db, moved)[0]) == [("town", "differs"), ("postcode", "differs")]
    assert said(verdicts(db, other)[0]) == [("number", "somebody_else")]


@pytest.mark.parametrize(
    ("again", "column"),
    [
        (AMINA, "number"),
        ("D-2;Inès;Roux;AMINA@exemple.test;;;Lens;62300;;;;;;;\n", "email"),
        (";Chloe;PETIT;autre@exemple.test;;;Lens;62300;;;;;;;\n", "last_name"),
    ],
)
def test_the_second_row_about_one_parent_names_the_first(
    db: Session, clerk: actors.Actor, again: str, column: str
) -> None:
    rows = verdicts(db, FILE + again.encode())

    assert [row.verdict for row in rows[:3]] == [Verdict.NEW] * 3
    assert said(rows[3]) == [(column, "repeated")]
    assert rows[3].problems[0].facts in {("2",), ("4",)}


def test_an_import_asks_for_the_programme_that_was_chosen(db: Session, clerk: actors.Actor) -> None:
    programme_id = cast.a_programme(db)

    imported(db, clerk, programme_id=programme_id)

    asked = db.execute(select(Entitlement.state, Entitlement.requested_on)).all()
    assert sorted(map(tuple, asked)) == [
        ("requested", date(2026, 2, 1)),
        ("requested", TODAY),
        ("requested", TODAY),
    ]


def test_refused_rows_are_kept_to_be_corrected(db: Session, clerk: actors.Actor) -> None:
    public_id = imported(db, clerk, FILE + b";Sans;Code;;;;Lens;;;;;;;;\n")

    one = db.scalars(select(ParentImport).where(ParentImport.public_id == public_id)).one()
    assert (one.state, one.rows_new, one.rows_refused) == ("done", 3, 1)
    [left] = verdicts(db, one.content)
    assert said(left) == [("postcode", "missing")]


def many(rows: int) -> bytes:
    lines = (f";Parent {n};Nombreux {n};;;;Lens;62300;;;;;;Léa 2019-04-02;\n" for n in range(rows))
    return (HEADER.replace("numéro", "n°") + "".join(lines)).encode()


def test_a_job_that_dies_in_the_middle_is_taken_up_where_it_stopped(
    db: Session, clerk: actors.Actor
) -> None:
    public_id = receive(db, clerk, many(250))
    confirm(db, clerk, public_id)
    steps: list[tuple[int, int]] = []

    def die_after_the_first_change(done: int, total: int) -> None:
        if done:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        run(db, clerk, public_id, die_after_the_first_change)
    assert db.scalar(select(func.count()).select_from(Parent)) == 100

    outcome = run(db, clerk, public_id, lambda done, total: steps.append((done, total)))

    assert outcome["opened"] == 250
    assert steps == [(100, 250), (200, 250), (250, 250)]
    assert db.scalar(select(func.count()).select_from(Child)) == 250
    assert run(db, clerk, public_id) == {"already": "finished"}


def test_two_who_confirm_at_once_start_one_job(db: Session, clerk: actors.Actor) -> None:
    public_id = receive(db, clerk)
    confirm(db, clerk, public_id)

    with pytest.raises(ImportOver):
        confirm(db, clerk, public_id)


def take_back(db: Session, clerk: actors.Actor, public_id: str) -> undo.Undone:
    with unit_of_work(db):
        return undo.undo(db, clerk, public_id, LATER)


def test_undoing_restores_exactly_what_was_before(
    db: Session, engine: Engine, clerk: actors.Actor
) -> None:
    cast.a_parent(db, "Zoé", person_id=cast.a_person(db, "Zoé Dupont"))
    programme_id = cast.a_programme(db)
    history = ("parent_import", "event", "job")
    before = everything(engine, but=history)
    public_id = imported(db, clerk, programme_id=programme_id)
    assert everything(engine, but=history) != before

    undone = take_back(db, clerk, public_id)

    assert (undone.removed, undone.kept) == (3, 0)
    assert everything(engine, but=history) == before
    one = db.scalars(select(ParentImport)).one()
    assert (one.state, one.content) == ("undone", b"")
    with pytest.raises(ImportOver):
        take_back(db, clerk, public_id)


def test_an_account_that_was_there_before_survives_the_undoing(
    db: Session, clerk: actors.Actor
) -> None:
    sitter = cast.a_person(
        db, "Amina la gardienne", email="amina@exemple.test", created_at=NOON - timedelta(days=9)
    )
    public_id = imported(db, clerk)
    [amina] = queries.look_up(db, "D-1")
    assert queries.parent_file(db, amina.public_id).person_id == sitter

    take_back(db, clerk, public_id)

    assert db.scalar(text(f"SELECT count(*) FROM person WHERE id = {sitter}")) == 1


def touch_with_vouchers(db: Session, clerk: actors.Actor, parent: queries.ParentFile) -> None:
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db))
    cast.a_voucher(db, parent.id, fund_id)


def touch_with_an_edit(db: Session, clerk: actors.Actor, parent: queries.ParentFile) -> None:
    with unit_of_work(db):
        households.suspend(db, clerk, parent.public_id, "adresse à vérifier", LATER)


def touch_with_a_second_home(db: Session, clerk: actors.Actor, parent: queries.ParentFile) -> None:
    other = cast.a_parent(db, "Bruno")
    household_id = db.get_one(Parent, other).household_id
    [lea] = queries.home(db, parent.household_id, but=parent.id).children
    with unit_of_work(db):
        ours = parent.public_id, lea.public_id
        children.live_also_with(db, clerk, ours, household_id, LATER)


def touch_with_a_partner(db: Session, clerk: actors.Actor, parent: queries.ParentFile) -> None:
    cast.a_parent(db, "Bruno", household_id=parent.household_id)


def touch_with_a_decision(db: Session, clerk: actors.Actor, parent: queries.ParentFile) -> None:
    programme_id = cast.a_programme(db)
    with unit_of_work(db):
        db.add(
            Entitlement(
                parent_id=parent.id,
                programme_id=programme_id,
                state="granted",
                requested_on=TODAY,
                first_day=TODAY,
                decided_at=NOON,
            )
        )


@pytest.mark.parametrize(
    ("touch", "reason"),
    [
        (touch_with_vouchers, "vouchers"),
        (touch_with_an_edit, "changed"),
        (touch_with_a_second_home, "changed"),
        (touch_with_a_partner, "shares_home"),
        (touch_with_a_decision, "decided"),
    ],
)
def test_undoing_keeps_a_parent_to_whom_something_happened(
    db: Session,
    clerk: actors.Actor,
    touch: Callable[[Session, actors.Actor, queries.ParentFile], None],
    reason: str,
) -> None:
    public_id = imported(db, clerk)
    [found] = queries.look_up(db, "D-1")
    amina = queries.parent_file(db, found.public_id)
    touch(db, clerk, amina)

    undone = take_back(db, clerk, public_id)

    assert (undone.removed, undone.kept) == (2, 1)
    assert queries.parent_file(db, found.public_id).name == "Amina Benali"
    assert db.scalar(select(func.count()).select_from(Situation)) == 1
    one = db.scalars(select(ParentImport)).one()
    assert {why for why, ids in undo.touched_since(db, one).items() if ids} == {reason}
