//! The letters of exercise LANTERN, over and over, each unlike all others.

use crate::Result;
use exercise::{Plan, Sink};

/// Mails of the exercise besides its campaigns.
const LAWFUL: usize = 2_000;

#[derive(Default)]
pub(crate) struct Letters {
    letters: Vec<Vec<u8>>,
    pub(crate) members: Vec<u8>,
}

impl Sink for Letters {
    fn folder(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        if path == "members.csv" {
            self.members = bytes.to_vec();
        } else if path.starts_with("mail/") {
            self.letters.push(bytes.to_vec());
        }
        Ok(())
    }

    fn append(&mut self, _: &str, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}

impl Letters {
    pub(crate) fn lantern() -> Result<Self> {
        let mut plan = Plan::lantern(77);
        plan.scale.lawful_mails = LAWFUL;
        let mut letters = Self::default();
        exercise::write(&plan, &mut letters)?;
        Ok(letters)
    }

    pub(crate) fn len(&self) -> usize {
        self.letters.len()
    }

    pub(crate) fn bytes_on_average(&self) -> usize {
        self.letters.iter().map(Vec::len).sum::<usize>() / self.len().max(1)
    }

    /// A letter that no other number has, with the line ends of SMTP.
    pub(crate) fn numbered(&self, number: u64) -> Vec<u8> {
        // Neighbours in the exercise are of one sender; a stride that shares no factor with most counts mixes them.
        let at = usize::try_from(number).unwrap_or_default().wrapping_mul(769) % self.len().max(1);
        let letter = self.letters.get(at).map(Vec::as_slice).unwrap_or_default();
        let mut output = format!("X-Number: {number}\r\n").into_bytes();
        for line in letter.split_inclusive(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            output.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            output.extend_from_slice(b"\r\n");
        }
        output
    }

    /// Whom a letter is for: someone in a house of a hundred.
    pub(crate) fn recipient(&self, number: u64) -> String {
        format!("member{}@house.example", number % 100)
    }
}
