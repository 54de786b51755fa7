//! One feature record as it is read back. One that cannot be read is set aside, and the others still answer.

use crate::data::Data;
use mail::feature::Feature;
use model::{Defect, Ordinal};
use store::{Damage, Features, StoreError};

/// The record at `ordinal`, or what is wrong with it and where.
///
/// # Errors
/// When the store cannot be read at all.
pub fn read(data: &Data, ordinal: Ordinal) -> Result<Result<Feature, Defect>, StoreError> {
    Ok(match data.store.features.get(ordinal) {
        Ok(bytes) => decode(ordinal, &bytes),
        Err(StoreError::Corrupt { path, position, reason }) => {
            Err(defect(Damage { ordinal, path, position, reason }))
        }
        Err(error) => return Err(error),
    })
}

/// The record in `bytes`, or why it is none.
pub fn decode(ordinal: Ordinal, bytes: &[u8]) -> Result<Feature, Defect> {
    Feature::decode(bytes).ok_or_else(|| Defect {
        source: "feature records".to_owned(),
        position: format!("record {}", ordinal.0),
        reason: "of another version, or damaged".to_owned(),
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
