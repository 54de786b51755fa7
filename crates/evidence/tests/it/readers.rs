//! Readers of untrusted bytes: whatever they are given, they answer, quickly and without a panic.

use crate::sample::{log, signer};
use evidence::{
    Checkpoint, Hash, LeafIndex, LogReader, MemoryTiles, SignedCheckpoint, SignedNote, TileSink, TlogProof,
    TreeSize, Value, Verifier, Witness, WitnessSigner, bundle::divide, note::NoteError, tile::TileId, verify,
};
use proptest::prelude::*;

fn read_all(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Value::parse(bytes);
    let _ = SignedNote::parse(bytes);
    let _ = SignedCheckpoint::open(bytes, &signer().verifier());
    let _ = Checkpoint::parse(&text);
    let _ = TlogProof::parse(&text);
    let _ = Verifier::from_vkey(&text);
    let _ = Witness::from_vkey(&text);
    let _ = TileId::parse(&text);
    let _ = Hash::from_base64(&text);
    let _ = evidence::tile::decode(bytes);
    assert!(divide(bytes, 256).entries.len() <= 256);
}

/// Valid input of each reader, to alter.
fn samples() -> Vec<Vec<u8>> {
    let mut tiles = log(300, &[]);
    let proof = LogReader::open(&tiles, &signer().verifier()).unwrap().prove(LeafIndex(7)).unwrap();
    let mut samples = vec![
        br#"{"a":[1,-2,null,true,"\u00e9\ud83d\ude00"],"b":{"c":"d"}}"#.to_vec(),
        tiles.files["tile/entries/001.p/44"].clone(),
        proof.to_text().into_bytes(),
        signer().verifier().to_vkey().into_bytes(),
        b"tile/entries/x001/x234/067.p/44".to_vec(),
    ];
    samples.extend(tiles.files.remove("checkpoint"));
    samples
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn altered_input_does_no_harm(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
    ) {
        let samples = samples();
        let mut bytes = samples[sample.index(samples.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        read_all(&bytes);
    }
}

#[test]
fn a_note_is_refused_for_each_of_its_rules() {
    let good = String::from_utf8(signer().sign("text\n").unwrap().to_bytes()).unwrap();
    let line = good.lines().last().unwrap().to_owned();
    assert!(SignedNote::parse(good.as_bytes()).is_ok());
    for bad in [
        String::new(),
        "\n\n".into(),
        good.trim_end().to_owned(),
        format!("text\n{line}\n"),
        format!("te\txt\n\n{line}\n"),
        format!("text\n\n{line}\n\n"),
        format!("text\n\n{}\n", line.replace('\u{2014}', "-")),
        format!("text\n\n{}\n", line.replace("log.example/evidence", "log+example")),
        format!("text\n\n{}\n", line.replace("log.example/evidence", "")),
        format!("text\n\n{line} x\n"),
        "text\n\n\u{2014} name AAAAAA==\n".into(),
        format!("text\n\n{}\n", vec![line.clone(); 65].join("\n")),
        format!("{}\n\n{line}\n", "x".repeat(70_000)),
    ] {
        assert_eq!(SignedNote::parse(bad.as_bytes()), Err(NoteError::Format), "{bad:?}");
    }
    // At least sixteen signatures must be read, and those of unknown keys ignored.
    let unknown = "\u{2014} someone AAAAAAAA\n".repeat(63);
    let note = SignedNote::parse(format!("text\n\n{unknown}{line}\n").as_bytes()).unwrap();
    assert_eq!(note.verify(&signer().verifier()), Ok(()));
    // One good signature does not outweigh a bad one of the same key.
    let other = signer().sign("other\n").unwrap().to_bytes();
    let other = String::from_utf8(other).unwrap().lines().last().unwrap().to_owned();
    let note = SignedNote::parse(format!("text\n\n{line}\n{other}\n").as_bytes()).unwrap();
    assert_eq!(note.verify(&signer().verifier()), Err(NoteError::Signature));
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let root = evidence::hash::empty_root();
    for bad in [
        format!("log\n00\n{root}\n"),
        format!("log\n+1\n{root}\n"),
        format!("log\n-1\n{root}\n"),
        format!("log\n18446744073709551616\n{root}\n"),
        format!("\n1\n{root}\n"),
        format!("log\n1\n{root}"),
        format!("log\n1\n{root}\n\n"),
        format!("log\n1\n{}\n", root.to_string().replace('=', "")),
        "log\n1\n".into(),
        "log\n1\nAAAA\n".into(),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_checkpoint_of_another_log_is_refused_although_the_key_signed_it() {
    let text = Checkpoint::new("other.example", TreeSize(0), evidence::hash::empty_root()).to_text();
    let note = signer().sign(&text).unwrap();
    let error = SignedCheckpoint::open(&note.to_bytes(), &signer().verifier()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the checkpoint is of the log other.example, the key of log.example/evidence"
    );
}

#[test]
fn a_proof_has_one_spelling() {
    let tiles = log(2, &[]);
    let good = LogReader::open(&tiles, &signer().verifier()).unwrap().prove(LeafIndex(1)).unwrap().to_text();
    assert!(TlogProof::parse(&good).is_ok());
    for (part, other) in [
        ("index 1\n", "index 01\n"),
        ("index 1\n", "index +1\n"),
        ("index 1\n", "extra \nindex 1\nindex 1\n"),
        ("index 1\n", "extra AQ\nindex 1\n"),
        ("@v1\n", "@v2\n"),
    ] {
        assert!(TlogProof::parse(&good.replacen(part, other, 1)).is_err(), "{other:?}");
    }
    let path = format!("{}\n", evidence::hash::empty_root());
    assert!(
        TlogProof::parse(&good.replacen("index 1\n", &format!("index 1\n{}", path.repeat(64)), 1)).is_ok()
    );
    assert!(
        TlogProof::parse(&good.replacen("index 1\n", &format!("index 1\n{}", path.repeat(65)), 1)).is_err()
    );
}

#[test]
fn a_cosignature_from_beyond_the_end_of_time_is_refused() {
    let tiles = log(2, &[]);
    let mut signed = SignedCheckpoint::open(&tiles.files["checkpoint"], &signer().verifier()).unwrap();
    let witness = WitnessSigner::from_seed("w1", &[3; 32]).unwrap();
    for (time, expected) in [(i64::MAX as u64 + 1, Err(NoteError::Signature)), (i64::MAX as u64, Ok(()))] {
        let line = witness.cosign(&signed, time);
        assert_eq!(signed.add_cosignature(&line, &witness.witness()), expected);
    }
}

/// Whoever has the key can sign any size. That must not keep a verifier busy with files that are not there.
#[test]
fn an_absurd_size_is_refused_quickly() {
    for size in [u64::MAX, 1 << 63, 1 << 40] {
        let checkpoint = Checkpoint::new(signer().name(), TreeSize(size), evidence::hash::empty_root());
        let signed = SignedCheckpoint::sign(checkpoint, &signer()).unwrap();
        let mut tiles = MemoryTiles::default();
        tiles.publish(&signed.to_bytes()).unwrap();
        let faults = verify(&tiles, &signer().verifier(), &[]).unwrap_err();
        assert_eq!(faults.len(), 101, "{size}");
    }
}
