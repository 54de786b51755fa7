//! Each trait on a message that shows it and on lawful ones that nearly do.

use super::*;
use crate::authentication::{Dmarc, Spf, SpfIdentity};
use crate::message::Reader;
use crate::{beacon, sender};

fn judge_text(raw: &str) -> Judgement {
    let message = Reader::default().read(raw.replace('\n', "\r\n").as_bytes());
    let remotes = beacon::remotes(&message);
    judge(&message, &remotes, &sender::traits(&message, &remotes), &Authentication::default())
}

/// A complete lawful letter around the given fields and HTML; a field that is given replaces the usual one.
fn letter(fields: &str, html: &str) -> String {
    let usual = [
        "From: Dana Rivers <dana.rivers@harbourherald.example>",
        "To: clerk@house.example",
        "Subject: Minutes of Monday",
        "Date: Mon, 03 Mar 2025 09:00:00 +0000",
        "Message-ID: <1@harbourherald.example>",
        "Content-Type: text/html; charset=utf-8",
    ];
    let name = |field: &str| field.split(':').next().unwrap_or_default().to_owned();
    let kept = usual.iter().filter(|field| !fields.lines().any(|given| name(given) == name(field)));
    let head: Vec<&str> = kept.copied().chain(fields.lines()).collect();
    format!("{}\n\n{html}", head.join("\n"))
}

#[track_caller]
fn check(code: &str, is_shown: bool, raw: &str) {
    let judgement = judge_text(raw);
    let codes: Vec<&str> = judgement.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes.contains(&code), is_shown, "{code} in {codes:?}");
}

/// Each row: trait, whether it is shown, header fields, HTML.
#[track_caller]
fn check_all(rows: &[(&str, bool, &str, &str)]) {
    rows.iter().for_each(|(code, is_shown, fields, html)| check(code, *is_shown, &letter(fields, html)));
}

#[test]
fn names_against_domains() {
    check_all(&[
        ("NAME_BRAND", true, "From: PayPal Service <service@pp-secure.example>", ""),
        ("NAME_BRAND", true, "From: P.a.y.P.a.l <service@pp-secure.example>", ""),
        ("NAME_BRAND", true, "From: =?utf-8?B?UNCweVBhbA==?= <service@pp-secure.example>", ""),
        ("NAME_BRAND", true, "From: DHL Paket <contact@mjzhis.parcels.example>", ""),
        ("NAME_BRAND", false, "From: PayPal <service@mail.paypal.de>", ""),
        ("NAME_BRAND", false, "From: DHL Paket <noreply@dhl.de>", ""),
        ("NAME_BRAND", false, "From: The Weekly Ledger <weekly@weekly-ledger.example>", ""),
        ("NAME_BRAND", false, "From: Chase Apple Norton <chase@norton.example>", ""),
        ("NAME_BRAND", false, "From: Upsala Library <library@upsala.example>", ""),
        ("NAME_BRAND_FREEMAIL", true, "From: Netflix Support <tv1234@gmail.com>", ""),
        ("NAME_BRAND_FREEMAIL", false, "From: Nell Flix <nell@gmail.com>", ""),
        ("NAME_ADDRESS", true, "From: \"office@parliament.uk\" <x@harbourherald.example>", ""),
        ("NAME_ADDRESS", false, "From: \"dana@harbourherald.example\" <dana@harbourherald.example>", ""),
        ("NAME_ADDRESS", false, "From: J.R. Rivers <dana@harbourherald.example>", ""),
        ("NAME_RECIPIENT", true, "From: \"clerk@house.example\" <it@desk.example>", ""),
        ("NAME_RECIPIENT", false, "From: Clerk of the House <office@house.example>", ""),
        ("NAME_DISGUISED", true, "From: =?utf-8?B?RNCwbmE=?= <dana@harbourherald.example>", ""),
        ("NAME_DISGUISED", false, "From: =?utf-8?Q?Zo=C3=AB_M=C3=BCller?= <zoe@harbourherald.example>", ""),
        ("NAME_DISGUISED", false, "From: =?utf-8?B?0JTQsNC90LA=?= <dana@harbourherald.example>", ""),
        ("NAME_UNRELATED", true, "From: Royal Lottery <kekkanico89@freemail.example>", ""),
        ("NAME_UNRELATED", false, "From: Dana Rivers <drivers@freemail.example>", ""),
        ("NAME_UNRELATED", false, "From: Museum of Tides <mot@post.example>", ""),
        ("NAME_UNRELATED", false, "From: =?utf-8?B?0JTQsNC90LA=?= <dana@harbourherald.example>", ""),
        ("NAME_SYMBOLS", true, "From: =?utf-8?B?8J+OgSBEYW5h?= <dana@harbourherald.example>", ""),
        ("NAME_SYMBOLS", false, "From: Dana & Sons <dana@harbourherald.example>", ""),
    ]);
}

