#!/usr/bin/env bash
# The long mode of the tests that inject faults, then: scans mail, is killed without warning, resumes and verifies, over and over:
# soak.sh [MINUTES], 10 when not given.
#   FAULTS=N    faults in each of those tests, 10,000 when not given; 0 leaves them out
#   MAIL=PATH   what to scan; without it, exercise LANTERN is written and scanned
# After every kill the evidence log must verify and must not have lost an entry; at the end an undisturbed scan must finish.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-${MINUTES:-10}}
scripts/need-rust
faults=${FAULTS:-10000}
if [ "$faults" -gt 0 ]; then
    # Every write of keep, propose, approve and send; then the gate, killed at every step of a message.
    PORTCULLIS_TEST_FAULTS=$faults cargo test --quiet --locked -p runtime --lib measure::faults
    PORTCULLIS_TEST_FAULTS=$faults cargo test --quiet --locked -p gate --test milter nothing_is_lost
    PORTCULLIS_TEST_KILLS=$((faults / 10)) cargo test --quiet --locked -p runtime --test memory_kills
    echo "soak: $faults faults inside measures, as many kills of the gate, and $((faults / 10)) of the watch's memory"
fi
cargo build --quiet --release --locked -p portcullis
program=target/release/portcullis
scratch=$(mktemp -d)
scan=
trap 'if [ -n "$scan" ]; then kill -9 "$scan" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT

mail=${MAIL:-}
if [ -z "$mail" ]; then
    "$program" exercise write --seed 301 "$scratch/exercise" >/dev/null 2>&1
    mail=$scratch/exercise/mail
fi

logged_entries() {
    local checkpoint
    checkpoint=$(find "$scratch/data" -name checkpoint 2>/dev/null | head -n 1)
    if [ -n "$checkpoint" ]; then sed -n 2p "$checkpoint"; else echo 0; fi
}

verify_log() {
    [ "$(logged_entries)" -gt 0 ] || return 0
    # The key that the first scan made, kept apart: a log that came back under another key must not pass.
    [ -e "$scratch/kept.vkey" ] || cp "$scratch/data/evidence.vkey" "$scratch/kept.vkey"
    "$program" evidence verify --key "$scratch/kept.vkey" "$scratch/data" >/dev/null
}

kills=0
before=0
deadline=$(($(date +%s) + minutes * 60))
while [ "$(date +%s)" -lt "$deadline" ]; do
    "$program" mail scan --format jsonl --data "$scratch/data" "$mail" >"$scratch/out.jsonl" 2>"$scratch/err.txt" &
    scan=$!
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    kill -9 "$scan" 2>/dev/null || true
    wait "$scan" 2>/dev/null || true
    scan=
    kills=$((kills + 1))
    after=$(logged_entries)
    if [ "$after" -lt "$before" ]; then
        echo "soak: the log had $before entries and has $after after kill $kills" >&2
        exit 1
    fi
    verify_log || { echo "soak: the log does not verify after kill $kills" >&2; exit 1; }
    before=$after
    echo "kill $kills: $after entries, verified"
done
result=0
"$program" mail scan --format jsonl --data "$scratch/data" "$mail" >"$scratch/out.jsonl" 2>"$scratch/err.txt" || result=$?
if [ "$result" -gt 1 ]; then
    echo "soak: the undisturbed scan ended with $result" >&2
    tail -n 5 "$scratch/err.txt" >&2
    exit 1
fi
verify_log
echo "soak: $kills kills, $(logged_entries) entries, $(wc -l <"$scratch/out.jsonl") messages judged at the end, log verified"
