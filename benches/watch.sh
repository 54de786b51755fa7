#!/usr/bin/env bash
# The engine of watch beside rsigma, on one core, as seconds of that core: the Windows events and public rules of the shared data.
# Each measure is a process of its own; docs/engine.md says what the figures mean.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PORTCULLIS_DATA:?the folder of the shared data}"

scripts/need-rust
target="${CARGO_TARGET_DIR:-$PWD/target}"
CARGO_TARGET_DIR="$target" cargo build --quiet --profile dist --locked --manifest-path benches/watch/Cargo.toml
measure() {
    printf '%-38s ' "$1"
    "$target/dist/bench-watch" "$PORTCULLIS_DATA" "$2"
}
measure "reading alone" extraction
measure "ours, all Windows rules" ours
measure "rsigma, all Windows rules" rsigma
measure "ours, the same on nested JSON" ours-nested
measure "ours, ten times the rules" ours-ten
measure "rsigma, ten times the rules" rsigma-ten
measure "ours, event log files, all rules" evtx
measure "ours, all rules made ready" load
measure "ours, logs that grow, all rules" growing
