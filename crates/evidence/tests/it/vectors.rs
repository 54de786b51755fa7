//! The proof vectors of Certificate Transparency and of Merkle Tree Certificates, valid and invalid ones.

use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::{
    ConsistencyProof, Hash, InclusionProof, LeafIndex, TreeSize,
    hash::leaf_hash,
    proof::ProofError,
    subtree::{check_subtree_consistency, check_subtree_inclusion},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn all_vectors_are_judged_as_their_makers_do() {
    let Some(data) = std::env::var_os("PORTCULLIS_DATA") else {
        println!("skipped: no shared data");
        return;
    };
    let mut files = Vec::new();
    find_files(&Path::new(&data).join("intel/rfc6962-vectors/testdata"), &mut files);
    assert_eq!(files.len(), 275);
    for path in files {
        let vector: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let found = judge(&path, &vector);
        assert_eq!(found.is_err(), vector["wantErr"].as_bool().unwrap(), "{}: {found:?}", path.display());
    }
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { find_files(&path, files) } else { files.push(path) }
    }
}

fn judge(path: &Path, vector: &Value) -> Result<(), ProofError> {
    let number = |name: &str| vector[name].as_u64().unwrap();
    if ["root", "root1", "root2", "leafHash"].iter().any(|name| vector[name] == "") {
        return Err(ProofError::Root); // Our functions cannot even be called without a hash.
    }
    let hash = |name: &str| hash_of(&vector[name]);
    let proof: Vec<Hash> = vector["proof"].as_array().into_iter().flatten().map(hash_of).collect();
    let kind = path.iter().rev().find_map(|part| {
        let kinds = ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"];
        kinds.into_iter().find(|kind| part == *kind)
    });
    match kind.unwrap() {
        "inclusion" => {
            let (index, size) = (LeafIndex(number("leafIdx")), TreeSize(number("treeSize")));
            InclusionProof { index, size, path: proof }.check(&hash("leafHash"), &hash("root"))
        }
        "consistency" => {
            let (smaller, larger) = (TreeSize(number("size1")), TreeSize(number("size2")));
            ConsistencyProof { smaller, larger, path: proof }.check(&hash("root1"), &hash("root2"))
        }
        "subtreeinclusion" => {
            let range = number("start")..number("end");
            check_subtree_inclusion(number("leafIdx"), range, &proof, &hash("leafHash"), &hash("root"))
        }
        _ => {
            let range = number("start")..number("end");
            check_subtree_consistency(range, number("size"), &proof, &hash("root1"), &hash("root2"))
        }
    }
}

/// Some vectors stand short texts where hashes belong, to say that any value will do. Each text becomes a hash of its own, so
/// that equal ones stay equal.
fn hash_of(value: &Value) -> Hash {
    let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    match bytes.as_slice().try_into() {
        Ok(hash) => Hash::from_bytes(hash),
        Err(_) => leaf_hash(&bytes),
    }
}
