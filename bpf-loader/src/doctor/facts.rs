//! What is known of this machine and this process, as a value: read from `/proc` and `/sys`, or made up by a test.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bpf_sys::Capabilities;
use bpf_sys::uapi::{Capability, KernelVersion};

use crate::doctor::mounts::{self, Mount};
use crate::kernel::kconfig;

/// What is known of this machine and this process. What is not known is `None` or missing.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Facts {
    /// The kernel's release, as `uname -r` gives it.
    pub release: Option<String>,
    /// The effective capabilities of this process.
    pub capabilities: Option<Capabilities>,
    /// Those that this process and its children can ever get.
    pub bounding: Option<Capabilities>,
    /// Whether this is the first user namespace: in others capabilities do not count for bpf(2).
    pub first_user_namespace: Option<bool>,
    /// Whether a seccomp filter is in place.
    pub seccomp: Option<bool>,
    /// The error number of a call of bpf(2) that anybody may make and that finds nothing; looked at where there is a seccomp
    /// filter.
    pub harmless_call: Option<i32>,
    /// The mode of lockdown: `none`, `integrity`, `confidentiality`.
    pub lockdown: Option<String>,
    /// The security modules in use, with commas between.
    pub security_modules: Option<String>,
    /// Whether SELinux enforces its policy.
    pub selinux_enforces: Option<bool>,
    /// Those of [`Facts::SYSCTLS`] that could be read.
    pub sysctls: BTreeMap<String, i64>,
    /// The soft limit on locked memory, in bytes; `u64::MAX` for none.
    pub locked_memory: Option<u64>,
    /// The soft limit on open files.
    pub most_files: Option<u64>,
    /// How many files are open.
    pub open_files: Option<u64>,
    /// Bytes of memory that the machine has.
    pub memory: Option<u64>,
    /// Bytes of memory that are to be had now.
    pub memory_available: Option<u64>,
    /// The lowest limit on memory of the control groups that this process is in, in bytes.
    pub memory_of_group: Option<u64>,
    /// How many processors may ever come online.
    pub possible_cpus: Option<u64>,
    /// What is mounted.
    pub mounts: Vec<Mount>,
    /// The kernel's types, `/sys/kernel/btf/vmlinux`.
    pub btf: BtfFile,
    /// How many modules show types.
    pub modules_with_btf: Option<usize>,
    config: Config,
}

/// A file with a kernel's types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BtfFile {
    /// There is none.
    #[default]
    Missing,
    /// It is there, and cannot be read.
    Unreadable,
    /// It can be read, and has so many bytes.
    Readable(u64),
}

/// The configuration that the kernel was built with, read when it is asked for.
#[derive(Clone, Debug, Default)]
struct Config {
    files: Vec<PathBuf>,
    values: OnceLock<Option<HashMap<String, String>>>,
}

/// What a configuration says of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Configured {
    /// It is built in, or as a module.
    Yes,
    /// It is not set.
    No,
    /// Nobody knows the configuration.
    Unknown,
}

/// The number of the first user namespace: `PROC_USER_INIT_INO` in `include/linux/proc_ns.h`.
const FIRST_USER_NAMESPACE: &str = "user:[4026531837]";

