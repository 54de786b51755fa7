#!/usr/bin/env bash
# The gate: how soon the milter answers at 200 messages a second on one core, and what it costs Postfix, beside rspamd: gate.sh [SECONDS]
#   GATE_DATA=DIR   where the data folder is made, on the disk that is to be measured (default: the temporary folder)
#   GATE_ALONE=1    what is measured goes before everything else that runs on the machine (real-time scheduling; needs root)
# Postfix needs root; without it that half is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-test-tools
command -v rspamd >/dev/null || scripts/install-packages rspamd
cargo build --quiet --release --locked -p gate --example gate_load
program="${CARGO_TARGET_DIR:-target}/release/examples/gate_load"
if [[ -n ${GATE_ALONE:-} ]]; then
    exec chrt --rr 10 "$program" "${1:-20}"
fi
exec "$program" "${1:-20}"
