//! Squid's native format: `time elapsed client code/status bytes method URL user hierarchy/peer type`.

use super::{Fetch, LineError, LineResult, known, status, user_name};
use model::EventTime;

/// Does the line have the columns up to the URL, with numbers where numbers stand?
pub(super) fn has_shape(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let elapsed = words.nth(1);
    let code = words.nth(1);
    elapsed.is_some_and(|elapsed| elapsed.parse::<i64>().is_ok())
        && code.is_some_and(|code| code.contains('/'))
}

/// Reads one line. Requests that Squid could not parse (`error:…`, method `NONE`) are nothing that a person fetched.
pub(super) fn parse(line: &str) -> LineResult {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let [time, _elapsed, _client, code, _bytes, method, rest @ ..] = words.as_slice() else {
        return Err(LineError::Missing("URL"));
    };
    let time: f64 = time.parse().map_err(|_| LineError::Malformed("time"))?;
    let (_result, status_word) = code.split_once('/').ok_or(LineError::Malformed("result code"))?;
    let user_place = user_place(rest).ok_or(LineError::Missing("user"))?;
    let url = rest.get(..user_place).unwrap_or_default().join("%20");
    let Some(_) = known(&url).filter(|url| *method != "NONE" && !url.starts_with("error:")) else {
        return Ok(None);
    };
    Ok(Some(Fetch {
        time: EventTime(time.floor() as i64),
        user: rest.get(user_place).and_then(|user| user_name(user)),
        url,
        status: status(status_word),
        method: known(method).map(str::to_owned),
    }))
}

/// The user stands before the hierarchy code (`HIER_DIRECT/192.0.2.1`), and after a URL that spaces may have split.
fn user_place(words: &[&str]) -> Option<usize> {
    let hierarchy = words.iter().skip(2).position(|word| is_hierarchy(word));
    hierarchy.map(|position| position + 1).or_else(|| (words.len() >= 2).then_some(1))
}

fn is_hierarchy(word: &str) -> bool {
    let Some((code, _peer)) = word.split_once('/') else {
        return false;
    };
    !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
