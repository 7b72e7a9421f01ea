#!/bin/sh
# bootstrap.sh VENV [EXTRA]: a virtual environment at VENV with Petri installed editable, in the versions of
# requirements.lock, by the Python that find-python.sh finds. Leaves the stamps that make reads.
set -eu
venv=$1
extra=${2:-}

say() { printf 'install: %s\n' "$*" >&2; }
die() { printf 'install: %s\n' "$@" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

with_virtualenv() {
    borrowed=$(mktemp -d)
    status=0
    "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$borrowed" virtualenv &&
        PYTHONPATH=$borrowed "$python" -m virtualenv --quiet "$venv" || status=$?
    rm -rf "$borrowed"
    return $status
}

# Debian and Ubuntu ship Python without ensurepip, and then `python -m venv` fails.
make_venv() {
    rm -rf "$venv"
    if "$python" -m venv "$venv" >/dev/null 2>&1; then return; fi
    rm -rf "$venv"
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if has_pip "$python"; then
        say "this Python has no venv of its own; borrowing virtualenv"
        if with_virtualenv; then return; fi
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "this Python has no venv of its own; apt-get install $package"
        if apt-get -qq update && apt-get -qq install -y "$package" >/dev/null && "$python" -m venv "$venv"; then return; fi
    fi
    die "$python cannot make a virtual environment; on Debian or Ubuntu run: sudo apt-get install $package"
}

if ! has_pip "$venv/bin/python" || ! new_enough "$venv/bin/python"; then
    python=$(sh "$(dirname "$0")/find-python.sh")
    say "$venv with $("$python" -V)"
    make_venv
fi
say "the tested versions of everything Petri needs (about a minute the first time)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore -c requirements.lock -e ".${extra:+[$extra]}"
touch "$venv/.petri${extra:+-$extra}" "$venv/.petri"