#[test]
fn addresses_and_routes() {
    check_all(&[
        ("FROM_BRAND_HOST", true, "From: Parcels <p@netflix-billing.example>", ""),
        ("FROM_BRAND_HOST", false, "From: Netflix <p@mailer.netflix.com>", ""),
        ("FROM_DOMAIN_IMPOSSIBLE", true, "From: Post <info@post>", ""),
        ("FROM_DOMAIN_IMPOSSIBLE", false, "From: Post <info@iki.fi>", ""),
        ("FROM_DOMAIN_RANDOM", true, "From: Post <info@v27dnk0oz.example>", ""),
        ("FROM_DOMAIN_RANDOM", false, "From: Post <info@3rdstreet.example>", ""),
        ("FROM_DOMAIN_NUMBERED", true, "From: Post <info@centobox27.example>", ""),
        ("FROM_LOCAL_RANDOM", true, "From: Post <x7k2p9qq@post.example>", ""),
        ("FROM_LOCAL_RANDOM", false, "From: Post <newsletter2025@post.example>", ""),
        ("FROM_MALFORMED", true, "From: Gift,_<x@y.example>, <z@y.example>", ""),
        ("FROM_MALFORMED", false, "From: \"Rivers, Dana\" <dana@harbourherald.example>", ""),
        ("FROM_RECIPIENT", true, "From: <clerk@house.example>", ""),
        ("FROM_RECIPIENT", false, "From: <clerk@house.example>\nList-Id: <house.example>", ""),
        ("REPLY_FREEMAIL", true, "Reply-To: x@gmail.com", ""),
        ("REPLY_FREEMAIL", false, "From: Dana <dana@gmail.com>\nReply-To: dana.rivers@gmail.com", ""),
        ("REPLY_ELSEWHERE", true, "Reply-To: x@other.example", ""),
        ("REPLY_ELSEWHERE", false, "Reply-To: x@other.example\nList-Id: <list.other.example>", ""),
        ("REPLY_ELSEWHERE", false, "Reply-To: dana.rivers@rivers.example", ""),
        ("MAIL_FROM_ELSEWHERE", true, "Return-Path: <x@other.example>", ""),
        ("MAIL_FROM_ELSEWHERE", false, "Return-Path: <x@bounce.harbourherald.example>", ""),
        ("MAIL_FROM_ELSEWHERE", false, "Return-Path: <x@eu-west-1.amazonses.com>", ""),
        ("MAIL_FROM_NULL", true, "Return-Path: <>", ""),
        ("MAIL_FROM_NULL", false, "Return-Path: <>\nAuto-Submitted: auto-replied", ""),
        ("SENDER_ELSEWHERE", true, "Sender: x@other.example", ""),
        ("TO_NOBODY", true, "To: undisclosed-recipients:;", ""),
        ("TO_NOBODY", false, "To: undisclosed-recipients:;\nPrecedence: bulk", ""),
    ]);
}

