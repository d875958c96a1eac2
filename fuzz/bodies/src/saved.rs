//! Saved kernels: what was read is saved, and reads the same again; saved once more, the bytes are equal.

use bpf_loader::{Feature, Kernel};
use sha2::{Digest, Sha256};

use crate::Reached;

/// Bytes of the digest at the end.
const DIGEST: usize = 32;

pub(crate) fn body(data: &[u8]) -> Reached {
    // As it stands, which is refused but for seeds; and with the digest that belongs to it.
    let as_given = Kernel::from_saved(data).map(|_| ());
    let body = &data[..data.len().saturating_sub(DIGEST)];
    let digest: [u8; DIGEST] = Sha256::digest(body).into();
    let kernel = match Kernel::from_saved(&[body, digest.as_slice()].concat()) {
        Ok(kernel) => kernel,
        Err(error) => {
            assert!(as_given.is_err(), "a right digest makes nothing wrong");
            assert!(error.code().starts_with('E') && !error.to_string().is_empty());
            let _ = (error.labels(), error.help());
            return Reached::Door;
        }
    };
    assert!(!kernel.is_running());
    let bytes = kernel.save().expect("what was read can be saved");
    let again = Kernel::from_saved(&bytes).expect("what was saved can be read");
    assert_eq!(format!("{:?}", again.machine()), format!("{:?}", kernel.machine()));
    assert_eq!(again.kconfig(), kernel.kconfig());
    assert_eq!(again.btf().ok().map(|btf| btf.bytes()), kernel.btf().ok().map(|btf| btf.bytes()));
    for feature in Feature::all() {
        assert_eq!(again.feature(feature), kernel.feature(feature));
    }
    assert_eq!(again.save().as_ref().ok(), Some(&bytes));
    Reached::Inside
}
