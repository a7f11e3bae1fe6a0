"""A worker in a process of its own: writes down that it began, then takes a long time."""

import sys
import time
from pathlib import Path

from sqlalchemy import create_engine

from repit.db import engine as engines
from repit.domain import clock
from repit.domain.jobs.worker import JobContext, Worker


def main(database_url: str, diary: Path) -> None:
    """Take one job and never finish it."""

    def begin(context: JobContext) -> None:
        context.progress(1, 2)
        with diary.open("a") as page:
            page.write("begun\n")
        time.sleep(60)

    engine = create_engine(database_url)
    engines.prepare(engine)
    Worker(engine=engine, tasks={"greet": begin}, clock=clock.now).run_one()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
