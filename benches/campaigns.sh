#!/usr/bin/env bash
# Campaigns: exercise LANTERN and the grid of its variants, compared with the truth that no detector reads.
# Arguments go to `portcullis exercise bench`: --seeds, --grid-seeds, --first, --variant, --mails.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
cargo build --quiet --release --locked -p portcullis
exec target/release/portcullis exercise bench "$@"
