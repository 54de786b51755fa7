//! Postfix's side: the lines of its configuration that bring it to the filter.

use super::listener::Listen;
use std::fmt::Write;
use std::time::Duration;

/// What the lines depend on.
#[derive(Debug, Clone)]
pub struct Snippet<'a> {
    /// Where the filter listens.
    pub listen: &'a Listen,
    /// How long the filter takes at most for a message.
    pub deadline: Duration,
    /// The name under which the filter writes `Authentication-Results`.
    pub authserv_id: &'a str,
}

/// Time for the way there and back, and for the answer of a filter that is at its deadline.
const MARGIN: Duration = Duration::from_secs(20);

/// The lines for `main.cf`, with the reason of each, and what is to be done beside them.
///
/// ```
/// use gate::milter::{Listen, Snippet, postfix};
/// let listen = Listen::Tcp(([127, 0, 0, 1], 8891).into());
/// let deadline = std::time::Duration::from_secs(20);
/// let text = postfix(&Snippet { listen: &listen, deadline, authserv_id: "gate.house.example" });
/// assert!(text.contains("smtpd_milters = inet:127.0.0.1:8891\n"));
/// ```
pub fn postfix(snippet: &Snippet<'_>) -> String {
    let Snippet { listen, deadline, authserv_id } = snippet;
    let content_timeout = (*deadline + MARGIN).as_secs();
    let mut text = format!(
        "# /etc/postfix/main.cf

# Each message that arrives by SMTP is judged while its sender waits. Mail of the house's own people (submission,
# sendmail) is not: Portcullis looks at inbound mail only. So in master.cf give `submission` and `smtps`
#   -o smtpd_milters=
smtpd_milters = {endpoint}

# With rspamd: rspamd first, so that its results stand in the header when Portcullis reads it, and nothing is judged that
# rspamd refuses. Portcullis last, so that no filter changes or signs what it has disarmed.
# smtpd_milters = inet:127.0.0.1:11332, {endpoint}

# The version of Sendmail 8.14. Older ones are refused by Portcullis.
milter_protocol = 6

# When Portcullis cannot be reached or breaks off, senders keep their mail and try again. `accept` would deliver mail that
# nobody judged. What happens when Portcullis is there and cannot judge is decided by its own configuration, by group.
milter_default_action = tempfail

# Portcullis answers within {deadline} s, one way or the other; Postfix must wait longer.
milter_connect_timeout = 10s
milter_command_timeout = 30s
milter_content_timeout = {content_timeout}s

# Portcullis writes under this name, and removes what others wrote under it. No other filter may use it, so it must differ
# from $myhostname, which rspamd and OpenDMARC use: {authserv_id}
",
        endpoint = endpoint(listen),
        deadline = deadline.as_secs(),
    );
    text.push_str(&permissions(listen));
    text.push_str(
        "
# Sealed originals: the key is read from the variable PORTCULLIS_SEAL_KEY or from keys/seal.key in the data folder. Both belong
# to Portcullis alone; Postfix needs neither, and no account of Postfix may read the data folder. Back the key up apart
# from the data: without it, quarantined mail cannot be released.
",
    );
    text
}

/// The socket as Postfix names it. Postfix runs its programs inside its queue folder and looks for a relative path there.
fn endpoint(listen: &Listen) -> String {
    match listen {
        Listen::Tcp(address) if address.is_ipv6() => {
            format!("inet:[{}]:{}", address.ip(), address.port())
        }
        Listen::Tcp(address) => format!("inet:{address}"),
        Listen::Unix(path) => format!("unix:{}", path.display()),
    }
}

fn permissions(listen: &Listen) -> String {
    let mut text = String::new();
    match listen {
        Listen::Tcp(address) if !address.ip().is_loopback() => {
            let _ = write!(
                text,
                "
# {address} can be reached from other machines, and the milter protocol neither encrypts nor asks who is there: let only your
# mail servers through to it.
"
            );
        }
        Listen::Tcp(_) => {}
        Listen::Unix(path) => {
            let folder = path.parent().unwrap_or(path).display();
            let _ = write!(
                text,
                "
# The socket has mode 660: Postfix must be in the group that it has.
#   usermod --append --groups portcullis postfix
#   install --directory --owner portcullis --group portcullis --mode 750 {folder}
# Where master.cf runs smtpd and cleanup in a chroot (Debian does), the socket must lie below
# /var/spool/postfix, and the path above is then the one as seen from there.
"
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(listen: &Listen) -> String {
        let deadline = Duration::from_secs(20);
        postfix(&Snippet { listen, deadline, authserv_id: "gate.house.example" })
    }

    /// The settings that are no comments.
    #[track_caller]
    fn check(listen: Listen, endpoint: &str, mentions: &str) {
        let text = text(&listen);
        let settings: Vec<&str> =
            text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let milters = format!("smtpd_milters = {endpoint}");
        let expected = [
            milters.as_str(),
            "milter_protocol = 6",
            "milter_default_action = tempfail",
            "milter_connect_timeout = 10s",
            "milter_command_timeout = 30s",
            "milter_content_timeout = 40s",
        ];
        assert_eq!(settings, expected);
        assert!(text.contains(mentions), "{text}");
    }

    #[test]
    fn postfix_finds_the_filter_by_tcp_or_by_a_socket() {
        check(Listen::Tcp(([127, 0, 0, 1], 8891).into()), "inet:127.0.0.1:8891", "gate.house.example");
        check(Listen::Tcp(([192, 0, 2, 5], 8891).into()), "inet:192.0.2.5:8891", "only your");
        let v6 = "[2001:db8::5]:8891".parse().expect("an address");
        check(Listen::Tcp(v6), "inet:[2001:db8::5]:8891", "only your");
        let socket = Listen::Unix("/run/portcullis/milter.sock".into());
        check(socket, "unix:/run/portcullis/milter.sock", "--mode 750 /run/portcullis\n");
    }
}
