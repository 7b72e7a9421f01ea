#!/bin/sh
# newest-python.sh PYTHON: the newest interpreter on this machine that is newer than PYTHON, or nothing.
# Each candidate is run, not only looked up: pyenv's shims exist for versions that do not start.
set -eu
minor_of() { "$1" -c 'import ensurepip, ssl, sys; print(sys.version_info.minor)' 2>/dev/null || echo 0; }

floor=$(minor_of "$1")
for minor in 14 13 12; do
    [ "$minor" -gt "$floor" ] || break
    for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/python3; do
        if [ "$(minor_of "$candidate")" = "$minor" ]; then echo "$candidate"; exit 0; fi
    done
done
