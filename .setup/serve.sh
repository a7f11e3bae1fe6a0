#!/bin/sh
# Serve the demo on $PORT, with the worker that issues vouchers and sends notices beside it.
set -eu

stop() {
    trap '' INT TERM
    trap - EXIT
    kill "$worker" "$server" 2>/dev/null || true
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$server" 2>/dev/null || break
        sleep 1
    done
    # Interrupted twice, granian may wait for ever for workers that are gone.
    kill -KILL "$server" 2>/dev/null || true
    wait
}

.venv/bin/flask --app wsgi worker &
worker=$!
# Two processes of four threads on one SQLite file: writers queue, readers never wait.
.venv/bin/granian --interface wsgi --host 127.0.0.1 --port "$PORT" --workers 2 \
    --blocking-threads 4 --no-ws --log-level warning wsgi:app &
server=$!
trap stop EXIT
trap 'exit 0' INT TERM

.venv/bin/python .setup/port.py answering
echo "Serving on http://127.0.0.1:$PORT (Ctrl-C stops; instance/ keeps the town)."
wait "$server"
