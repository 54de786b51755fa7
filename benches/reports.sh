#!/usr/bin/env bash
# Reports about domains: 98,000 DMARC reports as .xml.gz and .zip are written and taken in: reports.sh [REPORTS]
# Prints seconds, reports a second and the largest resident memory; the goal for 98,000 is 120 s and 256 MiB.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-packages python3 time
cargo build --quiet --release --locked -p portcullis
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
benches/make_reports "${1:-${REPORTS:-98000}}" "$scratch/reports"
/usr/bin/time -f '%e s, %M KiB resident at most, %U s of one core' \
    target/release/portcullis report add "$scratch/reports" --data "$scratch/data"
target/release/portcullis report show --data "$scratch/data"
du -sh "$scratch/data" | cut -f 1
