//! The others: which they are, and what keeps a case from being run with them.

pub(crate) mod aya;
pub(crate) mod libbpf;

use std::process::{Command, Stdio};

use crate::case::Case;

/// One line that says what is compared with.
pub(crate) fn versions() -> String {
    let bpftool = said("bpftool", &["version"]).unwrap_or_else(|| "no bpftool".into());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "libbpf {}, aya 0.14, {}; Linux {}, {} processors, load {}",
        libbpf::version(),
        bpftool.lines().take(2).collect::<Vec<_>>().join(" "),
        release.trim(),
        std::thread::available_parallelism().map_or(1, usize::from),
        load.split_whitespace().take(3).collect::<Vec<_>>().join(" "),
    )
}

/// Why a case cannot be run here.
pub(crate) fn missing(case: &Case) -> Option<String> {
    if case.peer == "bpftool" && said("bpftool", &["version"]).is_none() {
        return Some("bpftool is not installed".into());
    }
    if case.name.starts_with("load") && !privileged() {
        return Some("loading needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: run as root".into());
    }
    if case.name.contains("sysfs") && !std::path::Path::new("/sys/kernel/btf/vmlinux").exists() {
        return Some("this kernel has no BTF".into());
    }
    None
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether this process may do what loading takes.
fn privileged() -> bool {
    const WANTED: u64 = 1 << 12 | 1 << 38 | 1 << 39;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    line.and_then(|line| u64::from_str_radix(line.trim(), 16).ok())
        .is_some_and(|have| have & WANTED == WANTED)
}
