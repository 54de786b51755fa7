#!/usr/bin/env bash
# The feature records behind `portcullis mail hunt`: hunt.sh [RECORDS]
#
# First the feature log alone: cost of writing, bytes a record, time to answer. Then a data folder with evidence, and whole
# commands on it: each opens the folder, answers and ends. Ten million records take about 18 GB in the temporary folder
# (TMPDIR) and a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
records="${1:-${RECORDS:-10000000}}"
cargo run --quiet --release --locked -p store --example speed -- "$records"

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cargo build --quiet --release --locked -p portcullis
time cargo run --quiet --release --locked -p runtime --example archive -- "$folder" "$records"
printf '%-50s %14s\n' "data folder, bytes / record" $(($(du -sb "$folder" | cut -f1) / records))

program="${CARGO_TARGET_DIR:-target}/release/portcullis"
hunt() {
    local what="$1" started ended hits
    shift
    started="$(date +%s%N)"
    hits="$("$program" mail hunt --data "$folder" --format jsonl "$@" | wc -l)"
    ended="$(date +%s%N)"
    printf '%-50s %14s\n' "mail hunt, $what ($hits hits), ms" $(((ended - started) / 1000000))
}
for _ in 1 2 3; do
    hunt "an address that never wrote" nobody@nowhere.example
    hunt "a Message-ID" "<$((records / 2 + 1))@mail.example>"
    hunt "an address that wrote often" writer0@office0.example
    hunt "a domain" office1234.example
    hunt "five indicators" nobody.example "<7@mail.example>" writer77@office77.example "<9@mail.example>" writer8@office8.example
done
