//! What `bpf check` is given: objects and kernels, each opened once.

use std::path::{Path, PathBuf};

use bpf_loader::btf::matching::closest;
use bpf_loader::{Kernel, KernelError, Object};

use super::parallel;
use crate::args::Check;
use crate::cmd::kernel::{RUNNING, with_core};
use crate::cmd::{CommandError, Failure, Unusable};

pub(super) struct ObjectInput {
    pub(super) name: String,
    pub(super) file: PathBuf,
    pub(super) object: Object,
}

pub(super) struct KernelInput {
    pub(super) name: String,
    /// `None` for the running one.
    pub(super) file: Option<PathBuf>,
    pub(super) kernel: Kernel,
}

pub(super) struct Inputs {
    pub(super) objects: Vec<ObjectInput>,
    pub(super) kernels: Vec<KernelInput>,
    /// Files in folders of kernels that are no kernels.
    pub(super) passed_over: Vec<PathBuf>,
}

/// A kernel that is asked for.
enum Asked {
    Running,
    File(PathBuf),
    /// A file of a folder, which may be anything.
    InFolder(PathBuf),
}

type Problem = Box<dyn Failure + Send>;

impl Inputs {
    /// Opens all of it, over all processors. What cannot be used is said of all in one go.
    pub(super) fn open(args: &Check) -> Result<Self, Unusable> {
        let mut bad: Vec<Problem> = Vec::new();
        let mut objects = Vec::new();
        let opened = parallel::map(args.objects.len(), |at| Object::open(&args.objects[at]));
        for (file, opened) in args.objects.iter().zip(opened) {
            match opened {
                Ok(object) => objects.push((file.clone(), object)),
                Err(error) => bad.push(Box::new(error)),
            }
        }
        let asked = asked(&args.kernel, &mut bad);
        let opened = parallel::map(asked.len(), |at| open(&asked[at], args));
        let (mut kernels, mut passed_over) = (Vec::new(), Vec::new());
        for (asked, opened) in asked.into_iter().zip(opened) {
            match (asked, opened) {
                (Asked::Running, Ok(kernel)) => kernels.push((None, kernel)),
                (Asked::File(file) | Asked::InFolder(file), Ok(kernel)) => kernels.push((Some(file), kernel)),
                (Asked::InFolder(file), Err(error)) if is_no_kernel(&error) => passed_over.push(file),
                (Asked::File(file), Err(error)) => bad.push(missing(&file).unwrap_or(Box::new(error))),
                (_, Err(error)) => bad.push(Box::new(error)),
            }
        }
        if kernels.is_empty() && bad.is_empty() {
            let message =
                format!("there is no kernel among the {} files of these folders", passed_over.len());
            let help = "give raw BTF, kernel images or saved kernels";
            bad.push(Box::new(CommandError::new("E0922", message).help(help)));
        }
        if !bad.is_empty() {
            return Err(Unusable(bad));
        }
        let files: Vec<&Path> = objects.iter().map(|(file, _)| file.as_path()).collect();
        let names = names(&files, |file| file.file_name().map(|name| name.to_string_lossy().into_owned()));
        let object = |((file, object), name)| ObjectInput { name, file, object };
        let kernel_names = kernel_names(&kernels);
        let kernel = |((file, kernel), name)| KernelInput { name, file, kernel };
        Ok(Self {
            objects: objects.into_iter().zip(names).map(object).collect(),
            kernels: kernels.into_iter().zip(kernel_names).map(kernel).collect(),
            passed_over,
        })
    }
}

