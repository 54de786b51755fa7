//! Proofs made from tiles verify; with any bit flipped, or for anything else, they do not.

use crate::sample::{entry, log, signer};
use evidence::{
    CompactTree, Hash, InclusionProof, LeafIndex, LogReader, TlogProof, TreeSize, hash::leaf_hash,
    proof::ProofError, reader::TileNodes, subtree::check_subtree_consistency, tree::subtree_root,
};
use proptest::prelude::*;
use std::ops::Range;

fn root(size: u64) -> Hash {
    let mut tree = CompactTree::default();
    (0..size).for_each(|index| tree.push(leaf_hash(&entry(index))));
    tree.root()
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_entry_is_proven_and_no_other(
        size in 1_u64..1_500,
        index in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0_usize..256,
    ) {
        let index = index.index(size as usize) as u64;
        let tiles = log(size, &[]);
        let nodes = TileNodes::new(&tiles, TreeSize(size));
        let proof = InclusionProof::generate(&nodes, LeafIndex(index), TreeSize(size)).unwrap();
        let (leaf, root) = (leaf_hash(&entry(index)), root(size));
        prop_assert!(proof.check(&leaf, &root).is_ok());
        prop_assert!(proof.check(&flipped(&leaf, bit), &root).is_err());
        prop_assert!(proof.check(&leaf, &flipped(&root, bit)).is_err());
        if !proof.path.is_empty() {
            let mut altered = proof.clone();
            let at = at.index(altered.path.len());
            altered.path[at] = flipped(&altered.path[at], bit);
            prop_assert!(altered.check(&leaf, &root).is_err());
            altered.path.remove(at);
            prop_assert!(altered.check(&leaf, &root).is_err());
        }
    }

    #[test]
    fn any_two_sizes_are_consistent(
        larger in 1_u64..1_500,
        smaller in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0_usize..256,
    ) {
        let smaller = smaller.index(larger as usize) as u64 + 1;
        let tiles = log(larger, &[]);
        let reader = LogReader::open(&tiles, &signer().verifier()).unwrap();
        let (before, after) = (root(smaller), root(larger));
        let proof = reader.prove_consistency(TreeSize(smaller), &before).unwrap();
        prop_assert!(proof.check(&before, &after).is_ok());
        prop_assert!(proof.check(&flipped(&before, bit), &after).is_err());
        prop_assert!(proof.check(&before, &flipped(&after, bit)).is_err());
        prop_assert!(reader.prove_consistency(TreeSize(smaller), &flipped(&before, bit)).is_err());
        if !proof.path.is_empty() {
            let mut altered = proof.clone();
            let at = at.index(altered.path.len());
            altered.path[at] = flipped(&altered.path[at], bit);
            prop_assert!(altered.check(&before, &after).is_err());
        }
    }

    #[test]
    fn subtrees_fold_like_the_tree_that_was_grown(size in 0_u64..1_500) {
        let tiles = log(size, &[]);
        prop_assert_eq!(subtree_root(&TileNodes::new(&tiles, TreeSize(size)), 0..size).unwrap(), root(size));
    }
}

#[test]
fn no_bit_of_a_proof_file_can_be_altered() {
    let tiles = log(300, &[]);
    let reader = LogReader::open(&tiles, &signer().verifier()).unwrap();
    let text = reader.prove(LeafIndex(258)).unwrap().to_text();
    assert!(TlogProof::parse(&text).unwrap().check(&entry(258), &signer().verifier(), &[]).is_ok());
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            let Ok(proof) = TlogProof::parse(&altered) else { continue };
            assert!(proof.check(&entry(258), &signer().verifier(), &[]).is_err(), "byte {at} bit {bit}");
        }
    }
}

