"""What a serving process need not carry, it does not load before somebody asks for it."""

import json
import subprocess
import sys

from repit.settings import ROOT
from tests.settings import settings_for

SELDOM = {
    "alembic",
    "altair",
    "highspy",
    "lxml",
    "numpy",
    "schwifty",
    "sepaxml",
    "stripe",
    "typst",
    "vl_convert",
    "xlsxwriter",
}
"""Migrations, bank files, cards, documents and plots: many megabytes in each process, used now and
then."""

_START = """
import json, sys
from repit.app import create_app
from repit.settings import Settings
create_app(Settings(**json.loads(sys.argv[1])))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_a_process_that_serves_loads_no_seldom_used_library() -> None:
    settings = settings_for("sqlite://")
    given = {
        "secret_key": settings.secret_key,
        "code_key": settings.code_key,
        "database_url": settings.database_url,
    }
    run = subprocess.run(
        [sys.executable, "-c", _START, json.dumps(given)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(run.stdout))
    assert "flask" in loaded
    assert loaded & SELDOM == set()
