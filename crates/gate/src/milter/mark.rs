//! What a message says of itself when it is delivered: our marks, and nobody else's in our name.

use super::arc::{self, Sealed, Sealer};
use super::signature::{self, Changes};
use mail::authentication::{Authentication, authserv_id};
use mail::disarm::DISARMED_FIELD;
use milter::{Field, Message, edit};
use model::{EventTime, Verdict};

/// How the names of our header fields begin. Fields from outside that begin like this are forged, and removed.
pub const MARK_PREFIX: &str = "X-Portcullis-";
const RESULTS_FIELD: &str = "Authentication-Results";

/// What is said of a message.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The name under which we write `Authentication-Results` (RFC 8601, section 2.5). No other host may write under it.
    pub authserv_id: &'a str,
    /// What was proposed for the message.
    pub verdict: Verdict,
    /// How certain, 0 to 100.
    pub score: u8,
    /// The campaign of concern that it belongs to.
    pub campaign: Option<&'a str>,
    /// What is known of its sender's authentication, as the message was received.
    pub authentication: &'a Authentication,
    /// Who vouches for what was known, where the house has a key for that, and when.
    pub sealing: Option<(&'a Sealer, EventTime)>,
}

/// The message without marks and results that only claim to be ours: what is delivered where a message was not judged.
pub fn unmarked(message: &Message, authserv_id: &str) -> Vec<u8> {
    let fields = message.fields.iter().filter(|field| !is_forged(field, authserv_id)).cloned().collect();
    together(fields, &message.body)
}

/// The message as it is delivered after it was judged: `content`, which is the message or what disarming made of it, with our
/// marks above it and no forged ones in it. Signatures that disarming broke are renamed, but not a chain that is sealed anew.
pub fn marked(message: &Message, content: &[u8], removed: usize, mark: &Mark<'_>) -> Vec<u8> {
    let (mut fields, body) = edit::split(content);
    // First, so that nobody outside can hand over a signature that looks as if we had renamed it.
    fields.retain(|field| !is_forged(field, mark.authserv_id));
    // What we do not change keeps the signatures that it came with, and needs none of ours.
    let sealing =
        mark.sealing.filter(|_| removed > 0 && arc::link(&fields, mark.authentication.arc).is_some());
    if removed > 0 {
        let changes = changes(message, &fields, body);
        signature::retire(&mut fields, &changes, sealing.is_some());
    }
    let mut marked = marks(removed, mark);
    marked.append(&mut fields);
    let mut delivered =
        sealing.map(|(sealer, now)| seal(sealer, now, &marked, body, mark)).unwrap_or_default();
    delivered.append(&mut marked);
    together(delivered, body)
}

/// Our set of the chain.
fn seal(sealer: &Sealer, now: EventTime, fields: &[Field], body: &[u8], mark: &Mark<'_>) -> Vec<Field> {
    let Some(link) = arc::link(fields, mark.authentication.arc) else { return Vec::new() };
    let results = mark.authentication.to_field(mark.authserv_id);
    match sealer.set(&link, Sealed { fields, body, results: &results, now }) {
        Ok(set) => set,
        Err(error) => {
            tracing::error!(event = "milter.not_sealed", %error);
            Vec::new()
        }
    }
}

/// Topmost the results: RFC 8601 section 4.1 has them above all that they speak of.
fn marks(removed: usize, mark: &Mark<'_>) -> Vec<Field> {
    let mut marks = Vec::new();
    if removed > 0 || !mark.authentication.is_empty() {
        // Where we changed the message nobody else can check it any more: what was known of it stands here, if only that it
        // was nothing.
        marks.push(Field::new(RESULTS_FIELD, &mark.authentication.to_field(mark.authserv_id)));
    }
    let mut put = |name: &str, value: &str| marks.push(Field::new(&format!("{MARK_PREFIX}{name}"), value));
    put("Verdict", mark.verdict.word());
    put("Score", &mark.score.to_string());
    if let Some(campaign) = mark.campaign {
        put("Campaign", campaign);
    }
    if removed > 0 {
        marks.push(Field::new(DISARMED_FIELD, &removed.to_string()));
    }
    marks
}

/// Does somebody else speak in our name?
fn is_forged(field: &Field, authserv_id: &str) -> bool {
    is_mark(field) || claims_to_be(field, authserv_id)
}

/// Does it stand for something that only we say?
fn is_mark(field: &Field) -> bool {
    let prefix = field.name.get(..MARK_PREFIX.len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(MARK_PREFIX.as_bytes()))
}

/// RFC 8601 section 5: nobody outside speaks in our name. The lines of a folded value are one text.
fn claims_to_be(field: &Field, own: &str) -> bool {
    let value = || String::from_utf8_lossy(&field.value).replace(['\r', '\n'], " ");
    field.is(RESULTS_FIELD) && authserv_id(&value()).eq_ignore_ascii_case(own)
}

