//! Types of stored kernels, and of objects that are damaged.

use bpf_btf::{Btf, TypeId};
use bpf_loader::codegen::{CodegenError, Embed, Generator, types_of};
use bpf_loader::{Kernel, OpenOptions};

/// Every type of a kernel, as far as it has a layout.
fn all_types(btf: &Btf) -> Vec<TypeId> {
    let sized = |id: &TypeId| bpf_btf::layout::align_of(btf, *id).is_ok();
    btf.types()
        .filter(|found| found.kind().is_composite() || found.kind().is_enum())
        .map(|found| found.id())
        .filter(sized)
        .collect()
}

#[test]
fn stored_kernels_have_types() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kernels/stored");
    let mut kernels = 0;
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_some_and(|extension| extension == "kernel") {
            let kernel = Kernel::open(&entry).unwrap();
            let btf = kernel.btf().unwrap();
            let ids = all_types(btf);
            let text = types_of(btf, &ids).unwrap();
            assert!(text.contains("pub struct TcpCongestionOps"), "{}", entry.display());
            assert_eq!(text, types_of(btf, &ids).unwrap(), "{}", entry.display());
            kernels += 1;
        }
    }
    assert!(kernels >= 5, "{kernels}");
}

/// Whatever stands in the types, the generator makes Rust of it or says why not.
#[test]
fn damaged_types_make_rust_or_an_error() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/skeleton/kinds.el.bpf.o");
    let whole = std::fs::read(path).unwrap();
    let types = whole.windows(2).position(|bytes| bytes == [0x9f, 0xeb]).unwrap();
    let (mut made, mut refused, mut number) = (0, 0, 7_u32);
    for _ in 0..500 {
        let mut bytes = whole.clone();
        for _ in 0..2 {
            // Numerical Recipes' generator: the same numbers each time.
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = types + 24 + usize::try_from(number >> 8).unwrap() % 2500;
            bytes[at] = number.to_le_bytes()[0];
        }
        let Ok(object) = OpenOptions::new().name("damaged").parse(&bytes) else { continue };
        match Generator::new().generate(&object, Embed::Bytes(&[])) {
            Ok(_) => made += 1,
            Err(CodegenError::NotRust { what }) => panic!("{what}"),
            Err(_) => refused += 1,
        }
    }
    assert!(made > 20 && refused > 0, "{made} made, {refused} refused");
}

#[test]
fn what_has_no_layout() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/skeleton/kinds.el.bpf.o");
    let object = bpf_loader::Object::open(path).unwrap();
    let error = types_of(object.file().btf().unwrap(), &[TypeId::VOID]).unwrap_err();
    assert_eq!(error.code(), "E1001");
    assert_eq!(error.to_string(), "the type of type `[0]` cannot be told in Rust");
}
