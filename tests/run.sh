#!/usr/bin/env bash
# Sets the machine up, builds everything and runs all tests; needs no display. Arguments go to ctest (-R bert).
# Passing tests are counted, not listed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/resources/packaging/setup.sh" build run test
"$root/resources/packaging/build.sh" all
cd "$root/.build/release"
ctest --parallel "$(nproc)" --output-on-failure "$@" </dev/null \
    | grep -vE '^ +Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* Passed '
