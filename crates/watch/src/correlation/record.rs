//! State of a group as bytes.

use super::alert::Offset;
use crate::memory::codec::{Reader, Writer};
use model::limit::CORRELATION_VALUE_BYTES_MAX;

/// State of a group, of one kind.
pub(crate) trait Record: Sized {
    /// None where the bytes are no such state.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;

    fn write(&self, writer: &mut Writer);

    /// Milliseconds: the last moment at which it matters, with a `timespan` of `span` milliseconds. It never goes back.
    fn due(&self, span: i64) -> i64;
}

pub(crate) fn to_bytes(record: &impl Record) -> Vec<u8> {
    let mut writer = Writer::new();
    record.write(&mut writer);
    writer.into_bytes()
}

pub(crate) fn from_bytes<R: Record>(bytes: &[u8]) -> Option<R> {
    let mut reader = Reader::new(bytes)?;
    let record = R::read(&mut reader)?;
    reader.is_at_end().then_some(record)
}

/// An offset beside the one before: mostly it is in the same source, not far from it.
pub(crate) fn write_offset(writer: &mut Writer, at: Offset, before: Offset) {
    writer.unsigned(at.source ^ before.source);
    writer.signed(at.position.wrapping_sub(before.position).cast_signed());
}

pub(crate) fn read_offset(reader: &mut Reader<'_>, before: Offset) -> Option<Offset> {
    let source = reader.unsigned()? ^ before.source;
    let position = before.position.wrapping_add(reader.signed()?.cast_unsigned());
    Some(Offset { source, position })
}

/// The start of a row of offsets.
pub(crate) const NO_OFFSET: Offset = Offset { source: 0, position: 0 };

pub(crate) fn write_texts(writer: &mut Writer, texts: &[String]) {
    writer.length(texts.len());
    texts.iter().for_each(|text| writer.bytes(text.as_bytes()));
}

/// Values of a group, of which no more than `max` are believed.
pub(crate) fn read_texts(reader: &mut Reader<'_>, max: usize) -> Option<Vec<String>> {
    let length = reader.length(max)?;
    let text = |reader: &mut Reader<'_>| {
        let bytes = reader.bytes(CORRELATION_VALUE_BYTES_MAX)?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    };
    (0..length).map(|_| text(reader)).collect()
}
