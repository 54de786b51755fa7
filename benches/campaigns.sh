#!/usr/bin/env bash
# Campaigns: exercise LANTERN and the grid of its variants, written, scanned and compared with the truth that no detector reads.
#   SEEDS="101 102 ..."   seeds of LANTERN itself (default: ten)
#   GRID_SEEDS="201"      seeds of every variant; empty leaves the grid out
#   VARIANTS="a=b;c=d"    variants separated by `;` instead of the whole grid
#   PROFILE=release       or dist
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-packages python3
export PROFILE=${PROFILE:-release}
cargo build --quiet --locked --profile "$PROFILE" -p portcullis
exec python3 benches/campaigns
