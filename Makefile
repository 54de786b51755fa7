# The commands of the house. Each is a short script that can be read and run by itself.

.DEFAULT_GOAL := help
.PHONY: help run test fmt lint bench-mail bench-campaigns bench-hunt bench-reports bench-evidence bench-gate bench-console bench-watch bench-memory bench-dwell bench-tail bench-canary oracle-sigma soak fuzz dist clean

export CARGO_BUILD_JOBS ?= 2

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## builds the program and plays exercise LANTERN through it
	@scripts/run

test: ## installs what the tests need and runs all of them
	@scripts/install-test-tools
	@scripts/check

fmt: ## formats all Rust code
	@cargo fmt --all

lint: ## formatting, the repository's own rules, and clippy
	@scripts/check format tidy clippy

bench-mail: ## speed and detection on mail, beside rspamd and SpamAssassin
	@benches/mail.sh

bench-campaigns: ## recall and false campaigns over the grid of variants
	@benches/campaigns.sh

bench-hunt: ## ten million feature records: bytes, writing, time to answer
	@benches/hunt.sh

bench-reports: ## 98,000 DMARC reports taken in: seconds and memory
	@benches/reports.sh

bench-evidence: ## entries appended and verified a second
	@benches/evidence.sh

bench-gate: ## the milter's answers, and Postfix with and without it, beside rspamd
	@benches/gate.sh

bench-console: ## server time of each console page on a million records and 500 campaigns
	@benches/console.sh

bench-watch: ## events a second through thousands of Sigma rules, beside rsigma (PORTCULLIS_DATA: the shared data)
	@benches/watch.sh

bench-memory: ## what the watch remembers of a million groups for 400 days: memory, CPU, time until ready
	@benches/memory.sh

bench-tail: ## logs that are followed: from a written line to evidence, and how fast a house catches up with a year
	@benches/tail.sh

bench-dwell: ## more than 400 days of invented logs with an intruder: how long unseen, how many false alerts a day
	@benches/dwell.sh

bench-canary: ## a thousand leaks of supplied registers: copies named, and innocent ones named
	@scripts/need-rust
	@cargo run --quiet --release --locked -p register --example canary

oracle-sigma: ## every public Sigma rule and events made for it, answered by us and by pySigma (PORTCULLIS_DATA)
	@scripts/install-test-tools
	@tests/sigma_oracle/run

soak: ## ten thousand injected faults, then scans that are killed, resumed and verified, over and over
	@benches/soak.sh

fuzz: ## every property test with many more cases
	@scripts/fuzz

dist: ## a package of the binary with its licences
	@scripts/dist

clean: ## removes what was built
	@cargo clean
