//! The others: which they are, and what keeps a case from being run with them.

pub(crate) mod aya;
pub(crate) mod btf_rs;
pub(crate) mod libbpf;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::case::Need;
use crate::env::Env;

/// Where a running kernel shows its types.
pub(crate) const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

/// One line that says what is compared with.
pub(crate) fn versions() -> String {
    let bpftool = said("bpftool", &["version"]).unwrap_or_else(|| "no bpftool".into());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "libbpf {}, aya 0.14, btf-rs 2, {}; Linux {}, {} processors, load {}",
        libbpf::version(),
        bpftool.lines().take(2).collect::<Vec<_>>().join(" "),
        release.trim(),
        std::thread::available_parallelism().map_or(1, usize::from),
        load.split_whitespace().take(3).collect::<Vec<_>>().join(" "),
    )
}

/// Why a need is not met here; `None` where it is.
pub(crate) fn missing(need: Need, env: &Env) -> Option<String> {
    let (met, why) = match need {
        Need::Input(name) => (
            env.input(name).is_file(),
            format!("{name} could not be made: it takes clang, or this kernel's BTF"),
        ),
        Need::KernelBtf => (Path::new(VMLINUX).exists(), "this kernel has no BTF".into()),
        Need::Privileges => {
            (privileged(), "needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: run as root".into())
        }
        Need::Bpftool => (said("bpftool", &["version"]).is_some(), "bpftool is not installed".into()),
        Need::Bpf(command) => {
            let mut help = command.to_vec();
            help.push("--help");
            let here = env.bpf.to_str().is_some_and(|bpf| said(bpf, &help).is_some());
            (here, format!("there is no `bpf {}` yet", command.join(" ")))
        }
    };
    (!met).then_some(why)
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether this process may do what loading takes.
fn privileged() -> bool {
    const NET_ADMIN: u64 = 1 << 12;
    const SYS_ADMIN: u64 = 1 << 21;
    const PERFMON_AND_BPF: u64 = 1 << 38 | 1 << 39;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    line.and_then(|line| u64::from_str_radix(line.trim(), 16).ok()).is_some_and(|have: u64| {
        have & NET_ADMIN != 0 && (have & SYS_ADMIN != 0 || have & PERFMON_AND_BPF == PERFMON_AND_BPF)
    })
}
