//! What the disk itself takes to make a little durable: no gate that keeps its promise can answer sooner.

use crate::pace::Taken;
use crate::{Result, pace};
use std::io::Write;
use std::time::Instant;

/// About what one message leaves on the disk.
const BYTES: usize = 8 << 10;
const SYNCS: usize = 400;

/// Appends to a file and syncs it, again and again, in the folder that the gate's data would be in.
pub(crate) fn syncs() -> Result<Taken> {
    let folder = crate::house::folder()?;
    let mut file = std::fs::File::create(folder.path().join("sync"))?;
    let times = (0..SYNCS).map(|number| {
        let bytes = [u8::try_from(number % 251)?; BYTES];
        let started = Instant::now();
        file.write_all(&bytes)?;
        file.sync_data()?;
        let took = started.elapsed();
        pace::rest();
        Ok(took)
    });
    Ok(Taken::of(times.collect::<Result<Vec<_>>>()?))
}
