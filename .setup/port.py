"""Look at $PORT: `free` before the demo starts (two servers would share it), then `answering`."""

import os
import socket
import sys
import time

LAST_PORT = 65_535
PATIENCE_SECONDS = 60


def free(port: int) -> None:
    """Stop when something answers already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another: make demo PORT={port + 1}")


def answering(port: int) -> None:
    """Wait until the server accepts connections."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"Nothing answers on port {port} after {PATIENCE_SECONDS} seconds.")


given = os.environ["PORT"]
if not given.isdigit() or not 0 < int(given) <= LAST_PORT:
    sys.exit(f"PORT={given} is not a port.")
{"free": free, "answering": answering}[sys.argv[1]](int(given))
