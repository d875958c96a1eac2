//! Saved kernels: what comes back, and what damage does.

use super::*;
use crate::diagnose::Diagnostic;
use crate::kernel::{Answer, Feature};

/// `struct s { int a; }` in a blob of either byte order.
fn btf(endian: Endian) -> Vec<u8> {
    let types: [u32; 10] = [1, 1 << 24, 4, 1 << 24 | 32, 5, 4 << 24 | 1, 4, 7, 1, 0];
    let put = |word: u32| if endian == Endian::Big { word.to_be_bytes() } else { word.to_le_bytes() };
    let mut blob = if endian == Endian::Big { vec![0xeb, 0x9f, 1, 0] } else { vec![0x9f, 0xeb, 1, 0] };
    blob.extend([24, 0, 40, 40, 9].into_iter().chain(types).flat_map(put));
    blob.extend(b"\0int\0s\0a\0");
    blob
}

fn kernel(endian: Endian) -> Kernel {
    let mut machine = Machine::unknown(endian);
    machine.architecture = Some("s390x".into());
    machine.release = Some("6.12.1".into());
    machine.page_size = Some(4096);
    machine.possible_cpus = Some(3);
    machine.version_code = Some(0x06_0c_01);
    Kernel::builder()
        .machine(machine)
        .btf(Btf::parse(btf(endian)).unwrap())
        .feature(Feature::StructOpsLink, Answer::No)
        .feature(Feature::Names, Answer::Yes)
        .kconfig("CONFIG_BPF=y\n")
        .symbols(Symbols::parse("10 T one\n20 t two\n30 t two\n"))
        .build()
}

#[test]
fn round_trip() {
    for endian in [Endian::Little, Endian::Big] {
        let before = kernel(endian);
        let bytes = before.save().unwrap();
        let after = Kernel::from_saved(&bytes).unwrap();
        assert_eq!(after.machine(), before.machine());
        assert_eq!(after.kconfig(), Ok("CONFIG_BPF=y\n"));
        let symbol = |name| after.symbols().unwrap().unwrap().find(name).map(|found| found.ambiguous);
        assert_eq!((symbol("one"), symbol("two"), symbol("three")), (Some(false), Some(true), None));
        assert_eq!(after.btf_hash(), before.btf_hash());
        for feature in Feature::all() {
            assert_eq!(after.known(feature), before.known(feature), "{feature:?}");
        }
        assert!(!after.is_running());
        assert_eq!(after.save().unwrap(), bytes, "saving is deterministic");
    }
}

#[test]
fn little_is_enough() {
    let kernel = Kernel::builder().machine(Machine::unknown(Endian::Big)).build();
    let bytes = kernel.save().unwrap();
    // Magic, version, count, one section of one byte, digest.
    assert_eq!(bytes.len(), 8 + 4 + 4 + (4 + 4 + 1) + 32);
    let after = Kernel::from_saved(&bytes).unwrap();
    assert_eq!(after.machine(), &Machine::unknown(Endian::Big));
    assert!(matches!(after.btf(), Err(KernelError::NoBtfGiven)) && after.kconfig().is_err());
    assert!(after.symbols().unwrap().is_none() && after.machine().version_code.is_none());
}

/// The digest again, after a change before it.
fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - DIGEST);
    let digest: [u8; DIGEST] = Sha256::digest(&bytes).into();
    bytes.extend(digest);
    bytes
}

#[track_caller]
fn refused(bytes: &[u8]) -> (u64, SavedError) {
    let error = Kernel::from_saved(bytes).unwrap_err();
    assert_eq!((error.code(), error.labels().len()), ("E0325", 1));
    assert!(Diagnostic::help(&error).is_some());
    match error {
        KernelError::Saved { path: None, at, source } => (at, source),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_and_where() {
    // The head is 16 bytes; the byte order's section 9; the architecture begins at 25.
    // Behind the BTF are the version and the symbols, `=one` and `*two`.
    let symbols = 8 + 10;
    let bytes = kernel(Endian::Little).save().unwrap();
    let check = |change: &dyn Fn(&mut Vec<u8>), at: u64, text: &str| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        let (found, source) = refused(&seal(bytes));
        assert_eq!((found, source.to_string().as_str()), (at, text));
    };
    check(&|b| b[0] = b'X', 0, "it does not begin with BPFKERNL");
    check(&|b| b[8] = 2, 8, "it is of version 2; only 1 is known");
    check(&|b| b[16] = 77, 16, "section 77 is not known");
    check(&|b| b[20] = 2, 16, "the byte order has 2 bytes, more than the 1 that it may have");
    check(&|b| b[25] = 1, 25, "the byte order has 5 bytes, more than the 1 that it may have");
    check(&|b| b[24] = 9, 24, "the byte order is not 0 or 1");
    check(&|b| b[33] = 0xff, 33, "the architecture is not text");
    check(&|b| b[12] -= 1, bytes.len() as u64 - 32 - symbols as u64, "18 bytes stand after the last section");
    let end = bytes.len() as u64 - 32;
    check(&|b| b[12] += 1, end, "it ends inside the head of a section, which needs 4 bytes where 0 are left");
    let btf = bytes.len() - 32 - symbols - (8 + 4) - (24 + 40 + 9);
    check(&|b| b[btf] = 0, btf as u64, "its BTF is damaged");
    check(&|b| b[24] = 1, btf as u64, "it says big-endian, its BTF is little-endian");
    let mut changed = bytes.clone();
    changed[40] ^= 1;
    assert_eq!(refused(&changed), (end, SavedError::Digest));
    assert_eq!(
        refused(&seal(b"BPFKERNL\x01\0\0\0\0\0\0\0................................".to_vec())),
        (16, SavedError::Missing { section: "byte order" })
    );
}

#[test]
fn cut_anywhere() {
    let bytes = kernel(Endian::Big).save().unwrap();
    for end in 0..bytes.len() {
        refused(&bytes[..end]);
        // With a digest that fits, too.
        if end > DIGEST {
            refused(&seal(bytes[..end].to_vec()));
        }
    }
}

/// A value or an error; behind the digest, so that it reaches what is inside.
#[test]
fn bits_turned_over() {
    let bytes = kernel(Endian::Little).save().unwrap();
    let mut taken = 0;
    for at in 0..bytes.len() - DIGEST {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            refused(&damaged);
            match Kernel::from_saved(&seal(damaged)) {
                Ok(kernel) => {
                    taken += 1;
                    assert!(kernel.save().is_ok());
                }
                Err(error) => assert_eq!(error.code(), "E0325"),
            }
        }
    }
    assert!(taken > 100, "{taken} of {} are taken", bytes.len() * 8);
}
