//! Reading all feature records and their indexes to find damage. Nothing is mended here.

use std::ops::ControlFlow;

use super::recovery::Repair;
use super::{Reader, Segments};
use crate::inspection::{Flaw, Inspector};
use crate::{Features, Result};

impl Segments {
    /// Reads every record and every entry of the indexes, and tells `inspector` of what is not as it was written. A step is a
    /// record. A torn tail is no flaw: it was never acknowledged.
    ///
    /// # Errors
    /// [`crate::StoreError::Io`] where the disk cannot be read at all.
    pub fn inspect(&self, inspector: &mut dyn Inspector) -> Result<()> {
        self.tell_lost(inspector);
        self.times.inspect(&mut |flaw| inspector.flaw(flaw))?;
        self.terms.inspect(&mut |flaw| inspector.flaw(flaw))?;
        let reader = Reader { journal: &self.journal, times: &self.times };
        reader.frames(0..self.len(), &mut |ordinal, frame| {
            if let Err(damage) = frame {
                let reason = format!("record {}: {}", ordinal.0, damage.reason);
                inspector.flaw(Flaw::at_byte(damage.path, damage.position, &reason));
            }
            inspector.at(ordinal.0 + 1);
            ControlFlow::Continue(())
        })
    }

    fn tell_lost(&self, inspector: &mut dyn Inspector) {
        for repair in self.repairs() {
            if let Repair::RecordsLost { first, records } = repair {
                inspector.flaw(Flaw {
                    path: self.folder.clone(),
                    place: format!("records {} to {}", first.0, first.0 + records - 1),
                    reason: "they were recorded, and are gone".to_owned(),
                });
            }
        }
    }
}
