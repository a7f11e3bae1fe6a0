#!/bin/sh
# Remove a demo's town. What no demo made (a real installation's database) is left alone.
# With --if-unfinished: only a town whose making was interrupted.
set -eu

if [ -f instance/repit.sqlite3 ] && [ ! -f instance/demo.json ] && [ ! -f instance/demo-unfinished ]
then
    echo "instance/repit.sqlite3 was not made by a demo: move it away first." >&2
    exit 1
fi
if [ "${1:-}" = --if-unfinished ] && [ ! -f instance/demo-unfinished ]; then
    exit 0
fi
rm -f instance/repit.sqlite3 instance/repit.sqlite3-shm instance/repit.sqlite3-wal
rm -f instance/demo.json instance/demo-keys.json instance/demo-unfinished
rm -f instance/stripe-stand-in.json instance/stripe-stand-in.json.lock
echo "The demo is forgotten: make demo makes a new town."
