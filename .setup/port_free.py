"""Stop the demo before it starts when something else answers on $PORT: two would share it."""

import os
import socket
import sys

LAST_PORT = 65_535

port = os.environ["PORT"]
if not port.isdigit() or not 0 < int(port) <= LAST_PORT:
    sys.exit(f"PORT={port} is not a port.")
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(port)))
    except OSError:
        sys.exit(f"Port {port} is taken. Choose another: make demo PORT={int(port) + 1}")
