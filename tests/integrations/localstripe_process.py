"""Serve localstripe on this machine alone, its books in memory. Run as a process of its own.

As it ships it listens to every network and keeps its books in a pickle that it trusts at the
next start: both are left out here. It is under the GPL, so nothing of ours imports it.
"""

import socket

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda _store: None

with socket.create_server(("127.0.0.1", 0)) as door:
    print(door.getsockname()[1], flush=True)  # noqa: T201  (whoever started it waits for this)
    web.run_app(server.app, sock=door, print=None, access_log=None)
