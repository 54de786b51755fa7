//! One feature record as it is read back. One that cannot be read is set aside, and the others still answer.

use crate::data::Data;
use mail::feature::Feature;
use model::{Defect, Defects, Ordinal};
use std::collections::HashMap;
use std::ops::ControlFlow;
use store::{Damage, Features, StoreError};

/// Why there is no record to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// Its time was over.
    Erased,
    /// What is wrong with it, and where.
    Damaged(Defect),
}

impl Unread {
    /// Reports what is wrong; nothing is wrong with a record that was erased.
    pub fn report(self, defects: &mut Defects) {
        if let Self::Damaged(defect) = self {
            defects.push(defect);
        }
    }
}

/// The record at `ordinal`, or why there is none.
///
/// # Errors
/// When the store cannot be read at all.
pub fn read(data: &Data, ordinal: Ordinal) -> Result<Result<Feature, Unread>, StoreError> {
    Ok(match data.store.features.get(ordinal) {
        Ok(bytes) => decode(ordinal, &bytes),
        Err(StoreError::Corrupt { path, position, reason }) => {
            Err(Unread::Damaged(defect(Damage { ordinal, path, position, reason })))
        }
        Err(error) => return Err(error),
    })
}

/// Records that are read together, where they lie close together.
const BLOCK: usize = 2_048;
/// Records of a stretch for each that is wanted of it, up to which the stretch is read as a whole.
const STRETCH_MAX: u64 = 2;

/// Reads many records and hands them on in the given order. Mail is recorded nearly in the order in which it arrived, so
/// that most of a block lies in one stretch, which is read in large pieces instead of record by record.
///
/// # Errors
/// When the store cannot be read at all.
pub fn read_many(
    data: &Data,
    ordinals: &[Ordinal],
    mut take: impl FnMut(Ordinal, Result<Feature, Unread>),
) -> Result<(), StoreError> {
    for block in ordinals.chunks(BLOCK) {
        let mut stretch = read_stretch(data, block)?;
        for ordinal in block {
            let record = match stretch.remove(ordinal) {
                Some(feature) => Ok(feature),
                None => read(data, *ordinal)?,
            };
            take(*ordinal, record);
        }
    }
    Ok(())
}

/// The sound records from the first to the last of `block`; nothing where most of these would not be of it.
fn read_stretch(data: &Data, block: &[Ordinal]) -> Result<HashMap<Ordinal, Feature>, StoreError> {
    let mut stretch = HashMap::new();
    let (Some(first), Some(last)) = (block.iter().min(), block.iter().max()) else { return Ok(stretch) };
    if last.0 - first.0 >= STRETCH_MAX * block.len() as u64 {
        return Ok(stretch);
    }
    data.store.features.scan(*first..Ordinal(last.0 + 1), &mut |ordinal, _, bytes| {
        stretch.extend(Feature::decode(bytes).map(|feature| (ordinal, feature)));
        ControlFlow::Continue(())
    })?;
    Ok(stretch)
}

/// The record in `bytes`, or why it is none.
pub fn decode(ordinal: Ordinal, bytes: &[u8]) -> Result<Feature, Unread> {
    if bytes.is_empty() {
        return Err(Unread::Erased);
    }
    Feature::decode(bytes).ok_or_else(|| {
        Unread::Damaged(Defect {
            source: "feature records".to_owned(),
            position: format!("record {}", ordinal.0),
            reason: "of another version, or damaged".to_owned(),
        })
    })
}

/// What is said of a record that the store cannot read back.
pub fn defect(damage: Damage) -> Defect {
    Defect {
        source: damage.path.display().to_string(),
        position: format!("byte {}", damage.position),
        reason: format!("record {}: {}", damage.ordinal.0, damage.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail::message::Reader;
    use mail::sender;
    use model::EventTime;
    use store::FeatureRow;

    const COUNT: u64 = 40;
    const UNREADABLE: u64 = 7;

    /// A folder with records whose times are their ordinals, one of them of no known version.
    fn recorded(folder: &std::path::Path) -> Data {
        let mut data = Data::open(folder).expect("a new folder");
        let message = Reader::default().read(b"From: a@b.example\r\n\r\nhello");
        let records: Vec<Vec<u8>> = (0..COUNT)
            .map(|number| {
                let time = EventTime(number.cast_signed());
                let feature = Feature::of(&message, &[], sender::traits(&message, &[]), time);
                if number == UNREADABLE { vec![9] } else { feature.encode() }
            })
            .collect();
        let rows: Vec<FeatureRow<'_>> =
            records.iter().map(|bytes| FeatureRow { time: EventTime(0), bytes, terms: &[] }).collect();
        data.store.features.append(&rows).expect("they are accepted");
        data
    }

    #[track_caller]
    fn check(data: &Data, wanted: &[u64]) {
        let ordinals: Vec<Ordinal> = wanted.iter().copied().map(Ordinal).collect();
        let mut found = Vec::new();
        read_many(data, &ordinals, |ordinal, record| {
            found.push((ordinal.0, record.ok().map(|feature| feature.time.0.cast_unsigned())));
        })
        .expect("the store can be read");
        let told = |&number: &u64| (number, (number != UNREADABLE).then_some(number));
        assert_eq!(found, wanted.iter().map(told).collect::<Vec<_>>());
    }

    #[test]
    fn records_come_in_the_order_asked_for_whether_near_or_far() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = recorded(folder.path());
        check(&data, &[]);
        check(&data, &[3, 1, 2, 8, 7, 6, 0]);
        check(&data, &[39, 0, 7]);
        check(&data, &(0..COUNT).rev().collect::<Vec<_>>());
    }
}
