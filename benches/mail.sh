#!/usr/bin/env bash
# Mail: speed, memory and detection of Portcullis beside rspamd and SpamAssassin, same messages, same run, network tests off.
#   PORTCULLIS_DATA=DIR   the folder that holds mail/{phish_pot,ham_csdmc,...}; without it there is nothing to measure
#   N=200                 at most so many messages of each corpus (default: all)
#   SPAMASSASSIN_N=100    at most so many for SpamAssassin, which is slow
#   ENGINES="portcullis rspamd spamassassin floor"
#   ARCHIVE=250000        messages of the long mailbox; 0 leaves it out
#   PROFILE=release       or dist
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -d "${PORTCULLIS_DATA:-}/mail/phish_pot" ]; then
    echo "bench-mail: no corpora: set PORTCULLIS_DATA to the folder that holds mail/phish_pot, mail/ham_csdmc and the others" >&2
    exit 2
fi
scripts/need-rust
scripts/install-packages python3
export ENGINES=${ENGINES:-portcullis rspamd spamassassin floor}
case $ENGINES in *rspamd*) command -v rspamd >/dev/null || scripts/install-packages rspamd ;; esac
case $ENGINES in *spamassassin*)
    command -v spamassassin >/dev/null || scripts/install-packages spamassassin
    # From Debian 13 on the server and its client are packages of their own.
    command -v spamd >/dev/null || scripts/install-packages spamd spamc
    ;;
esac
export PROFILE=${PROFILE:-release}
cargo build --quiet --locked --profile "$PROFILE" -p portcullis
case $ENGINES in *floor*) cargo build --quiet --locked --profile "$PROFILE" -p mail --example floor ;; esac
exec python3 benches/mail
