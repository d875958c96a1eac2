//! Where types come from, and which of them are meant.

use std::path::Path;

use bpf_loader::btf::matching::closest;
use bpf_loader::btf::{Btf, Kind, TypeId};
use bpf_loader::kernel::btf_file;
use bpf_loader::{Kernel, KernelError};

use crate::cmd::{CommandError, Failure};

/// What stands for the running kernel where a file could.
pub(super) const RUNNING: &str = "vmlinux";
/// Where the kernel shows its modules' types.
const SYSFS: &str = "/sys/kernel/btf";

/// The types of the running kernel, of a module of it, or in a file.
pub(super) fn open(from: &Path, base: Option<&Path>) -> Result<Btf, Box<dyn Failure>> {
    let in_sysfs = Path::new(SYSFS).join(from);
    if in_sysfs == Path::new(SYSFS).join(RUNNING) {
        return Ok(Kernel::running().btf()?.clone());
    }
    let bare = from.components().count() == 1 && from.is_relative();
    // A file in this folder comes first: it can be seen.
    let path = if bare && !from.exists() && in_sysfs.exists() { &in_sysfs } else { from };
    if bare && path == from && !from.exists() {
        return Err(nothing(from).into());
    }
    if path.starts_with(SYSFS) && base.is_none() {
        return Ok(btf_file(path, Some(Kernel::running().btf()?))?);
    }
    let base = base.map(|base| open(base, None)).transpose()?;
    btf_file(path, base.as_ref()).map_err(|error| continues(error, base.is_some()))
}

/// What is neither a file nor a module.
fn nothing(from: &Path) -> CommandError {
    let name = from.display().to_string();
    let modules: Vec<String> = std::fs::read_dir(SYSFS)
        .map(|entries| entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    let near = closest(&name, modules.iter().map(String::as_str), 1);
    let help = match near.first() {
        Some(near) => format!("`{near}` is one"),
        None => format!("{SYSFS} lists the modules with types; `{RUNNING}` is the kernel itself"),
    };
    CommandError::new("E0918", format!("`{name}` is neither a file nor a module of this kernel")).help(help)
}

/// Split BTF that is read without what it continues begins with the wrong string.
fn continues(error: KernelError, has_base: bool) -> Box<dyn Failure> {
    use bpf_loader::btf::ParseError;
    match error {
        KernelError::Btf { path, source: source @ ParseError::Strings } if !has_base => {
            let message = format!("{} does not hold BTF that stands by itself", path.display());
            CommandError::new("E0916", message)
                .source(source)
                .at(&path, None)
                .help("if it is a module's, say which kernel it is for: --base FILE, or --base vmlinux")
                .into()
        }
        other => other.into(),
    }
}

/// A type as it is asked for: `task_struct`, `struct task_struct`, `id:12`.
pub(super) enum Asked<'a> {
    Id(TypeId),
    Name(&'a str, fn(Kind) -> bool),
}

impl<'a> Asked<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if let Some(id) = text.strip_prefix("id:").and_then(|id| id.parse().ok()) {
            return Self::Id(TypeId(id));
        }
        match text.split_once(' ') {
            Some(("struct", name)) => Self::Name(name.trim(), |kind| kind == Kind::STRUCT),
            Some(("union", name)) => Self::Name(name.trim(), |kind| kind == Kind::UNION),
            Some(("enum", name)) => Self::Name(name.trim(), Kind::is_enum),
            // `unsigned int` is a name.
            _ => Self::Name(text, |kind| kind != Kind::FWD),
        }
    }
}

/// The types that are meant: of the BTF itself, or if it has none of that name, of what it continues.
pub(super) fn ids(btf: &Btf, asked: &[String], from: &Path) -> Result<Vec<TypeId>, Box<dyn Failure>> {
    let mut found = Vec::new();
    for text in asked {
        let before = found.len();
        match Asked::of(text) {
            Asked::Id(id) => match btf.get(id) {
                Ok(known) => found.push(known.id()),
                Err(_) => {
                    let message = format!("there is no type `{text}` in {}", from.display());
                    let help = format!("the last is id:{}", btf.last_id());
                    return Err(CommandError::new("E0917", message).help(help).into());
                }
            },
            Asked::Name(name, accept) => {
                for level in levels(btf) {
                    let named = level.types().filter(|each| each.name() == Ok(name) && accept(each.kind()));
                    found.extend(named.map(|each| each.id()));
                    if found.len() > before {
                        break;
                    }
                }
            }
        }
        if found.len() == before {
            return Err(unknown(&[btf], text, from).into());
        }
    }
    Ok(found)
}

fn levels(btf: &Btf) -> impl Iterator<Item = &Btf> {
    std::iter::successors(Some(btf), |btf| btf.base())
}

/// A type that is in none of these.
pub(super) fn unknown(btfs: &[&Btf], text: &str, from: &Path) -> CommandError {
    let (bare, accept) = match Asked::of(text) {
        Asked::Name(name, accept) => (name, accept),
        Asked::Id(_) => (text, (|_| true) as fn(Kind) -> bool),
    };
    let types = || btfs.iter().flat_map(|btf| levels(btf)).flat_map(Btf::types);
    let other = types().find(|each| each.name() == Ok(bare) && each.kind() != Kind::FWD);
    let names = types().filter(|each| accept(each.kind())).filter_map(|each| each.name().ok());
    let help = match (other, closest(bare, names, 3)) {
        (Some(other), _) => format!("it is a {} there", other.kind().word()),
        (None, near) if near.is_empty() => "`bpf btf dump` without a type prints all of them".into(),
        (None, near) => format!("close to it: {}", near.join(", ")),
    };
    CommandError::new("E0917", format!("there is no type `{text}` in {}", from.display())).help(help)
}
