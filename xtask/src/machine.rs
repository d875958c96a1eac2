//! What this machine allows: user, capabilities, distribution. Read from files; no system calls of our own.

use std::fs;

/// Whether programs can be loaded and attached here by this process, or why not.
pub(crate) fn kernel_tests_possible() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("needs Linux".into());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    match effective_capabilities(&status) {
        None => Err("needs CAP_BPF, and /proc/self/status does not say which capabilities there are".into()),
        Some(capabilities) => enough(capabilities),
    }
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| effective_user(&status) == Some(0))
}

/// Whether packages are installed by apt here.
pub(crate) fn is_debian_like() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| names_debian(&text))
}

const CAP_NET_ADMIN: u32 = 12;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_PERFMON: u32 = 38;
const CAP_BPF: u32 = 39;

/// To load programs, and to choose a congestion control that is not open to all. CAP_SYS_ADMIN includes the first two.
fn enough(capabilities: u64) -> Result<(), String> {
    let has = |number: u32| capabilities >> number & 1 == 1;
    let missing: Vec<&str> =
        [(CAP_BPF, "CAP_BPF"), (CAP_PERFMON, "CAP_PERFMON"), (CAP_NET_ADMIN, "CAP_NET_ADMIN")]
            .into_iter()
            .filter(|(number, _)| !has(*number))
            .filter(|(number, _)| *number == CAP_NET_ADMIN || !has(CAP_SYS_ADMIN))
            .map(|(_, name)| name)
            .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("needs {}: run as root, or with these capabilities", missing.join(", ")))
    }
}

fn effective_capabilities(status: &str) -> Option<u64> {
    u64::from_str_radix(field(status, "CapEff:")?.trim(), 16).ok()
}

fn effective_user(status: &str) -> Option<u32> {
    field(status, "Uid:")?.split_whitespace().nth(1)?.parse().ok()
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name))
}

fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
        .any(|id| id == "debian" || id == "ubuntu")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str =
        "Name:\tx\nUid:\t1000\t0\t1000\t1000\nCapPrm:\t0000000000000001\nCapEff:\t000000c000001000\n";

    #[test]
    fn status_is_read() {
        assert_eq!(effective_user(STATUS), Some(0));
        assert_eq!(effective_capabilities(STATUS), Some(1 << 39 | 1 << 38 | 1 << 12));
        assert_eq!(effective_capabilities("Name:\tx\n"), None);
    }

    #[test]
    fn capabilities_that_are_missing_are_named() {
        assert_eq!(enough(1 << 21 | 1 << 12), Ok(()));
        assert_eq!(enough(1 << 39 | 1 << 38 | 1 << 12), Ok(()));
        assert_eq!(
            enough(1 << 21).unwrap_err(),
            "needs CAP_NET_ADMIN: run as root, or with these capabilities"
        );
        assert_eq!(
            enough(1 << 39).unwrap_err(),
            "needs CAP_PERFMON, CAP_NET_ADMIN: run as root, or with these capabilities"
        );
    }

    #[test]
    fn distributions() {
        assert!(names_debian("NAME=x\nID=debian\n"));
        assert!(names_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nVARIANT_ID=debian\n"));
    }
}
