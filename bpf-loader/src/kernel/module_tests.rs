//! Modules of kernels in miniature: what is found in which, and what damage does.

use super::*;
use crate::diagnose::Diagnostic;
use bpf_btf::{Endian, Kind, TypeId};

fn blob(types: &[u32], strings: &[u8]) -> Vec<u8> {
    let len = u32::try_from(4 * types.len()).unwrap();
    let mut blob = vec![0x9f, 0xeb, 1, 0];
    let header = [24, 0, len, len, u32::try_from(strings.len()).unwrap()];
    blob.extend(header.iter().chain(types).flat_map(|word| word.to_le_bytes()));
    blob.extend(strings);
    blob
}

/// [1] INT 'int', [2] STRUCT 's' with `int a`; 9 bytes of strings.
fn base() -> Btf {
    let types = [1, 1 << 24, 4, 1 << 24 | 32, 5, 4 << 24 | 1, 4, 7, 1, 0];
    Btf::parse(blob(&types, b"\0int\0s\0a\0")).unwrap()
}

/// [3] PTR to [2], [4] FUNC_PROTO of one 'a' that is [3], [5] FUNC of [4], [6] STRUCT of one 'a' that is [3]; both named.
fn module(function: &str, composite: &str) -> Vec<u8> {
    let strings = format!("{function}\0{composite}\0");
    let second = 9 + u32::try_from(function.len()).unwrap() + 1;
    let mut types = vec![0, 2 << 24, 2];
    types.extend([0, 13 << 24 | 1, 1, 7, 3]);
    types.extend([9, 12 << 24, 4]);
    types.extend([second, 4 << 24 | 1, 8, 7, 3, 0]);
    blob(&types, strings.as_bytes())
}

fn kernel() -> Kernel {
    let mut cut = module("lost", "gone");
    cut.truncate(cut.len() - 3);
    let builder = Kernel::builder().btf(base()).module("two", module("second", "t")).module("broken", cut);
    builder.module("one", module("first", "u")).build()
}

#[test]
fn each_knows_its_own_and_the_kernels() {
    let kernel = kernel();
    let names: Vec<&str> = kernel.modules().map(|module| module.name()).collect();
    assert_eq!(names, ["broken", "one", "two"]);
    for (module, function, composite) in [("one", "first", "u"), ("two", "second", "t")] {
        let btf = kernel.module(module).unwrap().btf().unwrap();
        // Both go on from the kernel's last id, so each uses the same ids for other types.
        assert_eq!(btf.find_own(function, Kind::FUNC), Some(TypeId(5)));
        assert_eq!(btf.find_own(composite, Kind::STRUCT), Some(TypeId(6)));
        assert_eq!(btf.find("s", Kind::STRUCT), Some(TypeId(2)));
        assert_eq!(btf.find_own("s", Kind::STRUCT), None);
        assert_eq!(btf.base().unwrap().bytes(), kernel.btf().unwrap().bytes());
    }
    assert_eq!(kernel.module("one").unwrap().btf().unwrap().find("second", Kind::FUNC), None);
    assert!(kernel.module("three").is_none());
}

#[test]
fn a_broken_one_is_alone_in_that() {
    let kernel = kernel();
    let error = kernel.module("broken").unwrap().btf().unwrap_err();
    assert_eq!(error.code(), "E0327");
    assert_eq!(error.to_string(), "the BTF of module `broken` cannot be used");
    assert_eq!(error.labels()[0], bpf_btf::Label::item("module", "broken"));
    assert!(Diagnostic::help(&error).is_some() && std::error::Error::source(&error).is_some());
    assert!(kernel.module("one").unwrap().btf().is_ok());
    assert_eq!(kernel.module("broken").unwrap().btf_hash(), Err(error));
}

/// However it is cut, opening one gives an error or types that can be walked.
#[test]
fn cut_anywhere() {
    let whole = module("first", "u");
    for end in 0..whole.len() {
        let kernel = Kernel::builder().btf(base()).module("cut", &whole[..end]).build();
        let error = kernel.module("cut").unwrap().btf().map(|btf| btf.last_id());
        assert_eq!(error.unwrap_err().code(), "E0327", "cut at {end}");
    }
}

#[test]
fn without_the_kernels_there_are_none() {
    let kernel = Kernel::builder().module("one", module("first", "u")).build();
    let error = kernel.module("one").unwrap().btf().unwrap_err();
    assert!(matches!(error, KernelError::Module { source: ModuleError::Base(_), .. }), "{error:?}");
    assert!(error.help().unwrap().contains("vmlinux"));
}

#[test]
fn a_folder_of_files() {
    let folder = std::env::temp_dir().join(format!("bpf-loader-modules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in [("vmlinux", vec![]), ("two", module("second", "t")), ("one", module("first", "u"))]
    {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let found = Known::in_folder(&folder);
    let kernel = Kernel::builder().btf(base()).build();
    let modules: Vec<Module<'_>> = found.iter().map(|known| Module { kernel: &kernel, known }).collect();
    assert_eq!(modules.iter().map(|module| module.name()).collect::<Vec<_>>(), ["one", "two"]);
    // It is opened when it is asked for, and stays as it was then.
    std::fs::remove_file(folder.join("two")).unwrap();
    assert!(modules[0].btf().is_ok());
    std::fs::remove_dir_all(&folder).unwrap();
    let error = modules[1].btf().unwrap_err();
    assert!(matches!(error, KernelError::Module { source: ModuleError::Read(_), .. }), "{error:?}");
    assert!(modules[0].btf().is_ok() && modules[1].btf().is_err());
    assert_eq!(Known::in_folder(&folder).len(), 0);
}

#[test]
fn saved_with_the_kernel() {
    let before = kernel();
    let bytes = before.save().unwrap();
    let after = Kernel::from_saved(&bytes).unwrap();
    // The broken one is not there any more.
    assert_eq!(after.modules().map(|module| module.name()).collect::<Vec<_>>(), ["one", "two"]);
    for name in ["one", "two"] {
        let [before, after] = [&before, &after].map(|kernel| kernel.module(name).unwrap().btf_hash());
        assert_eq!(before, after);
    }
    assert_eq!(after.save().unwrap(), bytes);
    assert_eq!(after.machine().endian, Endian::Little);
}