#[test]
fn dates_subjects_and_threads() {
    check_all(&[
        ("DATE_ODD", true, "Date: never", ""),
        ("DATE_ODD", true, "Received: from a by b; Mon, 10 Mar 2025 09:00:00 +0000", ""),
        ("DATE_ODD", false, "Received: from a by b; Tue, 04 Mar 2025 08:00:00 +0000", ""),
        ("MESSAGE_ID_ODD", true, "Message-ID: <1@localhost>", ""),
        ("PRIORITY_URGENT", true, "X-Priority: 1 (Highest)", ""),
        ("PRIORITY_URGENT", false, "X-Priority: 3", ""),
        ("SUBJECT_RECIPIENT", true, "Subject: clerk@house.example: your parcel", ""),
        (
            "SUBJECT_RECIPIENT",
            true,
            "To: d.rivers@house.example\nSubject: Hello d.rivers, one more thing",
            "",
        ),
        (
            "SUBJECT_RECIPIENT",
            false,
            "To: press-list@house.example\nList-Id: <p.house.example>\nSubject: [press-list] Bill",
            "",
        ),
        ("SUBJECT_TOKEN", true, "Subject: Your file 9f8e7d6c5b4a3", ""),
        ("SUBJECT_TOKEN", false, "Subject: Budget committee, Thursday", ""),
        ("SUBJECT_DISGUISED", true, "Subject: =?utf-8?B?RGEKeQ==?= =?utf-8?Q?pa=E2=80=8Bss?=", ""),
        ("SUBJECT_DISGUISED", false, "Subject: =?utf-8?Q?Caf=C3=A9_=E2=80=93_Gr=C3=BC=C3=9Fe?=", ""),
        ("SUBJECT_SYMBOLS", true, "Subject: =?utf-8?B?8J+OgSBTcHJpbmc=?=", ""),
        ("SUBJECT_FALSE_REPLY", true, "Subject: Re: the payment", ""),
        ("SUBJECT_FALSE_REPLY", false, "Subject: Re: the payment\nIn-Reply-To: <2@house.example>", ""),
        ("SUBJECT_FALSE_REPLY", false, "Subject: Reform: a start", ""),
        ("THREAD", true, "Subject: [Bill] AW: draft\nReferences: <2@house.example>", ""),
        ("THREAD", false, "Subject: Prize draw\nReferences: <2@house.example>", ""),
        ("THREAD_UNMARKED", true, "Subject: Prize draw\nReferences: <2@house.example>", ""),
    ]);
}

