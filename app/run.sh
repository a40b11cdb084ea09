#!/usr/bin/env bash
# Sets the machine up, builds the program and opens its window on a bundled model and example. Arguments go to the
# program. Without a display, and without arguments, the example's heat maps become pictures instead.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/resources/packaging/setup.sh" build run
"$root/resources/packaging/build.sh" headlight
program=$root/.build/release/bin/headlight

if [ $# -gt 0 ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
    exec "$program" "$@"
fi

pictures=${XDG_CACHE_HOME:-$HOME/.cache}/headlight
mkdir -p "$pictures"
"$program" render sentiment --text "The plot was thin, but the acting was a joy from start to finish." \
    --view grid -o "$pictures/first-light-text.png"
"$program" render shapes --image "$root/resources/examples/shapes-heart.png" \
    --view grid -o "$pictures/first-light-image.png"
printf 'No display here. What every head looks at is drawn in\n  %s\n  %s\n' \
    "$pictures/first-light-text.png" "$pictures/first-light-image.png"
