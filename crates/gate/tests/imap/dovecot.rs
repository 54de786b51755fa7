//! Against Dovecot 2.3, started here on an ephemeral port with everything in a temporary folder.

use crate::fake::Fake;
use crate::free_port::free_port;
use crate::house::{Memory, account, beacon, letter, work_until};
use crate::purge::{Direction, carry, copy_of};
use gate::imap::{Account, Credential, Mode, ORIGINAL_FIELD, Tls};
use gate::{SecretSource, Trust};
use mail::disarm::remaining_loads;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse";

struct Dovecot {
    folder: TempDir,
    port: u16,
    plain_port: u16,
    master: Child,
    /// Who owns the mail: not root, whom Dovecot refuses.
    owner: (u32, u32),
}

impl Drop for Dovecot {
    /// The master ends its own processes when it is asked to end.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.master.id().to_string()).status();
        let _ = self.master.wait();
    }
}

impl Dovecot {
    /// `None` where it is not installed or cannot run, with the reason printed.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let owner = owner(folder.path());
        make_certificate(folder.path());
        fs::write(folder.path().join("users"), format!("office:{{PLAIN}}{PASSWORD}\n")).expect("written");
        fs::write(folder.path().join("secret"), PASSWORD).expect("written");
        let (port, plain_port) = (free_port(), free_port());
        let config = folder.path().join("dovecot.conf");
        fs::write(&config, configuration(folder.path(), port, plain_port, owner)).expect("written");
        let program = if Path::new("/usr/sbin/dovecot").exists() { "/usr/sbin/dovecot" } else { "dovecot" };
        let started = Command::new(program).arg("-F").arg("-c").arg(&config).stderr(Stdio::piped()).spawn();
        let mut master = match started {
            Ok(master) => master,
            Err(error) => {
                println!("skipped: dovecot cannot be started: {error}");
                return None;
            }
        };
        let log = BufReader::new(master.stderr.take().expect("it is piped"));
        let (is_up, told) = std::sync::mpsc::channel();
        // The log is read to its end, so that it never blocks the server.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let _ = is_up.send(line);
            }
        });
        let dovecot = Self { folder, port, plain_port, master, owner };
        let mut lines = Vec::new();
        while let Ok(line) = told.recv_timeout(crate::house::PATIENCE) {
            if line.contains("starting up for imap") {
                dovecot.deliver("seen", &letter(0), ":2,S");
                return Some(dovecot);
            }
            lines.push(line);
        }
        println!("skipped: dovecot does not start: {lines:?}");
        None
    }

    fn account(&self, mode: Mode) -> Account {
        // Only the place and the secret differ from what the other tests use.
        let like = account(&Fake::start(""), mode);
        Account {
            port: self.port,
            tls: Tls::Implicit(self.trust()),
            credential: Credential::Password(SecretSource::File(self.folder.path().join("secret"))),
            ..like
        }
    }

    /// STARTTLS on the port that is plain at first.
    fn starttls(&self, mode: Mode) -> Account {
        Account { port: self.plain_port, tls: Tls::StartTls(self.trust()), ..self.account(mode) }
    }

    fn trust(&self) -> Trust {
        Trust::Only(self.folder.path().join("cert.pem"))
    }

    fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail/office/Maildir")
    }

    /// As a delivery agent does: written beside, then renamed in.
    fn deliver(&self, name: &str, message: &str, flags: &str) {
        let place = if flags.is_empty() { "new" } else { "cur" };
        for folder in ["cur", "new", "tmp"] {
            fs::create_dir_all(self.maildir().join(folder)).expect("made");
        }
        let (written, delivered) = (
            self.maildir().join("tmp").join(name),
            self.maildir().join(place).join(format!("{name}{flags}")),
        );
        fs::write(&written, message).expect("written");
        self.give(&self.folder.path().join("mail"));
        fs::rename(written, delivered).expect("renamed");
    }

    /// Gives a folder and what is in it to the owner of the mail.
    fn give(&self, path: &Path) {
        chown(path, Some(self.owner.0), Some(self.owner.1)).expect("root may, and others own it already");
        if path.is_dir() {
            fs::read_dir(path)
                .expect("a folder")
                .for_each(|entry| self.give(&entry.expect("an entry").path()));
        }
    }

    /// Messages of a folder with the flags in their names, by their subjects.
    fn messages(&self, folder: &str) -> Vec<(String, String, Vec<u8>)> {
        let mut found = Vec::new();
        for place in ["cur", "new"] {
            let Ok(entries) = fs::read_dir(self.maildir().join(folder).join(place)) else { continue };
            for entry in entries.flatten() {
                let name = entry.file_name().into_string().expect("a name");
                let flags = name.split_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default();
                let bytes = fs::read(entry.path()).expect("a file");
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let subject =
                    text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
                found.push((subject.trim_end().to_owned(), flags, bytes.clone()));
            }
        }
        found.sort();
        found
    }
}