#[test]
fn single_links() {
    check_all(&[
        ("LINK_IP", true, "", "<a href='http://192.0.2.7/x'>x</a>"),
        ("LINK_IP", true, "", "<a href='http://7.2.0.192.host.provider.example/x'>x</a>"),
        ("LINK_IP", false, "", "<a href='http://www.2025-03-04.example/x'>x</a>"),
        ("LINK_PORT", true, "", "<a href='http://a.example:8081/x'>x</a>"),
        ("LINK_PORT", false, "", "<a href='http://a.example:80/x'>x</a>"),
        ("LINK_USERINFO", true, "", "<a href='https://bank.example@evil.example/x'>x</a>"),
        ("LINK_USERINFO", false, "", "<a href='https://social.example/@dana'>x</a>"),
        ("LINK_CONFUSABLE", true, "", "<a href='https://p\u{430}ypal.example/x'>x</a>"),
        ("LINK_CONFUSABLE", false, "", "<a href='https://b\u{fc}ro.example/x'>x</a>"),
        ("LINK_BRAND_HOST", true, "", "<a href='https://netflix.com.account-check.example/x'>x</a>"),
        ("LINK_BRAND_HOST", false, "", "<a href='https://www.netflix.com/x'>x</a>"),
        ("LINK_TEXT_LIES", true, "", "<a href='https://evil.example/x'>https://www.parliament.uk/bills</a>"),
        (
            "LINK_TEXT_LIES",
            false,
            "",
            "<a href='https://www.parliament.uk/bills/7'>www.parliament.uk/bills</a>",
        ),
        ("LINK_TEXT_LIES", false, "", "<a href='https://evil.example/x'>as www.parliament.uk says</a>"),
        ("LINK_FREE_HOSTING", true, "", "<a href='https://storage.googleapis.com/koin/a.html'>x</a>"),
        (
            "LINK_FREE_HOSTING",
            false,
            "From: Robin <me@robin.github.io>",
            "<a href='https://robin.github.io/'>x</a>",
        ),
        ("LINK_FORM_SERVICE", true, "", "<a href='https://docs.google.com/forms/d/1'>x</a>"),
        ("LINK_FORM_SERVICE", false, "", "<a href='https://docs.google.com/document/d/1'>x</a>"),
        ("LINK_SHORTENER", true, "", "<a href='https://t.co/Gw3GbkQ64O'>x</a>"),
        ("LINK_SHORTENER", false, "", "<a href='https://not.co/Gw3GbkQ64O'>x</a>"),
        ("LINK_REDIRECTOR", true, "", "<a href='https://www.google.de/url?q=http://evil.example'>x</a>"),
        ("LINK_REDIRECTOR", false, "", "<a href='https://www.google.de/maps'>x</a>"),
        ("LINK_RANDOM_HOST", true, "", "<a href='https://x9k3p7q.example/'>x</a>"),
        ("LINK_RANDOM_HOST", false, "", "<a href='https://www.northmere-library.example/'>x</a>"),
        ("LINK_FRAGMENT_TOKEN", true, "", "<a href='https://a.example/x#5fxA83kdQ01mmz9'>x</a>"),
        ("LINK_FRAGMENT_TOKEN", true, "", "<a href='https://a.example/x#clerk@house.example'>x</a>"),
        ("LINK_FRAGMENT_TOKEN", false, "", "<a href='https://a.example/x#section-minutes'>x</a>"),
        ("LINK_RECIPIENT", true, "", "<a href='https://a.example/x?e=clerk%40house.example'>x</a>"),
        (
            "LINK_RECIPIENT",
            false,
            "",
            "<a href='https://harbourherald.example/x?e=clerk@house.example'>x</a>",
        ),
        ("LINK_SCRIPT", true, "", "<a href='data:text/html;base64,PGI+'>x</a>"),
        ("LINK_SCRIPT", false, "", "<a href='javascript:void(0)'>x</a>"),
        ("LINK_MAILBOX", true, "", "<a href='mailto:claims1@gmail.com?subject=Yes'>x</a>"),
        ("LINK_MAILBOX", false, "", "<a href='mailto:office@house.example'>x</a>"),
    ]);
}

#[test]
fn all_links_together() {
    let shop = "<a href='https://shop.example/a'>a</a><a href='https://shop.example/b'>b</a>";
    let counted = "<a href='https://u1.ct.sendgrid.net/ls/click?upn=1'>a</a>";
    check_all(&[
        ("LINKS_ONE_STRANGER", true, "", shop),
        ("LINKS_ONE_STRANGER", false, "", counted),
        ("LINKS_ONE_STRANGER", false, "Return-Path: <b@bounce.shop.example>", shop),
        ("LINKS_ONE_STRANGER", false, "From: Shop <a@news.shop.example>", shop),
        ("LINKS_ONE_STRANGER", false, "Subject: Re: x\nIn-Reply-To: <1@house.example>", shop),
        ("LINKS_HOME", true, "From: Shop <a@news.shop.example>", shop),
        ("LINKS_HOME", false, "From: PayPal <a@news.shop.example>", shop),
        ("LINKS_HOME", false, "From: Dana <dana@gmail.com>", "<a href='https://gmail.com/x'>x</a>"),
        ("LINKS_ELSEWHERE", true, "", "<a href='https://a.example/'>a</a><a href='https://b.example/'>b</a>"),
        (
            "LOADS_BRAND",
            true,
            "",
            "<img src='https://www.paypalobjects.com/../x.png'><img src='https://www.paypal.com/logo.png'>",
        ),
        ("LOADS_BRAND", false, "From: PayPal <a@paypal.com>", "<img src='https://www.paypal.com/logo.png'>"),
        ("LIST_ELSEWHERE", true, "List-Unsubscribe: <https://un.example/1>", shop),
        ("LIST_ELSEWHERE", false, "List-Unsubscribe: <https://shop.example/1>", shop),
        ("LIST_HONEST", true, "List-Unsubscribe: <https://harbourherald.example/1>", ""),
        (
            "LIST_HONEST",
            false,
            "From: PayPal <x@shop.example>\nList-Unsubscribe: <https://shop.example/1>",
            shop,
        ),
    ]);
}