fn changes(message: &Message, fields: &[Field], body: &[u8]) -> Changes {
    let of = |fields: &[Field], others: &[Field]| -> Vec<Vec<u8>> {
        let others: std::collections::HashSet<&Field> = others.iter().collect();
        fields.iter().filter(|field| !others.contains(field)).map(|field| field.name.clone()).collect()
    };
    let mut changed = of(&message.fields, fields);
    changed.append(&mut of(fields, &message.fields));
    Changes { has_new_body: message.body != body, fields: changed }
}

fn together(fields: Vec<Field>, body: &[u8]) -> Vec<u8> {
    Message { fields, body: body.to_vec(), ..Message::default() }.to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const OURS: &str = "gate.house.example";

    fn message(text: &str) -> Message {
        let (fields, body) = edit::split(text.as_bytes());
        Message { fields, body: body.to_vec(), ..Message::default() }
    }

    #[track_caller]
    fn check(original: &str, campaign: Option<&str>, expected: Expect) {
        check_known(original, campaign, &Authentication::default(), expected);
    }

    #[track_caller]
    fn check_known(
        original: &str,
        campaign: Option<&str>,
        authentication: &Authentication,
        expected: Expect,
    ) {
        let message = message(original);
        let disarmed = mail::disarm::disarm(original.as_bytes());
        let verdict = if disarmed.removed.is_empty() { Verdict::Pass } else { Verdict::Disarm };
        let mark = Mark { authserv_id: OURS, verdict, score: 77, campaign, authentication, sealing: None };
        let marked = marked(&message, &disarmed.message, disarmed.removed.len(), &mark);
        expected.assert_eq(&String::from_utf8_lossy(&marked).replace("\r\n", "\n"));
    }

    #[test]
    fn a_message_that_passes_is_only_marked() {
        check(
            "DKIM-Signature: v=1; h=from\r\nFrom: a@b.example\r\n\r\nhello\r\n",
            None,
            expect![[r#"
                X-Portcullis-Verdict: pass
                X-Portcullis-Score: 77
                DKIM-Signature: v=1; h=from
                From: a@b.example

                hello
            "#]],
        );
    }

    #[test]
    fn a_disarmed_message_says_so_and_its_broken_signature_is_renamed() {
        check(
            "DKIM-Signature: v=1; h=from\r\nFrom: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>Hi<img src=\"http://t.example/1\">\r\n",
            Some("C-7"),
            expect![[r#"
                Authentication-Results: gate.house.example; none
                X-Portcullis-Verdict: disarm
                X-Portcullis-Score: 77
                X-Portcullis-Campaign: C-7
                X-Portcullis-Disarmed: 1
                X-Portcullis-Original-DKIM-Signature: v=1; h=from
                From: a@b.example
                Content-Type: text/html

                <p>Hi<img>
            "#]],
        );
    }

    #[test]
    fn what_is_known_of_the_sender_stands_above_all() {
        let known =
            "mx.house.example; spf=pass smtp.mailfrom=b.example; dmarc=pass (p=reject) header.from=b.example";
        let known = Authentication::from_headers(std::iter::once(known), &["mx.house.example".to_owned()]);
        check_known(
            "From: a@b.example\r\n\r\nhello\r\n",
            None,
            &known,
            expect![[r#"
                Authentication-Results: gate.house.example;
                	spf=pass smtp.mailfrom=b.example;
                	dmarc=pass (p=reject) header.from=b.example
                X-Portcullis-Verdict: pass
                X-Portcullis-Score: 77
                From: a@b.example

                hello
            "#]],
        );
    }

    #[test]
    fn nobody_outside_speaks_in_our_name() {
        check(
            "x-portcullis-verdict: pass\r\nX-Portcullis-Score : 0\r\nX-Portcullis-Original-DKIM-Signature: v=1\r\nX-Portcullis: shorter\r\n\
             Authentication-Results:\r\n (a) GATE.house.example 1; dmarc=pass\r\n\
             Authentication-Results\t: gate.house.example; dmarc=pass\r\n\
             Authentication-Results: mx.house.example; dmarc=pass\r\nFrom: a@b.example\r\n\r\n",
            None,
            expect![[r#"
                X-Portcullis-Verdict: pass
                X-Portcullis-Score: 77
                X-Portcullis: shorter
                Authentication-Results: mx.house.example; dmarc=pass
                From: a@b.example

            "#]],
        );
    }

    #[test]
    fn a_message_that_was_not_judged_carries_no_mark() {
        let forged = "X-Portcullis-Score: 0\r\nAuthentication-Results : gate.house.example; dmarc=pass\r\n\
            From: a@b.example\r\n\r\nhello";
        assert_eq!(unmarked(&message(forged), OURS), b"From: a@b.example\r\n\r\nhello");
    }
}
