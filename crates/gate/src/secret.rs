//! Where the password or the token for another server comes from. Tokens expire and passwords are changed, so the place is
//! asked again for each connection.

use model::limit::SECRET_BYTES_MAX;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// How long a command may take to print a secret.
const COMMAND_TIME: Duration = Duration::from_secs(30);

/// The place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A file; what follows its first line is not read.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A program with its arguments, run without a shell, that prints the secret as its first line.
    Command(Vec<String>),
}

/// A password or token. It is not shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A secret that is not where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the secret from {place}: {why}")]
pub struct SecretError {
    /// Where it was looked for.
    pub place: String,
    /// Why it is not there.
    pub why: String,
}

impl SecretSource {
    /// Reads the secret as it is now.
    ///
    /// # Errors
    /// Where there is none, it has more than [`SECRET_BYTES_MAX`] bytes, or its command does not end.
    pub(crate) async fn read(&self) -> Result<Secret, SecretError> {
        let text = match self {
            Self::File(path) => read_file(path).await,
            Self::Variable(name) => std::env::var(name).map_err(|error| error.to_string()),
            Self::Command(words) => run(words).await,
        };
        let first = |text: String| text.lines().next().map(str::trim_end).unwrap_or_default().to_owned();
        match text.map(first) {
            Ok(secret) if !secret.is_empty() => Ok(Secret(secret)),
            Ok(_) => Err(self.error("it is empty")),
            Err(why) => Err(self.error(&why)),
        }
    }

    fn error(&self, why: &str) -> SecretError {
        let place = match self {
            Self::File(path) => path.display().to_string(),
            Self::Variable(name) => format!("${name}"),
            // Arguments may be secrets themselves.
            Self::Command(words) => words.first().cloned().unwrap_or_default(),
        };
        SecretError { place, why: why.to_owned() }
    }
}

async fn read_file(path: &std::path::Path) -> Result<String, String> {
    let file = tokio::fs::File::open(path).await.map_err(|error| error.to_string())?;
    read_bounded(file).await
}

async fn run(words: &[String]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("no command is named")?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let output = child.stdout.take().ok_or("it has no output")?;
    let finish = async {
        let text = read_bounded(output).await?;
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if status.success() { Ok(text) } else { Err(status.to_string()) }
    };
    tokio::time::timeout(COMMAND_TIME, finish).await.map_err(|_| "it does not end".to_owned())?
}

async fn read_bounded(input: impl tokio::io::AsyncRead + Unpin) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut bounded = input.take(SECRET_BYTES_MAX as u64 + 1);
    bounded.read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    if bytes.len() > SECRET_BYTES_MAX {
        return Err(format!("it has more than {SECRET_BYTES_MAX} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(source: SecretSource, expected: Result<&str, &str>) {
        let read = source.read().await;
        let read = read.as_ref().map(Secret::text).map_err(ToString::to_string);
        assert_eq!(read, expected.map_err(str::to_owned));
    }

    fn command(script: &str) -> SecretSource {
        SecretSource::Command(["/bin/sh", "-c", script].map(str::to_owned).to_vec())
    }

    #[tokio::test]
    async fn the_first_line_is_the_secret() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "correct horse\r\nbattery\n").expect("written");
        check(SecretSource::File(file.path().to_owned()), Ok("correct horse")).await;
        check(command("echo token-1"), Ok("token-1")).await;
    }

    #[tokio::test]
    async fn what_is_no_secret_is_told_with_its_place() {
        check(command("exit 3"), Err("cannot read the secret from /bin/sh: exit status: 3")).await;
        check(command("true"), Err("cannot read the secret from /bin/sh: it is empty")).await;
        check(
            command("head -c 20000 /dev/zero"),
            Err("cannot read the secret from /bin/sh: it has more than 16384 bytes"),
        )
        .await;
        check(
            SecretSource::Variable("NO_SUCH_VARIABLE_IS_SET".to_owned()),
            Err("cannot read the secret from $NO_SUCH_VARIABLE_IS_SET: environment variable not found"),
        )
        .await;
    }

    #[tokio::test]
    async fn secrets_are_not_shown() {
        let secret = command("echo token-1").read().await.expect("it is printed");
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