#[test]
fn content() {
    let long = "The committee met on Monday and heard how the crossing would help. ".repeat(8);
    let picture = "<a href='https://shop.example/a'><img src='https://pics.example/a.png' width=600></a>";
    let told = format!("{picture}<p>{long}</p>");
    let joined = "<p>\u{645}\u{6CC}\u{200C}\u{631}\u{648}\u{645} \u{645}\u{6CC}\u{200C}\u{631}\u{648}\u{645} \u{645}\u{6CC}\u{200C}\u{631}</p>";
    check_all(&[
        ("TEXT_DISGUISED", true, "", "<p>pa\u{200B}ss wo\u{200B}rd ac\u{AD}count</p>"),
        ("TEXT_DISGUISED", false, "", joined),
        ("TEXT_DISGUISED", false, "", "<p>\u{200C}\u{A0}\u{200C}\u{A0}\u{200C}\u{A0} Spring programme</p>"),
        ("TEXT_ENTITIES", true, "", "<p>&#112;&#97;&#115;&#115;&#119;&#111;&#114;&#100;&#x61;&#x62;</p>"),
        (
            "TEXT_ENTITIES",
            false,
            "",
            "<p>Gr&#252;&#223;e &#8211; caf&#233; &#8217; &#160; &#160; &#160; &#160; &#160; &#160;</p>",
        ),
        ("HTML_ONLY", true, "", "<p>x</p>"),
        ("PICTURE_ONLY", true, "", picture),
        ("PICTURE_ONLY", false, "", &told),
        ("PICTURE_ONLY", false, "From: Shop <shop@shop.example>", picture),
        ("BRIEF_LINK", true, "", "<p>Look</p><a href='https://shop.example/a'>here</a>"),
        ("FORM", true, "", "<form action='https://a.example'><input type=password></form>"),
        ("FORM", false, "", "<p>Please find the form attached.</p>"),
        ("SCRIPT", true, "", "<script>x()</script>"),
        ("SCRIPT", false, "", "<p>the script of the play</p>"),
        (
            "TEXT_BASE64",
            true,
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64",
            "aGVsbG8gdGhlcmU=",
        ),
        (
            "TEXT_BASE64",
            false,
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
            "R3LDvMOfZQ==",
        ),
    ]);
}

