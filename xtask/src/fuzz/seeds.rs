//! Makes the seeds of the fuzz targets from fixtures and stored kernels: `fuzz/seeds/TARGET/NAME`.
//!
//! What is not made here stays: inputs that once went wrong are kept as `found-NAME`.

use std::fs;
use std::path::Path;

use bpf_loader::{Answer, Feature, Kernel};
use fuzz_bodies::{Shape, TARGETS, halves};
use object::read::elf::ElfFile64;
use object::{Endianness, Object as _, ObjectSection as _};

use crate::error::Error;
use crate::workspace::Workspace;

/// From what a seed is made: an object by its path in the workspace and without `.bpf.o`, a stored kernel by its name.
enum Source {
    Object(&'static str),
    Kernel(&'static str),
    Pair(&'static str, &'static str),
}
use Source::{Kernel as Stored, Object, Pair};

/// The seeds of each shape: small, both byte orders, and together what the parsers know of.
const SEEDS: [(Shape, &[Source]); 6] = [
    (
        Shape::Btf,
        &[Object("fixtures/core/kinds.el"), Object("fixtures/tracing/raw_tp.eb"), Stored("x86_64-6.18")],
    ),
    (Shape::Ext, &[Object("fixtures/core/guarded.el"), Object("fixtures/core/kinds.eb")]),
    (
        Shape::Elf,
        &[
            Object("fixtures/socket/minimal.el"),
            Object("fixtures/maps/legacy.el"),
            Object("fixtures/arena/globals.eb"),
            Object("fixtures/jump/table.el"),
            Object("fixtures/struct_ops/cong_incomplete.el"),
            Object("bpf-elf/tests/objects/externs.eb"),
            Object("bpf-elf/tests/objects/maps.el"),
        ],
    ),
    (Shape::Saved, &[Stored("x86_64-6.1"), Stored("s390x-6.12")]),
    (Shape::Split, &[Object("fixtures/core/guarded.el"), Stored("s390x-6.12")]),
    (
        Shape::ElfAndBtf,
        &[
            Pair("fixtures/core/kinds.el", "x86_64-6.12"),
            Pair("fixtures/core/guarded.eb", "s390x-6.12"),
            Pair("fixtures/struct_ops/dummy.el", "x86_64-6.18"),
        ],
    ),
];

/// Writes them all.
pub(super) fn make(workspace: &Workspace) -> Result<(), Error> {
    let mut total = 0;
    for target in &TARGETS {
        let folder = super::seeds_of(workspace, target);
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let sources =
            SEEDS.iter().find(|(shape, _)| *shape == target.shape).map_or(&[][..], |(_, sources)| sources);
        for source in sources {
            let path = folder.join(source.name());
            let bytes = source.read(workspace.root(), target.shape)?;
            fs::write(&path, &bytes).map_err(Error::file("write", &path))?;
            println!("{}/{}: {} bytes", target.name, source.name(), bytes.len());
            total += bytes.len();
        }
    }
    println!("{total} bytes");
    Ok(())
}

impl Source {
    fn name(&self) -> String {
        let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        match self {
            Object(path) | Stored(path) => base(path),
            Pair(object, kernel) => format!("{}+{kernel}", base(object)),
        }
    }

    fn read(&self, root: &Path, shape: Shape) -> Result<Vec<u8>, Error> {
        let part = |section| match self {
            Object(path) => part_of(root, path, section),
            Stored(name) | Pair(_, name) => btf_of(root, name),
        };
        Ok(match (shape, self) {
            (Shape::Ext, _) => part(".BTF.ext")?,
            (Shape::Split, _) => {
                let base = part(".BTF")?;
                halves::join(&base, &on(&base))
            }
            (Shape::Saved, Stored(name)) => informed(root, name)?,
            (Shape::Elf, Object(path)) => whole(root, path)?,
            (Shape::ElfAndBtf, Pair(object, kernel)) => {
                halves::join(&whole(root, object)?, &btf_of(root, kernel)?)
            }
            _ => part(".BTF")?,
        })
    }
}

fn whole(root: &Path, object: &str) -> Result<Vec<u8>, Error> {
    let path = root.join(format!("{object}.bpf.o"));
    fs::read(&path).map_err(Error::file("read", &path))
}

fn part_of(root: &Path, object: &str, section: &str) -> Result<Vec<u8>, Error> {
    let bytes = whole(root, object)?;
    let file = ElfFile64::<Endianness>::parse(bytes.as_slice());
    let found = file.ok().and_then(|file| file.section_by_name(section)?.data().ok().map(<[u8]>::to_vec));
    found.ok_or_else(|| Error::Source { path: object.into(), what: format!("has no {section}") })
}

fn stored(root: &Path, name: &str) -> Result<Kernel, Error> {
    let path = root.join(format!("fixtures/kernels/stored/{name}.kernel"));
    Kernel::open(&path).map_err(|error| Error::Source { path, what: error.to_string() })
}

fn btf_of(root: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let kernel = stored(root, name)?;
    let btf = kernel.btf().map_err(|error| Error::Source { path: name.into(), what: error.to_string() })?;
    Ok(btf.bytes().to_vec())
}

/// A stored kernel, of which more is known than its BTF: every kind of section.
fn informed(root: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let kernel = stored(root, name)?;
    let failed =
        |error: bpf_loader::KernelError| Error::Source { path: name.into(), what: error.to_string() };
    let mut machine = kernel.machine().clone();
    machine.page_size = Some(4096);
    machine.possible_cpus = Some(2);
    let mut builder = Kernel::builder()
        .machine(machine)
        .kconfig("CONFIG_BPF=y\nCONFIG_HZ=250\n")
        .btf(kernel.btf().map_err(failed)?.clone());
    for (feature, answer) in Feature::all().zip([Answer::Yes, Answer::No]) {
        builder = builder.feature(feature, answer);
    }
    builder.build().save().map_err(failed)
}

/// BTF on that base: a struct with a member of the base's first type, a pointer to the struct, and a typedef of both
/// names: of the base, and its own.
fn on(base: &[u8]) -> Vec<u8> {
    let big = base.first() == Some(&0xeb);
    let bytes = |word: u32| if big { word.to_be_bytes() } else { word.to_le_bytes() };
    let (count, strings) = bpf_btf::Btf::parse(base.to_vec()).map_or((0, 0), |btf| {
        let at = btf.bytes().get(20..24).and_then(|word| word.try_into().ok()).unwrap_or_default();
        (btf.last_id().0, if big { u32::from_be_bytes(at) } else { u32::from_le_bytes(at) })
    });
    let (own, names) = (count + 1, b"own\0member\0own_t\0");
    let types = [
        [strings, 4 << 24 | 1, 8].as_slice(), // struct own { <type 1> member; }
        &[strings + 4, 1, 0],
        &[0, 2 << 24, own],
        &[strings + 11, 8 << 24, own + 1],
        &[1, 8 << 24, 1],
    ]
    .concat();
    let magic: [u8; 4] = if big { [0xeb, 0x9f, 1, 0] } else { [0x9f, 0xeb, 1, 0] };
    let len = |len: usize| u32::try_from(len).unwrap_or(0);
    let head = [24, 0, len(types.len() * 4), len(types.len() * 4), len(names.len())];
    let words = head.into_iter().chain(types).flat_map(bytes);
    magic.into_iter().chain(words).chain(*names).collect()
}
