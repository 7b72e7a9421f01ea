#!/bin/sh
# browser.sh: the path of the Chromium that the viewer's tests drive. $CHROMIUM if set, otherwise one that is installed;
# where there is none, root on Debian or Ubuntu installs it.
set -eu
die() { printf 'browser: %s\n' "$@" >&2; exit 1; }

installed() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name"; then return; fi
    done
    return 1
}

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || die "CHROMIUM=$CHROMIUM is no program"
    echo "$CHROMIUM"
elif ! installed; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        die "no Chromium was found" "install one (Debian, Ubuntu: sudo apt-get install chromium), or name it: CHROMIUM=/path/to/chromium"
    echo "browser: apt-get install chromium (about a minute, once)" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >&2 && apt-get -qq install -y --no-install-recommends chromium >/dev/null 2>&1 && installed ||
        die "apt-get install chromium failed; install one by hand, or name it: CHROMIUM=/path/to/chromium"
fi
