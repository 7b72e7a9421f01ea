#!/bin/sh
# find-python.sh: the interpreter for .venv: $PYTHON if set, otherwise the first Python >= 3.11 that runs.
# find-python.sh newest: the newest one on this machine that is newer than that, or nothing.
# Each candidate is run, not only looked up: pyenv's shims exist for versions that do not start.
set -eu
die() { printf 'install: %s\n' "$@" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
minor_of() { "$1" -c 'import ensurepip, ssl, sys; print(sys.version_info.minor)' 2>/dev/null || echo 0; }

first() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || die "PYTHON=$PYTHON does not run, or is older than Python 3.11"
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if new_enough "$candidate"; then echo "$candidate"; return; fi
    done
    die "no Python >= 3.11 was found (tried python3.11 to python3.14 and python3)" \
        "install one, or name it: make PYTHON=/path/to/python3"
}

newest() {
    floor=$("$1" -c 'import sys; print(sys.version_info.minor)')
    for minor in 14 13 12; do
        [ "$minor" -gt "$floor" ] || break
        for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/python3; do
            if [ "$(minor_of "$candidate")" = "$minor" ]; then echo "$candidate"; return; fi
        done
    done
}

python=$(first)
case ${1:-} in
'') echo "$python" ;;
newest) newest "$python" ;;
*) die "find-python.sh [newest], not $1" ;;
esac
