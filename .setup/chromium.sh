#!/bin/sh
# The browser tests drive a Chromium of the machine; REPIT_CHROMIUM names another one.
set -eu

browser=${REPIT_CHROMIUM:-/usr/bin/chromium}
if [ -x "$browser" ]; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update
    # DejaVu draws the Latin and the Arabic letters that the page tests measure.
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core
    exit 0
fi
echo "The browser tests need Chromium, and $browser is not there." >&2
echo "On Debian: sudo apt-get install chromium fonts-dejavu-core" >&2
echo "Elsewhere: install Chromium and set REPIT_CHROMIUM to its path, then run make test again." >&2
exit 1
