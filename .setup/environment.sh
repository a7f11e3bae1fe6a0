#!/bin/sh
# Make .venv with the first Python ≥ 3.11 found, or say what to install.
set -eu

recent_enough='import sys; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$recent_enough"; then
            command -v "$candidate"
            return
        fi
    done
    echo "repit needs Python 3.11 or newer; none was found. Install it, or set PYTHON=/path/to/python3." >&2
    exit 1
}

# Debian and Ubuntu package the venv module apart from Python.
add_venv_module() {
    python=$1
    "$python" -c 'import ensurepip' 2>/dev/null && return
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package"
        return
    fi
    echo "$python has no venv module. On Debian or Ubuntu: sudo apt-get install $package" >&2
    exit 1
}

python=$(find_python)
add_venv_module "$python"
exec "$python" -m venv --clear .venv
