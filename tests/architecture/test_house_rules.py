"""The house rules that a machine can check."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.errors import DomainError
from repit.domain.programmes.models import Funder
from repit.settings import ROOT
from repit.web.wording import WORDING

SOURCES = sorted((ROOT / "repit").rglob("*.py"))
LONGEST_FILE = 350
LONGEST_FUNCTION = 60


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_public_verb_of_the_domain_says_what_it_raises() -> None:
    silent = [
        f"{path.parent.name}/{path.name}: {function.name}"
        for path in SOURCES
        if "domain" in path.parts and path.name not in {"errors.py", "models.py"}
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and any(isinstance(node, ast.Raise) for node in ast.walk(function))
        and "Raises:" not in (ast.get_docstring(function) or "")
    ]
    assert silent == []


def test_only_the_unit_of_work_commits() -> None:
    offenders = [
        path.name
        for path in SOURCES
        if path.relative_to(ROOT / "repit").parts[0] in {"domain", "web", "integrations"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin_nested"}
    ]
    assert offenders == []


def test_no_file_is_too_long_to_read() -> None:
    long = [path.name for path in SOURCES if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert long == []


def test_no_function_is_too_long_to_read() -> None:
    long = [
        f"{path.parent.name}/{path.name}: {function.name}"
        for path in SOURCES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_rows_cannot_change_outside_a_unit_of_work(db: Session) -> None:
    db.add(Funder(name="stray"))
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        db.flush()


def test_a_bulk_update_outside_a_unit_of_work_is_refused(db: Session) -> None:
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        db.execute(update(Funder).values(name="other"))


def test_a_change_begun_too_early_is_refused_rather_than_lost(db: Session) -> None:
    db.add(Funder(name="too early"))
    with pytest.raises(RuntimeError, match="before the unit of work"), unit_of_work(db):
        pass


def test_a_service_cannot_open_its_own_unit_of_work(db: Session) -> None:
    with pytest.raises(RuntimeError, match="already open"), unit_of_work(db), unit_of_work(db):
        pass


def test_every_part_of_the_site_has_one_guard(app: Flask) -> None:
    guards = {name: app.before_request_funcs.get(name, []) for name in app.blueprints}
    unguarded = [name for name, found in guards.items() if len(found) != 1]
    assert not unguarded
    outside_blueprints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert all("." in endpoint for endpoint in outside_blueprints)


def test_every_refusal_has_words() -> None:
    for path in SOURCES:
        if path.name == "errors.py":  # also those that no page uses yet
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))

    def leaves(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        for child in kind.__subclasses__():
            if child.__subclasses__():
                yield from leaves(child)
            elif hasattr(child, "code") and child.__module__.startswith("repit."):
                yield child  # the tests of the pages have refusals of their own

    assert {leaf.code for leaf in leaves(DomainError)} == set(WORDING)
