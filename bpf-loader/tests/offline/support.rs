//! Fixtures by name, and two kernels in miniature.

use std::path::{Path, PathBuf};

use bpf_loader::kernel::Answer;
use bpf_loader::{Feature, Kernel, Object};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The byte orders that every fixture is built for.
pub(crate) const ORDERS: [&str; 2] = ["el", "eb"];

/// Every fixture with BPF code, as `struct_ops/cong`, sorted.
pub(crate) fn fixtures() -> Vec<String> {
    let mut found = Vec::new();
    for theme in std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap()) {
        let name = theme.file_name().into_string().unwrap();
        if !theme.file_type().unwrap().is_dir() || ["include", "kernels"].contains(&name.as_str()) {
            continue;
        }
        for file in std::fs::read_dir(theme.path()).unwrap().map(|entry| entry.unwrap().file_name()) {
            if let Some(stem) = file.to_str().unwrap().strip_suffix(".el.bpf.o") {
                found.push(format!("{name}/{stem}"));
            }
        }
    }
    found.sort();
    assert!(found.len() >= 30, "the fixtures are not where they should be");
    found
}

pub(crate) fn path(name: &str, order: &str) -> PathBuf {
    root().join(format!("{name}.{order}.bpf.o"))
}

/// The kernel in miniature of that name and byte order.
pub(crate) fn kernel(name: &str, order: &str) -> Kernel {
    let object = Object::open(path(&format!("kernels/{name}"), order)).unwrap();
    // They have no functions, which would show what BTF they take.
    Feature::all()
        .filter(|feature| feature.name().starts_with("BTF with ") && *feature != Feature::Btf)
        .fold(Kernel::builder().btf(object.file().btf().unwrap().clone()), |kernel, feature| {
            kernel.feature(feature, Answer::Yes)
        })
        .build()
}