#[test]
fn attachments() {
    let with = |name: &str, text: &str| {
        let body = format!(
            "--x\nContent-Type: text/plain\n\n{text}\n--x\nContent-Type: application/octet-stream\n\
             Content-Disposition: attachment; filename=\"{name}\"\n\ncontent\n--x--\n"
        );
        letter("Content-Type: multipart/mixed; boundary=x", &body)
    };
    let long = "The committee met on Monday and heard how the crossing would help. ".repeat(8);
    check("ATTACHMENT_ACTIVE", true, &with("invoice.HTML", ""));
    check("ATTACHMENT_ACTIVE", false, &with("minutes.pdf", ""));
    check("ATTACHMENT_MISNAMED", true, &with("invoice.pdf.scr", ""));
    check("ATTACHMENT_MISNAMED", false, &with("minutes.v2.final.pdf", ""));
    check("ATTACHMENT_MISNAMED", false, &with("minutes.pdf.asc", ""));
    check("ATTACHMENT_BARE", true, &with("invoice.pdf", "see file"));
    check("ATTACHMENT_BARE", false, &with("minutes.pdf", &long));
    check("ATTACHMENT_BARE", false, &with("photo.jpg", "see file"));
}

#[test]
fn a_plain_letter_shows_nothing() {
    let judgement = judge_text(&letter("Content-Type: text/plain", "Dear clerk, the bill is attached. Dana"));
    assert_eq!((judgement.verdict, judgement.reasons), (Verdict::Pass, Vec::new()));
}

#[test]
fn a_beacon_is_disarmed_and_adds_nothing() {
    let html = "<p>News</p><a href='https://harbourherald.example/1'>on</a>";
    let with_pixel =
        format!("{html}<img src='https://t.harbourherald.example/o/9f8e7d6c5b4a.gif' width=1 height=1>");
    let (plain, tracked) = (judge_text(&letter("", html)), judge_text(&letter("", &with_pixel)));
    assert_eq!((plain.verdict, tracked.verdict), (Verdict::Pass, Verdict::Disarm));
    assert_eq!(plain.score, tracked.score);
}

#[test]
fn a_brand_claimed_by_a_stranger_is_kept_back() {
    let fields = "From: PayPal Service <x7k2p9qq@v27dnk0oz.example>\nReply-To: pp.service@gmail.com";
    let judgement = judge_text(&letter(fields, "<a href='https://t.co/Gw3GbkQ64O'><img src='cid:1'></a>"));
    assert_eq!(judgement.verdict, Verdict::Quarantine, "{judgement:?}");
    assert!(judgement.reasons.is_sorted_by(|a, b| a.weight.abs() >= b.weight.abs()));
}

#[test]
fn authentication_informs_and_does_not_decide() {
    let message = Reader::default().read(letter("", "<p>x</p>").as_bytes());
    let judged =
        |authentication: &Authentication| judge(&message, &[], &SenderTraits::default(), authentication);
    let dmarc = |result| Some(Dmarc { result, header_from: "harbourherald.example".into(), policy: None });
    let spf = Spf {
        result: AuthResult::Fail,
        domain: "harbourherald.example".into(),
        identity: SpfIdentity::MailFrom,
    };
    let failed =
        Authentication { dmarc: dmarc(AuthResult::Fail), spf: Some(spf), ..Authentication::default() };
    let passed = Authentication { dmarc: dmarc(AuthResult::Pass), ..Authentication::default() };
    let unknown = judged(&Authentication::default());
    assert!(judged(&failed).score > unknown.score && judged(&failed).score < QUARANTINE_SCORE);
    assert!(judged(&passed).score <= unknown.score);
}

#[test]
fn the_table_keeps_its_bounds_and_names() {
    for (position, weight) in weight::ALL.iter().enumerate() {
        let (least, greatest) = weight.bound.range();
        assert!((least..=greatest).contains(&weight.weight), "{}", weight.code);
        assert!(
            !weight.why.is_empty()
                && weight
                    .code
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
        );
        assert!(
            weight::ALL.iter().skip(position + 1).all(|other| other.code != weight.code),
            "{}",
            weight.code
        );
    }
}

#[test]
fn ten_thousand_links_are_judged_in_bounded_work() {
    let html: String = (0..10_000)
        .map(|n| format!("<a href='https://h{n}.example/{n}#{n}'>https://www.x{n}.example</a>"))
        .collect();
    assert!(judge_text(&letter("", &html)).reasons.len() < weight::ALL.len());
}