/// The kernels that are meant, those of a folder in the order of their names.
fn asked(kernels: &[PathBuf], bad: &mut Vec<Problem>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for path in kernels {
        if path == Path::new(RUNNING) && !path.exists() {
            asked.push(Asked::Running);
        } else if path.is_dir() {
            match files(path) {
                Ok(files) => asked.extend(files.into_iter().map(Asked::InFolder)),
                Err(error) => {
                    let message = format!("{} cannot be listed", path.display());
                    bad.push(Box::new(CommandError::new("E0923", message).source(error)));
                }
            }
        } else {
            asked.push(Asked::File(path.clone()));
        }
    }
    if kernels.is_empty() {
        asked.push(Asked::Running);
    }
    asked
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A kernel, ready for many objects: with an index of its names.
fn open(asked: &Asked, args: &Check) -> Result<Kernel, KernelError> {
    let kernel = match asked {
        Asked::Running => Kernel::running(),
        Asked::File(path) | Asked::InFolder(path) => Kernel::open(path)?,
    };
    if args.objects.len() > 1
        && let Ok(btf) = kernel.btf()
    {
        btf.index_names();
    }
    with_core(kernel, &args.core)
}

/// Whether a file of a folder may be passed over. A kernel that is damaged may not.
fn is_no_kernel(error: &KernelError) -> bool {
    matches!(error, KernelError::NotBtf { .. } | KernelError::NotKernel { .. })
}

/// A file that is not there, with one that has nearly its name.
fn missing(file: &Path) -> Option<Problem> {
    if file.exists() {
        return None;
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.push(RUNNING.to_owned());
    names.sort();
    let wanted = file.file_name()?.to_string_lossy();
    let near = closest(&wanted, names.iter().map(String::as_str), 1);
    let help = match near.first() {
        Some(near) if near == RUNNING => format!("`{RUNNING}` is the running kernel"),
        Some(near) => format!("did you mean `{}`?", file.with_file_name(near).display()),
        None => format!("check the path; `{RUNNING}` is the running kernel"),
    };
    let error = CommandError::new("E0921", format!("there is no kernel {}", file.display())).help(help);
    Some(Box::new(error))
}

/// Short names; the whole path where several would have the same.
fn names(files: &[&Path], short: impl Fn(&Path) -> Option<String>) -> Vec<String> {
    let short: Vec<Option<String>> = files.iter().map(|file| short(file)).collect();
    let name = |(at, file): (usize, &&Path)| match short.get(at) {
        Some(Some(name)) if short.iter().filter(|other| other.as_ref() == Some(name)).count() == 1 => {
            name.clone()
        }
        _ => file.display().to_string(),
    };
    files.iter().enumerate().map(name).collect()
}

/// What a kernel is called: its file without what tells the form, or the release of the running one.
fn kernel_names(kernels: &[(Option<PathBuf>, Kernel)]) -> Vec<String> {
    let files: Vec<&Path> =
        kernels.iter().map(|(file, _)| file.as_deref().unwrap_or(Path::new(""))).collect();
    let named = names(&files, |file| file.file_name().map(|name| stem(&name.to_string_lossy()).to_owned()));
    let name = |((file, kernel), name): (&(Option<PathBuf>, Kernel), String)| match file {
        Some(_) => name,
        None => kernel.machine().release.clone().unwrap_or_else(|| RUNNING.to_owned()),
    };
    kernels.iter().zip(named).map(name).collect()
}

fn stem(name: &str) -> &str {
    const ENDS: [&str; 6] = [".gz", ".xz", ".zst", ".btf", ".kernel", ".bpfkernel"];
    let stem = ENDS.iter().fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
    let stem = stem.strip_prefix("vmlinuz-").or_else(|| stem.strip_prefix("vmlinux-")).unwrap_or(stem);
    if stem.is_empty() { name } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kernels() {
        for (file, want) in [
            ("x86_64-6.12.btf.xz", "x86_64-6.12"),
            ("x86_64-6.12.kernel", "x86_64-6.12"),
            ("vmlinuz-6.1.0-50-cloud-amd64", "6.1.0-50-cloud-amd64"),
            ("vmlinux", "vmlinux"),
            ("vmlinux-", "vmlinux-"),
            (".btf", ".btf"),
        ] {
            assert_eq!(stem(file), want);
        }
        let same = [Path::new("a/k.btf"), Path::new("b/k.btf"), Path::new("b/l.btf")];
        let named = names(&same, |file| Some(stem(file.file_name()?.to_str()?).to_owned()));
        assert_eq!(named, ["a/k.btf", "b/k.btf", "l"]);
    }
}
