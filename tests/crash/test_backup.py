"""`backup` while another process writes: every copy is one moment of the town, whole."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from repit.domain import checks
from repit.domain.redemptions.models import Redemption
from repit.settings import ROOT
from tests import cast

pytestmark = pytest.mark.crash
VOUCHERS = 400
COPIES = 3


def test_a_copy_made_while_somebody_writes_is_whole(
    app: Flask, db: Session, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    town = cast.a_town(db)
    cast.money_arrives(db, town.fund_id, VOUCHERS * 1_000)
    codes = cast.vouchers_for(db, town.amina, town.fund_id, vouchers=VOUCHERS)
    db.rollback()
    if engine.dialect.name == "postgresql":
        refused = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "copy")])
        assert refused.exit_code == 1
        assert "pg_dump" in refused.output
        assert not (tmp_path / "copy").exists()
        return
    with subprocess.Popen(
        [
            sys.executable, "-m", "tests.crash.writing_process",
            database_url, str(town.roseraie.device_id),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:  # fmt: skip
        assert writer.stdin
        assert writer.stdout
        writer.stdin.write("\n".join(codes))
        writer.stdin.close()
        for number in range(1, COPIES + 1):
            assert writer.stdout.readline()  # it writes
            before = redeemed_in(engine)
            copy = tmp_path / f"copy{number}"
            made = app.test_cli_runner().invoke(args=["backup", str(copy)])
            assert made.exit_code == 0, made.output
            assert before <= redeemed_in_copy(copy) <= redeemed_in(engine)
        assert writer.poll() is None, "it had finished: give it more to write"
        writer.kill()


def redeemed_in_copy(copy: Path) -> int:
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    engine = create_engine(f"sqlite:///{copy}")
    with engine.connect() as reader:
        assert list(checks.drifts(reader)) == []
    found = redeemed_in(engine)
    engine.dispose()
    return found


def redeemed_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Redemption)) or 0
