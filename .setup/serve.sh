#!/bin/sh
# Serve the demo, with the worker that issues vouchers and sends notices beside it.
set -eu

.venv/bin/flask --app wsgi worker &
worker=$!
trap 'kill "$worker" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Two processes on one SQLite file: writers wait for one another, readers do not.
.venv/bin/granian --interface wsgi --host 127.0.0.1 --port "$PORT" --workers 2 \
    --no-ws --log-level warning wsgi:app &
server=$!
trap 'kill "$worker" "$server" 2>/dev/null || true' EXIT
echo "Serving on http://127.0.0.1:$PORT (Ctrl-C stops it; the data stay in instance/)."
wait "$server"
