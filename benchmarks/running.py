"""What every table runs on: a durable PostgreSQL, the application as in production, the figures."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks import processes
from benchmarks.load import Measured
from tests.postgres import PostgresServer
from tests.settings import settings_for

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "min_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "15s",
}


@dataclass
class Run:
    """Everything one run measures, by name, a value per round."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.values[name].append(value)

    def median(self, name: str) -> float:
        return statistics.median(self.values[name])

    def keep(self, name: str, measured: Measured, cpu: float) -> None:
        """Keep one measurement; `cpu`: seconds of processor that it cost."""
        self.add(f"{name} /s", measured.per_second)
        self.add(f"{name} p50", measured.p50)
        self.add(f"{name} p99", measured.p99)
        self.add(f"{name} cpu us", cpu / measured.count * 1e6)


@contextmanager
def application(server: PostgresServer) -> Iterator[tuple[psutil.Process, str]]:
    """Serve the application on that database; give its process and its address."""
    settings = settings_for(server.url())
    environment = {
        "REPIT_SECRET_KEY": settings.secret_key,
        "REPIT_CODE_KEY": settings.code_key,
        "DATABASE_URL": server.url(),
    }
    with processes.granian("wsgi:app", environment) as found:
        yield found