/// Root gives the mail to the user that the package made; anybody else keeps it.
fn owner(folder: &Path) -> (u32, u32) {
    let about = fs::metadata(folder).expect("it is there");
    if about.uid() != 0 {
        return (about.uid(), about.gid());
    }
    let id = |flag: &str| {
        let output = Command::new("id").args([flag, "dovecot"]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    (id("-u").unwrap_or(65_534), id("-g").unwrap_or(65_534))
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl makes a certificate");
}

fn configuration(folder: &Path, port: u16, plain_port: u16, (uid, gid): (u32, u32)) -> String {
    let folder = folder.display();
    let users = match fs::metadata("/proc/self").map(|about| about.uid()) {
        Ok(0) => String::new(),
        _ => {
            let name = Command::new("id").arg("-un").output().map(|output| output.stdout).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).trim().to_owned();
            format!("default_internal_user = {name}\ndefault_login_user = {name}\n")
        }
    };
    format!(
        "{users}base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = /dev/stderr\nprotocols = imap\n\
         listen = 127.0.0.1\nssl = required\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n\
         first_valid_uid = 1\nfirst_valid_gid = 1\nmail_location = maildir:~/Maildir\nauth_mechanisms = plain\n\
         service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {plain_port}\n }}\n\
          inet_listener imaps {{\n  port = {port}\n  ssl = yes\n }}\n}}\n\
         service anvil {{\n chroot =\n}}\n\
         passdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={uid} gid={gid} home={folder}/mail/%u\n}}\n"
    )
}

#[tokio::test]
async fn mail_is_replaced_over_tls_as_it_comes() {
    let Some(dovecot) = Dovecot::start() else { return };
    dovecot.deliver("first", &beacon(1), ":2,FS");
    let house = Arc::new(Memory::default());
    let mut has_more = false;
    let standing = work_until(dovecot.account(Mode::Disarm), house.clone(), |standing| {
        if standing.rounds > 0 && !std::mem::replace(&mut has_more, true) {
            dovecot.deliver("second", &beacon(2), "");
        }
        standing.disarmed == 2
    })
    .await;
    assert_eq!((standing.recorded, standing.failed), (3, 0));
    let messages = dovecot.messages("");
    let about: Vec<(&str, &str)> =
        messages.iter().map(|(subject, flags, _)| (subject.as_str(), flags.as_str())).collect();
    assert_eq!(about, [("0", "S"), ("1", "FS"), ("2", "")]);
    for (subject, _, bytes) in messages.iter().filter(|(subject, ..)| subject != "0") {
        assert!(String::from_utf8_lossy(bytes).starts_with(ORIGINAL_FIELD), "{subject}");
        assert!(remaining_loads(bytes).is_empty(), "{subject}");
    }
    assert_eq!(house.distinct(), 3);
    // A second start finds nothing new.
    let again =
        work_until(dovecot.account(Mode::Disarm), house.clone(), |standing| standing.rounds > 0).await;
    assert_eq!((again.recorded, house.distinct()), (0, 3));
}

#[tokio::test]
async fn a_connection_that_begins_plain_goes_on_over_tls() {
    let Some(dovecot) = Dovecot::start() else { return };
    dovecot.deliver("first", &beacon(1), "");
    let house = Arc::new(Memory::default());
    let standing =
        work_until(dovecot.starttls(Mode::Disarm), house.clone(), |standing| standing.rounds > 0).await;
    assert_eq!((standing.recorded, standing.disarmed, standing.failed), (2, 1, 0));
    let distrusting = Account { tls: Tls::StartTls(Trust::System), ..dovecot.starttls(Mode::Disarm) };
    let standing = work_until(distrusting, house, |standing| standing.last_error.is_some()).await;
    assert!(!standing.is_connected && standing.recorded == 0, "{standing:?}");
}

#[tokio::test]
async fn a_purged_copy_leaves_the_mailbox_and_comes_back() {
    let Some(dovecot) = Dovecot::start() else { return };
    dovecot.deliver("first", &format!("Delivered-To: m004@house.example\r\n{}", beacon(1)), "");
    let (account, house) = (dovecot.account(Mode::Observe), Arc::new(Memory::default()));
    let copy = copy_of(&beacon(1), "1@news.example");
    carry(&account, &house, &copy, Direction::Away).await.expect("it is there");
    assert_eq!((dovecot.messages("").len(), dovecot.messages(".Held").len()), (1, 1));
    carry(&account, &house, &copy, Direction::Away).await.expect("it is moved already");
    carry(&account, &house, &copy, Direction::Back).await.expect("it is held");
    let inbox = dovecot.messages("");
    assert_eq!((inbox.len(), dovecot.messages(".Held").len()), (2, 0));
    assert_eq!(inbox[1].1, "", "looking for it did not mark it as read");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_certificate_are_told() {
    let Some(dovecot) = Dovecot::start() else { return };
    let account = dovecot.account(Mode::Observe);
    let wrong = Credential::Password(SecretSource::File(dovecot.folder.path().join("users")));
    for (account, expected) in [
        (Account { credential: wrong, ..account.clone() }, "does not accept the user with this secret"),
        (Account { tls: Tls::Implicit(Trust::System), ..account.clone() }, ""),
    ] {
        let standing =
            work_until(account, Arc::new(Memory::default()), |standing| standing.last_error.is_some()).await;
        let error = standing.last_error.expect("it is told");
        assert!(error.contains(expected) && !standing.is_connected, "{error}");
    }
}
