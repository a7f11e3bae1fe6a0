"""The application as it serves in production, in processes that can be killed and started again."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

import psutil

from repit.settings import ROOT
from tests.browser.server import free_port
from tests.settings import settings_for

WORKERS = 2
START_SECONDS = 60


class Servers:
    """Two workers behind one port, the same after every start."""

    def __init__(self, database_url: str) -> None:
        """Serve one database; nothing runs yet."""
        settings = settings_for(database_url)
        self.port = free_port()
        self._environment = {
            **os.environ,  # noqa: TID251
            "REPIT_DATABASE_URL": database_url,
            "REPIT_SECRET_KEY": settings.secret_key,
            "REPIT_CODE_KEY": settings.code_key,
            "REPIT_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the processes and wait until one answers."""
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(self.port), "--workers", str(WORKERS), "--blocking-threads", "2",
            "--no-ws", "--log-level", "warning", "wsgi:app",
        ]  # fmt: skip
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/api/v1/account")
                connection.getresponse()
                connection.close()
                return
            time.sleep(0.05)
        raise RuntimeError("the servers do not answer")

    def kill(self) -> None:
        """Kill every process at once, as a machine losing power would."""
        if self._process is None:
            return
        parent = psutil.Process(self._process.pid)
        everybody = [parent, *parent.children(recursive=True)]
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(START_SECONDS)
        psutil.wait_procs(everybody[1:], timeout=START_SECONDS)
        self._process = None
