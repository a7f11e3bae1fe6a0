"""Start servers, and read what processes cost: seconds of processor, memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from repit.settings import ROOT
from tests.browser.server import free_port

WORKERS = 2


@contextmanager
def granian(target: str, environment: Mapping[str, str]) -> Iterator[tuple[psutil.Process, str]]:
    """Serve a WSGI application as in production: two workers of one thread; give its address."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1", "--no-ws",
        "--log-level", "warning", "--backlog", "1024", target,
    ]  # fmt: skip
    own = {**os.environ, **environment, "PORT": str(port)}  # noqa: TID251
    with subprocess.Popen(command, cwd=ROOT, env=own) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/")
            yield psutil.Process(server.pid), f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urlopen(address, timeout=2).close()  # noqa: S310  (our own server)
        except HTTPError:
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")


def seconds(root: psutil.Process) -> float:
    """Return the processor time of a process and everything it started, dead or alive."""
    while True:
        with suppress(psutil.NoSuchProcess):  # one ended while we read: its parent has it now
            return _seconds(root)


def _seconds(root: psutil.Process) -> float:
    own = root.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in root.children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system
    return float(total)


def megabytes(root: psutil.Process) -> float:
    """Return the resident memory of the workers a server started."""
    return float(sum(child.memory_info().rss for child in root.children(recursive=True)) / 1e6)
