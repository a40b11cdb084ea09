#!/usr/bin/env bash
# Builds Release into .build/release: one line of output, the whole log when it fails.
# Usage: build.sh TARGET...     (headlight, all, or any target of the build)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/.build/release
log=$build/build.log

# No more compilers at once than there are processors, and a gigabyte of memory for each.
jobs() {
    local processors gigabytes
    processors=$(nproc)
    gigabytes=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
    [ "${gigabytes:-1}" -ge 1 ] || gigabytes=1
    echo $((processors < gigabytes ? processors : gigabytes))
}

# Also when the folder was moved: CMake refuses a cache that names another place.
configured() {
    [ -f "$build/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"
}

run() {
    configured || (cd "$root" && cmake --fresh --preset release)
    cmake --build "$build" --parallel "$(jobs)" --target "$@"
}

# On a terminal the line counts the steps as they are done.
watch() {
    local line
    while IFS= read -r line; do
        if [ -t 1 ] && [[ $line =~ ^\[[0-9]+/[0-9]+\] ]]; then
            printf '\rBuilding %s %s ' "$1" "${BASH_REMATCH[0]}"
        fi
    done
}

mkdir -p "$build"
printf 'Building %s ' "$*"
if ! run "$@" 2>&1 </dev/null | tee "$log" | watch "$*"; then
    printf '\n'
    cat "$log" >&2
    printf 'headlight: the build failed; the lines above say why, and %s keeps them.\n' "$log" >&2
    exit 1
fi
printf '(%d s)\n' "$SECONDS"
