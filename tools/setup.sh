#!/bin/sh
# Makes .venv with everything that demo, test, lint and bench need. Says in one line what the machine lacks.
set -eu
python=${PYTHON:-python3}
stubs=1.29.0.post1 # of MicroPython 1.29
fail() { echo "hallhub: $1" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 || fail "no $python here; mend it with: sudo apt-get install -y python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || fail "Python 3.11 or newer is needed, this is $("$python" -V 2>&1); mend it with: make PYTHON=/path/to/python3.11 …"
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 \
    || fail "Python's venv module is missing; mend it with: sudo apt-get install -y python3-venv"

[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "hallhub: installing into .venv (once; takes a minute or two)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[hub,tools,dev]' \
    || fail "the packages could not be installed; is a Python package index reachable? then run the same command again"
# Apart from .venv: these stand in for Python's own type stubs (see tools/stubs.py).
for port in esp32 rp2; do
    [ -e "typings/$port/machine.pyi" ] && [ "$(cat "typings/$port/version" 2>/dev/null)" = "$stubs" ] && continue
    rm -rf "typings/$port"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --target "typings/$port" \
        "micropython-$port-stubs==$stubs" || fail "the type stubs of $port could not be installed; run the same command again"
    echo "$stubs" >"typings/$port/version"
done
touch .venv/ready
