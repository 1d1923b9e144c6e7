#!/bin/sh
# Installs the Debian packages that the tests need. Does nothing where they are there. Needs root, or sudo.
set -eu
packages="gcc libc6-dev binutils make musl-tools busybox-static bash-static lua5.4 sqlite3 python3 perl openssl stress-ng"
missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install-packages: not root and no sudo; please install:$missing" >&2; exit 1; }
    as_root="sudo"
fi
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of names
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends $missing
