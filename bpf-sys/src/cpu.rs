//! The number of possible CPUs, which the layout of per-CPU values depends on.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::sync::OnceLock;

use crate::error::SysError;
use crate::os;

const POSSIBLE: &str = "/sys/devices/system/cpu/possible";

/// How many CPUs this machine can ever have; a per-CPU value has one slot for each. Read once, it never changes.
///
/// The kernel writes that many slots into a buffer of ours, so the answer is taken from a real sysfs only: container
/// tools put files of their own over some of these.
///
/// # Errors
///
/// [`SysError::Io`] if the file cannot be read, is not on sysfs, or makes no sense.
///
/// # Kernel
///
/// `num_possible_cpus` in `include/linux/cpumask.h`, shown by `drivers/base/cpu.c` since 2.6.30.
#[doc(alias = "libbpf_num_possible_cpus")]
pub fn possible_cpus() -> Result<u32, SysError> {
    static COUNT: OnceLock<u32> = OnceLock::new();
    if let Some(count) = COUNT.get() {
        return Ok(*count);
    }
    let failed = |error: std::io::Error| SysError::io(POSSIBLE, &error);
    let mut file = File::open(POSSIBLE).map_err(failed)?;
    let nonsense = SysError::Io { what: POSSIBLE, errno: 0 };
    if os::file_system_of(file.as_fd())? != os::SYSFS_MAGIC {
        return Err(nonsense);
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    let count = parse_cpu_list(&text).ok_or(nonsense)?;
    Ok(*COUNT.get_or_init(|| count))
}

/// Counts the CPUs in a list such as `0-3,8`, or `None` if it is not such a list. A trailing newline is fine.
pub fn parse_cpu_list(text: &str) -> Option<u32> {
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let mut count = 0u32;
    let mut next = 0u32;
    for range in text.trim_end().split(',') {
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(range)?, number(range)?),
        };
        if first < next || last < first {
            return None;
        }
        next = last.checked_add(1)?;
        count = count.checked_add(next - first)?;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::parse_cpu_list;

    #[test]
    fn lists() {
        for (text, count) in
            [("0\n", 1), ("0-3", 4), ("0-3,8", 5), ("0,2-2,5-6\n", 4), ("1-4294967294", u32::MAX - 1)]
        {
            assert_eq!(parse_cpu_list(text), Some(count), "{text}");
        }
        for text in ["", "-", "a", "3-1", "0-", "1,1", "2,1", "+1", "0-4294967295", "0,,1", "0 1"] {
            assert_eq!(parse_cpu_list(text), None, "{text}");
        }
    }
}