/// The consistency proof of a subtree by its definition (draft-ietf-plants-merkle-tree-certs), the slow way. A subtree whose
/// root the checker can use as it is needs no hash of its own.
fn subtree_proof(leaves: &Vec<Hash>, part: Range<u64>, tree: Range<u64>, is_known: bool) -> Vec<Hash> {
    let root = |range| subtree_root(leaves, range).unwrap();
    if part == tree {
        return if is_known { vec![] } else { vec![root(tree)] };
    }
    let middle = tree.start + ((tree.end - tree.start) as usize).next_power_of_two() as u64 / 2;
    let (left, right) = (tree.start..middle, middle..tree.end);
    let (mut proof, other) = if part.end <= middle {
        (subtree_proof(leaves, part, left, is_known), root(right))
    } else if part.start >= middle {
        (subtree_proof(leaves, part, right, is_known), root(left))
    } else {
        (subtree_proof(leaves, middle..part.end, right, false), root(left))
    };
    proof.push(other);
    proof
}

#[test]
fn every_subtree_of_a_small_tree_is_consistent_with_it_and_no_other_is() {
    let leaves: Vec<Hash> = (0..20).map(|index| leaf_hash(&entry(index))).collect();
    let mut subtrees = 0;
    for size in 1..=20 {
        let tree = subtree_root(&leaves, 0..size).unwrap();
        for (start, end) in (0..size).flat_map(|start| (start + 1..=size).map(move |end| (start, end))) {
            let is_subtree = start.is_multiple_of((end - start).next_power_of_two());
            if !is_subtree {
                let found = check_subtree_consistency(start..end, size, &[], &tree, &tree);
                assert!(matches!(found, Err(ProofError::Range)), "{start}..{end} of {size}");
                continue;
            }
            let part = subtree_root(&leaves, start..end).unwrap();
            let proof = subtree_proof(&leaves, start..end, 0..size, true);
            let check =
                |part: &Hash, tree: &Hash| check_subtree_consistency(start..end, size, &proof, part, tree);
            assert!(check(&part, &tree).is_ok(), "{start}..{end} of {size}");
            assert!(check(&flipped(&part, 9), &tree).is_err());
            assert!(check(&part, &flipped(&tree, 9)).is_err());
            subtrees += 1;
        }
    }
    assert_eq!(subtrees, 567);
}

#[test]
fn whole_bundles_are_read_as_they_were_logged() {
    for size in [1, 2, 255, 256, 257, 700] {
        let tiles = log(size, &[]);
        let reader = LogReader::open(&tiles, &signer().verifier()).unwrap();
        let mut read = Vec::new();
        while (read.len() as u64) < size {
            read.extend(reader.entries_from(LeafIndex(read.len() as u64)).unwrap());
        }
        assert!(read.into_iter().eq((0..size).map(entry)), "{size}");
        assert!(reader.entries_from(LeafIndex(size)).is_err());
    }
}

#[test]
fn a_bundle_with_one_altered_entry_is_not_read_as_a_whole() {
    for (path, at) in [("tile/entries/001", 4), ("tile/entries/002.p/188", 4), ("tile/entries/001", 0)] {
        let mut tiles = log(700, &[]);
        tiles.files.get_mut(path).unwrap()[at] ^= 1;
        let reader = LogReader::open(&tiles, &signer().verifier()).unwrap();
        let first = if path.ends_with("001") { 256 } else { 512 };
        assert!(reader.entries_from(LeafIndex(first + 100)).is_err(), "{path}");
        assert!(reader.entries_from(LeafIndex(0)).is_ok());
    }
}

#[test]
fn an_altered_log_proves_nothing() {
    let mut tiles = log(300, &[]);
    tiles.files.get_mut("tile/0/000").unwrap()[0] ^= 1;
    let reader = LogReader::open(&tiles, &signer().verifier()).unwrap();
    assert!(reader.prove(LeafIndex(0)).is_err());
    assert!(reader.prove(LeafIndex(1)).is_err());
    assert!(reader.entry(LeafIndex(1)).is_err());
    assert_eq!(reader.entry(LeafIndex(299)).unwrap(), entry(299));
}
