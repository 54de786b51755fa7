#!/usr/bin/env bash
# The gate: how soon the milter answers at 200 messages a second on one core, and what it costs Postfix, beside rspamd: gate.sh [SECONDS]
#   GATE_DATA=DIR   where the data folder is made, on the disk that is to be measured (default: the temporary folder)
# Postfix needs root; without it that half is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-test-tools
command -v rspamd >/dev/null || scripts/install-packages rspamd
exec cargo run --quiet --release --locked -p gate --example gate_load -- "${1:-20}"
