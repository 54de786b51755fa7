//! One mail as its sender meant it, and the bytes that the house's server stores of it: its own trace headers on top,
//! then the sender's.

use crate::calendar;
use crate::encoding;
use crate::house::MAIL_SERVER;
use crate::network;
use crate::random::Random;

/// The header that marks each mail of the exercise; detectors must not look at it.
pub const EXERCISE_HEADER: &str = "X-Exercise: LANTERN";

/// An author or addressee.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    /// The display name as it stands in the header; empty for none.
    display: String,
    pub(crate) address: String,
}

impl Mailbox {
    /// A display name that is quoted or encoded where RFC 5322 asks for it.
    pub(crate) fn new(name: &str, address: impl Into<String>) -> Self {
        let special = name.contains([',', '|', '(', ')', '.', ':', '@', ';', '<']);
        let display =
            if special && name.is_ascii() { format!("\"{name}\"") } else { encoding::header_text(name) };
        Self { display, address: address.into() }
    }

    /// A display name with an unquoted comma, as careless software writes it.
    pub(crate) fn unquoted(name: &str, address: impl Into<String>) -> Self {
        Self { display: encoding::header_text(name), address: address.into() }
    }

    pub(crate) fn domain(&self) -> &str {
        self.address.split_once('@').map_or("", |(_, domain)| domain)
    }

    pub(crate) fn header(&self) -> String {
        if self.display.is_empty() {
            self.address.clone()
        } else {
            format!("{} <{}>", self.display, self.address)
        }
    }
}

/// What the house's server found when it authenticated the sender (RFC 8601).
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) spf: &'static str,
    /// The domain that signed the mail, if any did.
    pub(crate) dkim_domain: Option<String>,
    pub(crate) dmarc: &'static str,
}

/// How the text is encoded on its way (RFC 2045).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    SevenBit,
    EightBit,
    QuotedPrintable,
    Base64,
}

/// A file that comes with the mail.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// How a mail is broken, as some lawful ones are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    MissingDate,
    UnknownCharset,
    InvalidBytes,
    OpenBoundary,
}

/// One mail to one mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) from: Mailbox,
    pub(crate) mail_from: String,
    pub(crate) to: String,
    pub(crate) cc: Option<String>,
    pub(crate) subject: String,
    /// When the sender's program dates it, in seconds since 1970.
    pub(crate) date: i64,
    pub(crate) zone_hours: i8,
    pub(crate) message_id: String,
    pub(crate) references: Vec<String>,
    /// Header fields of the sender's software, in its order.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// The host that hands the mail to the house; empty for mail from inside.
    pub(crate) relay: String,
    /// The host or device that handed it to `relay`.
    pub(crate) origin: String,
    pub(crate) authentication: Option<Authentication>,
    pub(crate) plain: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) calendar: Option<String>,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) transfer: Transfer,
    pub(crate) damage: Option<Damage>,
}

impl Letter {
    /// A plain mail without any extras; the caller fills in the rest.
    pub(crate) fn new(from: Mailbox, to: String, subject: String, date: i64, message_id: String) -> Self {
        Self {
            mail_from: from.address.clone(),
            from,
            to,
            cc: None,
            subject,
            date,
            zone_hours: 0,
            message_id,
            references: Vec::new(),
            fields: Vec::new(),
            relay: String::new(),
            origin: String::new(),
            authentication: None,
            plain: None,
            html: None,
            calendar: None,
            attachment: None,
            transfer: Transfer::QuotedPrintable,
            damage: None,
        }
    }

    /// The file that the server writes into the mailbox of `recipient` at `delivered_at`. `random` fills in what
    /// carries no meaning: queue ids, signatures, boundaries.
    pub(crate) fn render(&self, recipient: &str, delivered_at: i64, random: &mut Random) -> Vec<u8> {
        let mut head = String::with_capacity(2_048);
        self.trace_fields(recipient, delivered_at, random, &mut head);
        self.author_fields(&mut head);
        let mut out = Vec::with_capacity(8_192);
        out.extend_from_slice(head.as_bytes());
        self.content(random, &mut out);
        out
    }

    fn trace_fields(&self, recipient: &str, delivered_at: i64, random: &mut Random, head: &mut String) {
        let date = calendar::header_date(delivered_at, 0);
        let queue_id = random.text(b"0123456789ABCDEF", 11);
        head.push_str(&format!("Delivered-To: {recipient}\nReturn-Path: <{}>\n", self.mail_from));
        let from = if self.relay.is_empty() { "mailhub.northmere.example" } else { &self.relay };
        head.push_str(&format!(
            "Received: from {from} ({from} [{}])\n\tby {MAIL_SERVER} (Postfix) with ESMTPS id {queue_id}\n\tfor \
             <{recipient}>; {date}\n",
            network::literal(from)
        ));
        let Some(authentication) = &self.authentication else { return };
        self.authentication_results(authentication, head);
        self.origin_field(delivered_at, random, head);
        if let Some(domain) = &authentication.dkim_domain {
            signature(domain, self.date, random, head);
        }
    }

    fn authentication_results(&self, authentication: &Authentication, head: &mut String) {
        let mail_from = self.mail_from.split_once('@').map_or("", |(_, domain)| domain);
        head.push_str(&format!("Authentication-Results: {MAIL_SERVER};\n"));
        head.push_str(&format!("\tspf={} smtp.mailfrom={mail_from};\n", authentication.spf));
        match &authentication.dkim_domain {
            Some(domain) => head.push_str(&format!("\tdkim=pass header.d={domain};\n")),
            None => head.push_str("\tdkim=none;\n"),
        }
        head.push_str(&format!("\tdmarc={} header.from={}\n", authentication.dmarc, self.from.domain()));
    }

