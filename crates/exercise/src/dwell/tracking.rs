//! Mail as Exchange's message tracking logs it.

use super::line::{Line, Log, What, csv, iso};
use super::place::DOMAIN;
use super::style::Style;

const FIELDS: &str = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,\
                      internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,\
                      related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,\
                      tenant-id,original-client-ip,original-server-ip,custom-data";

/// Columns of an older Exchange, in the other style, in their order among the values of the newer one.
const OLDER: [usize; 16] = [0, 3, 4, 1, 2, 5, 6, 7, 8, 12, 13, 14, 15, 19, 18, 10];

fn columns(style: Style) -> Vec<&'static str> {
    let all: Vec<&str> = FIELDS.split(',').collect();
    match style {
        Style::Usual => all,
        Style::Other => OLDER.iter().filter_map(|at| all.get(*at).copied()).collect(),
    }
}

pub(crate) fn head(first: i64, style: Style) -> String {
    let fields = columns(style).join(",");
    format!(
        "#Software: Microsoft Exchange Server\n#Version: 15.01.2242.010\n#Log-type: Message Tracking Log\n#Date: {}\n#Fields: {fields}\n",
        iso(first)
    )
}

/// What happened to a message.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    source: &'static str,
    event: &'static str,
    sender: String,
    recipient: String,
    subject: &'static str,
    direction: &'static str,
}

/// A message that leaves for the outside.
pub(crate) fn sent(at: i64, sender: &str, recipient: &str, subject: &'static str) -> Line {
    line(at, ["SMTP", "SEND"], sender, recipient, subject, "Originating")
}

/// A message from outside that was delivered.
pub(crate) fn delivered(at: i64, sender: &str, recipient: &str, subject: &'static str) -> Line {
    line(at, ["STOREDRIVER", "DELIVER"], sender, recipient, subject, "Incoming")
}

/// The report that a message could not be delivered, to whom it names as its sender.
pub(crate) fn bounced(at: i64, sender: &str) -> Line {
    line(at, ["DSN", "DSN"], &format!("postmaster@{DOMAIN}"), sender, "Undeliverable", "Originating")
}

fn line(
    at: i64,
    [source, event]: [&'static str; 2],
    sender: &str,
    recipient: &str,
    subject: &'static str,
    direction: &'static str,
) -> Line {
    let (sender, recipient) = (sender.to_owned(), recipient.to_owned());
    Line {
        at,
        log: Log::Tracking,
        what: What::Mail(Mail { source, event, sender, recipient, subject, direction }),
    }
}

pub(crate) fn text(mail: &Mail, at: i64, style: Style) -> String {
    let id = format!("<{at:x}@exch01.{DOMAIN}>");
    let network_id = format!("{:08x}-0000-4000-8000-{at:012x}", at.rem_euclid(0x1_0000_0000));
    let time = iso(at);
    let value = |name: &str| match name {
        "date-time" => time.as_str(),
        "client-ip" => "10.20.0.10",
        "client-hostname" | "server-hostname" => "EXCH01",
        "server-ip" => "10.20.0.30",
        "connector-id" => "Outbound",
        "source" => mail.source,
        "event-id" => mail.event,
        "internal-message-id" => "7",
        "message-id" => &id,
        "network-message-id" => &network_id,
        "recipient-address" => &mail.recipient,
        "recipient-status" => "250 2.1.5 Recipient OK",
        "total-bytes" => "4711",
        "recipient-count" => "1",
        "message-subject" => mail.subject,
        "sender-address" | "return-path" => &mail.sender,
        "directionality" => mail.direction,
        _ => "",
    };
    columns(style).into_iter().map(|name| csv(value(name))).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_value_for_each_field() {
        let line = sent(1_609_718_400_000, "pat@northboard.example", "sam@else.example", "Minutes");
        for style in Style::ALL {
            assert_eq!(line.text(style).split(',').count(), columns(style).len());
        }
        assert!(columns(Style::Other).contains(&"sender-address"));
    }
}
