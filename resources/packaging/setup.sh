#!/usr/bin/env bash
# Installs what is missing of debian-packages.txt. Says nothing when nothing is missing.
# Usage: setup.sh GROUP...     (build, run, test, develop)
# HEADLIGHT_SETUP=skip leaves the machine alone: for systems with other package names.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    printf 'headlight: %s\n' "$*" >&2
    exit 1
}

# The package names of the groups given.
packages() {
    local group="" name _
    while read -r name _; do
        case $name in
            '' | '#'*) ;;
            '['*']') group=${name:1:-1} ;;
            *) [[ " $* " != *" $group "* ]] || printf '%s\n' "$name" ;;
        esac
    done <"$here/debian-packages.txt"
}

[ "${HEADLIGHT_SETUP:-}" != skip ] || exit 0
[ $# -gt 0 ] || fail "setup.sh needs the groups to install: build, run, test or develop."
mapfile -t wanted < <(packages "$@")
[ ${#wanted[@]} -gt 0 ] || exit 0
type -P dpkg-query apt-get >/dev/null \
    || fail "this is no Debian system. Install what $here/debian-packages.txt names, then call again with HEADLIGHT_SETUP=skip."

# shellcheck disable=SC2016 # dpkg-query fills the fields in
installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)"
missing=()
for name in "${wanted[@]}"; do
    [[ $installed == *" installed:$name "* ]] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

become=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null \
        || fail "these packages are missing, and installing them needs root or sudo: apt-get install ${missing[*]}"
    become=(sudo)
fi
printf 'Installing %d Debian packages: %s\n' ${#missing[@]} "${missing[*]}"
"${become[@]}" true || fail "sudo was refused. Let somebody run: apt-get install ${missing[*]}"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}
apt update || printf 'headlight: the package lists could not be refreshed; trying with the old ones.\n' >&2
apt install --yes --no-install-recommends "${missing[@]}" || {
    cat "$log" >&2
    fail "the packages could not be installed; the lines above say why. Is the network up?"
}