    fn origin_field(&self, delivered_at: i64, random: &mut Random, head: &mut String) {
        if self.origin.is_empty() {
            return;
        }
        // The hop before ours is a few seconds older; a relay's clock is its own, so is its zone.
        let date = calendar::header_date(delivered_at - random.between(1, 9), self.zone_hours);
        head.push_str(&format!(
            "Received: from {} ([{}])\n\tby {} with ESMTPSA id {};\n\t{date}\n",
            self.origin,
            network::literal(&self.origin),
            self.relay,
            random.base36(14)
        ));
    }

    fn author_fields(&self, head: &mut String) {
        if self.damage != Some(Damage::MissingDate) {
            head.push_str(&format!("Date: {}\n", calendar::header_date(self.date, self.zone_hours)));
        }
        head.push_str(&format!("From: {}\nTo: {}\n", self.from.header(), self.to));
        if let Some(cc) = &self.cc {
            head.push_str(&format!("Cc: {cc}\n"));
        }
        head.push_str(&format!("Message-ID: {}\n", self.message_id));
        if let Some(parent) = self.references.last() {
            let chain = self.references.join("\n ");
            head.push_str(&format!("In-Reply-To: {parent}\nReferences: {chain}\n"));
        }
        head.push_str(&format!("Subject: {}\n", encoding::header_text(&self.subject)));
        for (name, value) in &self.fields {
            head.push_str(&format!("{name}: {value}\n"));
        }
        head.push_str(EXERCISE_HEADER);
        head.push_str("\nMIME-Version: 1.0\n");
    }

    fn content(&self, random: &mut Random, out: &mut Vec<u8>) {
        let Some(attachment) = &self.attachment else { return self.readable(random, out) };
        let boundary = boundary(random);
        out.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n").as_bytes(),
        );
        out.extend_from_slice(format!("--{boundary}\n").as_bytes());
        self.readable(random, out);
        let (name, media_type) = (&attachment.name, attachment.media_type);
        out.extend_from_slice(
            format!(
                "\n--{boundary}\nContent-Type: {media_type}; name=\"{name}\"\nContent-Disposition: attachment; \
                 filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n"
            )
            .as_bytes(),
        );
        encoding::base64_lines(&attachment.bytes, out);
        out.extend_from_slice(format!("\n--{boundary}--\n").as_bytes());
    }

    /// The text in the one or several forms that the sender offers.
    fn readable(&self, random: &mut Random, out: &mut Vec<u8>) {
        let forms: Vec<(&str, &str)> = [
            ("text/plain", self.plain.as_deref()),
            ("text/html", self.html.as_deref()),
            ("text/calendar; method=REQUEST", self.calendar.as_deref()),
        ]
        .into_iter()
        .filter_map(|(media_type, text)| Some((media_type, text?)))
        .collect();
        if let [(media_type, text)] = forms.as_slice() {
            return self.form(media_type, text, out);
        }
        let boundary = boundary(random);
        out.extend_from_slice(
            format!("Content-Type: multipart/alternative;\n\tboundary=\"{boundary}\"\n\n").as_bytes(),
        );
        for (media_type, text) in forms {
            out.extend_from_slice(format!("--{boundary}\n").as_bytes());
            self.form(media_type, text, out);
            out.push(b'\n');
        }
        if self.damage != Some(Damage::OpenBoundary) {
            out.extend_from_slice(format!("--{boundary}--\n").as_bytes());
        }
    }

    fn form(&self, media_type: &str, text: &str, out: &mut Vec<u8>) {
        let charset = match self.damage {
            Some(Damage::UnknownCharset) => "x-northmere-8",
            _ if text.is_ascii() && self.transfer == Transfer::SevenBit => "us-ascii",
            _ => "utf-8",
        };
        let encoding = match self.transfer {
            Transfer::SevenBit if text.is_ascii() => "7bit",
            Transfer::SevenBit | Transfer::EightBit => "8bit",
            Transfer::QuotedPrintable => "quoted-printable",
            Transfer::Base64 => "base64",
        };
        let head = format!(
            "Content-Type: {media_type}; charset=\"{charset}\"\nContent-Transfer-Encoding: {encoding}\n\n"
        );
        out.extend_from_slice(head.as_bytes());
        match self.transfer {
            Transfer::SevenBit | Transfer::EightBit => out.extend_from_slice(text.as_bytes()),
            Transfer::QuotedPrintable => encoding::quoted_printable(text, out),
            Transfer::Base64 => encoding::base64_lines(text.as_bytes(), out),
        }
        if self.damage == Some(Damage::InvalidBytes) {
            out.extend_from_slice(b"\xff\xfe caf\xe9 \x80\n");
        }
        if out.last() != Some(&b'\n') {
            out.push(b'\n');
        }
    }
}

fn signature(domain: &str, date: i64, random: &mut Random, head: &mut String) {
    head.push_str(&format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\n\tt={date}; \
         h=from:to:subject:date:message-id:mime-version;\n\tbh={}=;\n",
        random.base64(43)
    ));
    let lines: Vec<String> = (0..5).map(|_| random.base64(68)).collect();
    head.push_str(&format!("\tb={}==\n", lines.join("\n\t ")));
}

fn boundary(random: &mut Random) -> String {
    format!("=_{}", random.hex(24))
}