impl Facts {
    /// The settings that BPF depends on.
    pub const SYSCTLS: &'static [&'static str] = &[
        "kernel.unprivileged_bpf_disabled",
        "kernel.perf_event_paranoid",
        "kernel.perf_event_max_stack",
        "kernel.kptr_restrict",
        "net.core.bpf_jit_enable",
        "net.core.bpf_jit_harden",
    ];

    /// What is known of this machine and this process. Nothing fails: what cannot be read is not known. The kernel's
    /// configuration is read later, when it is asked for.
    #[must_use]
    pub fn read() -> Self {
        let mut facts = Self::read_below(Path::new("/"));
        facts.possible_cpus = bpf_sys::possible_cpus().ok().map(u64::from);
        if facts.seccomp == Some(true) {
            // A path that leads nowhere is looked for without any privilege; a filter answers in the kernel's place.
            facts.harmless_call = bpf_sys::object::get("").err().and_then(|error| error.errno());
        }
        facts
    }

    /// As [`Self::read`], with `proc`, `sys` and `boot` in another folder than the root, and without a call.
    #[must_use]
    pub(crate) fn read_below(root: &Path) -> Self {
        let text = |path: &str| fs::read_to_string(root.join(path)).ok();
        let word = |path: &str| text(path).map(|text| text.trim().to_owned());
        let status = text("proc/self/status").unwrap_or_default();
        let limits = text("proc/self/limits").unwrap_or_default();
        let memory = text("proc/meminfo").unwrap_or_default();
        let release = word("proc/sys/kernel/osrelease");
        let namespace = fs::read_link(root.join("proc/self/ns/user")).ok();
        let boot = release.as_ref().map(|release| root.join(format!("boot/config-{release}")));
        let sysctls = Self::SYSCTLS.iter().filter_map(|name| {
            let path = format!("proc/sys/{}", name.replace('.', "/"));
            Some(((*name).to_owned(), word(&path)?.parse().ok()?))
        });
        Self {
            capabilities: Capabilities::in_status(&status, "CapEff"),
            bounding: Capabilities::in_status(&status, "CapBnd"),
            first_user_namespace: namespace.map(|link| link.as_os_str() == FIRST_USER_NAMESPACE),
            seccomp: field(&status, "Seccomp:").map(|mode| mode == "2"),
            harmless_call: None,
            lockdown: word("sys/kernel/security/lockdown").as_deref().and_then(chosen).map(str::to_owned),
            security_modules: word("sys/kernel/security/lsm"),
            selinux_enforces: word("sys/fs/selinux/enforce").map(|word| word == "1"),
            sysctls: sysctls.collect(),
            locked_memory: field(&limits, "Max locked memory").and_then(limit),
            most_files: field(&limits, "Max open files").and_then(limit),
            open_files: count(&root.join("proc/self/fd"), |_| true).and_then(|files| files.try_into().ok()),
            memory: field(&memory, "MemTotal:").and_then(kibibytes),
            memory_available: field(&memory, "MemAvailable:").and_then(kibibytes),
            memory_of_group: group_limit(root, &text("proc/self/cgroup").unwrap_or_default()),
            possible_cpus: None,
            mounts: mounts::parse(&text("proc/self/mountinfo").unwrap_or_default()),
            btf: btf_file(&root.join("sys/kernel/btf/vmlinux")),
            modules_with_btf: count(&root.join("sys/kernel/btf"), |name| name != "vmlinux"),
            config: Config {
                files: boot.into_iter().chain([root.join("proc/config.gz")]).collect(),
                values: OnceLock::new(),
            },
            release,
        }
    }

    /// The version in the release.
    #[must_use]
    pub fn version(&self) -> Option<KernelVersion> {
        let mut numbers = self.release.as_ref()?.split(|c: char| !c.is_ascii_digit());
        Some(KernelVersion::new(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// The value of one of [`Self::SYSCTLS`].
    #[must_use]
    pub fn sysctl(&self, name: &str) -> Option<i64> {
        self.sysctls.get(name).copied()
    }

    /// Whether a capability is there, or `CAP_SYS_ADMIN`, which stands for all of them; wherever it counts.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.is_some_and(|set| set.has(capability) || set.has(Capability::SysAdmin))
    }

    /// Whether memory for BPF is counted against the limit on locked memory: before 5.11.
    #[must_use]
    pub fn counts_locked_memory(&self) -> bool {
        self.version().is_some_and(|version| version < KernelVersion::new(5, 11))
    }

    /// The mounts of a kind of file system, whole ones.
    pub fn mounted<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Mount> {
        self.mounts.iter().filter(move |mount| mount.kind == kind && mount.whole)
    }

    /// What the kernel's configuration says of an option: `CONFIG_BPF_LSM`. Read at the first call.
    #[must_use]
    pub fn configured(&self, option: &str) -> Configured {
        match self.config.values.get_or_init(|| self.config.read()) {
            None => Configured::Unknown,
            Some(values) if values.get(option).is_some_and(|value| ["y", "m"].contains(&value.as_str())) => {
                Configured::Yes
            }
            Some(_) => Configured::No,
        }
    }

    /// The configuration, as text, in place of that of the machine.
    #[must_use]
    pub fn with_config(mut self, text: &str) -> Self {
        self.config = Config { files: Vec::new(), values: OnceLock::from(Some(Config::values(text))) };
        self
    }
}

impl Config {
    fn read(&self) -> Option<HashMap<String, String>> {
        let text = kconfig::first(self.files.clone()).ok()?;
        Some(Self::values(&text))
    }

    fn values(text: &str) -> HashMap<String, String> {
        kconfig::values(text).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// The first word after a title, where a line begins with it.
fn field<'a>(text: &'a str, title: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(title))?.split_ascii_whitespace().next()
}

fn limit(word: &str) -> Option<u64> {
    if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() }
}

fn kibibytes(word: &str) -> Option<u64> {
    word.parse::<u64>().ok()?.checked_mul(1024)
}

/// The word in brackets: `none [integrity] confidentiality`.
fn chosen(text: &str) -> Option<&str> {
    text.split_once('[')?.1.split_once(']').map(|(word, _)| word)
}

fn count(folder: &Path, which: impl Fn(&str) -> bool) -> Option<usize> {
    let entries = fs::read_dir(folder).ok()?;
    Some(entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(&which)).count())
}

fn btf_file(path: &Path) -> BtfFile {
    match fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(meta) => BtfFile::Readable(meta.len()),
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            BtfFile::Missing
        }
        Err(_) => BtfFile::Unreadable,
    }
}

/// The lowest `memory.max` (cgroup2) or `memory.limit_in_bytes` (cgroup1) from the group of this process upwards.
fn group_limit(root: &Path, groups: &str) -> Option<u64> {
    let of_line = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?.trim_start_matches('/').to_owned());
        let (folders, file): (&[&str], _) = match controllers {
            "" => (&["sys/fs/cgroup", "sys/fs/cgroup/unified"], "memory.max"),
            "memory" => (&["sys/fs/cgroup/memory"], "memory.limit_in_bytes"),
            _ => return None,
        };
        let limits = folders.iter().flat_map(|folder| {
            let top = root.join(folder);
            let group = top.join(&group);
            let inside: Vec<PathBuf> =
                group.ancestors().take_while(|path| path.starts_with(&top)).map(Path::to_owned).collect();
            inside
        });
        let read = limits.filter_map(|path| fs::read_to_string(path.join(file)).ok()?.trim().parse().ok());
        read.min()
    };
    // cgroup1 writes the largest number of pages for no limit.
    groups.lines().filter_map(of_line).min().filter(|limit| *limit < 1 << 62)
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
