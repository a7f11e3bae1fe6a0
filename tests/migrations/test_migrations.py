"""The migrations build what the models describe, both ways, on the database of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from repit.db.base import Base
from repit.settings import ROOT
from tests.databases import Databases


@pytest.fixture
def bare(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(databases.bare(tmp_path))
    yield engine
    engine.dispose()


def test_up_down_up_then_no_difference_with_the_models(bare: Engine) -> None:
    configuration = Config(toml_file=ROOT / "pyproject.toml")
    with bare.connect() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
        command.downgrade(configuration, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        command.upgrade(configuration, "head")
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_file_names_read_in_order() -> None:
    names = sorted(path.stem for path in Path(ROOT, "migrations/versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{n:04d}" for n in range(1, len(names) + 1)]
