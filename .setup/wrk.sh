#!/bin/sh
# The benchmark sends its requests with wrk, from Debian's packages.
set -eu

if command -v wrk >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wrk
    exit 0
fi
echo "The benchmark needs wrk, which is not there." >&2
echo "On Debian: sudo apt-get install wrk" >&2
echo "Elsewhere: install wrk (https://github.com/wg/wrk), then run make bench again." >&2
exit 1
