#!/bin/sh
# Remove a demo's town. What no demo made (a real installation's database) is left alone.
# With --if-unfinished: only a town whose making was interrupted.
set -eu

if [ "${1:-}" = --if-unfinished ] && [ ! -f instance/demo-unfinished ]; then
    exit 0
fi
if [ ! -f instance/demo.json ] && [ ! -f instance/demo-unfinished ]; then
    echo "There is no demo to forget."
    exit 0
fi
rm -f instance/repit.sqlite3 instance/repit.sqlite3-shm instance/repit.sqlite3-wal
rm -f instance/demo.json instance/demo-keys.json instance/demo-unfinished
echo "The demo is forgotten: make demo makes a new town."
