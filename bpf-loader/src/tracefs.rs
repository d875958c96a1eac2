//! tracefs: where it is mounted, what number a tracepoint has, which tracepoints there are.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use bpf_btf::matching::{closest, nearest};

use crate::doctor::mounts;

/// Where tracefs is mounted, wherever that is; `None` if it is not.
pub(crate) fn mounted() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    // With debugfs it comes by itself, when it is looked for.
    let by_debugfs =
        || Some(PathBuf::from("/sys/kernel/debug/tracing")).filter(|path| path.join("events").is_dir());
    parse_mounts(&mounts).or_else(by_debugfs)
}

/// The first whole tracefs in the text of `/proc/self/mountinfo`.
fn parse_mounts(text: &str) -> Option<PathBuf> {
    mounts::parse(text)
        .into_iter()
        .find(|mount| mount.whole && mount.kind == "tracefs")
        .map(|mount| mount.point)
}

/// The file with a tracepoint's number.
pub(crate) fn id_file(root: &Path, category: &str, name: &str) -> PathBuf {
    root.join("events").join(category).join(name).join("id")
}

/// A tracepoint's number; `None` if there is no such tracepoint.
pub(crate) fn id(file: &Path) -> io::Result<Option<u64>> {
    match fs::read_to_string(file) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| ErrorKind::InvalidData.into()),
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether something can be the name of a category or a tracepoint: one step of a path.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
        && name != ".."
}

/// Tracepoints like `category/name`: of that name in other categories, and of a similar name in that category.
pub(crate) fn like(root: &Path, category: &str, name: &str) -> Vec<String> {
    let listed = fs::read_to_string(root.join("available_events")).unwrap_or_default();
    let all = || listed.lines().filter_map(|line| line.trim().split_once(':'));
    let mut found: Vec<String> = all()
        .filter(|(_, other)| *other == name)
        .map(|(category, name)| format!("{category}/{name}"))
        .collect();
    found.truncate(3);
    // A category that is not there is one with a slip in it.
    let there = all().any(|(other, _)| other == category);
    let close = if there {
        Some(category.to_owned())
    } else {
        nearest(category, all().map(|(category, _)| category))
    };
    if let Some(category) = close {
        let names = all().filter(|(other, _)| *other == category).map(|(_, name)| name);
        found.extend(closest(name, names, 2).iter().map(|name| format!("{category}/{name}")));
    }
    found.sort();
    found.dedup();
    found
}

/// Tracepoints with names like this, in any category.
pub(crate) fn like_raw(name: &str) -> Vec<String> {
    let Some(root) = mounted() else { return Vec::new() };
    let listed = fs::read_to_string(root.join("available_events")).unwrap_or_default();
    let names = listed.lines().filter_map(|line| line.trim().split_once(':')).map(|(_, name)| name);
    closest(name, names, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts() {
        let line = |root: &str, point: &str, kind: &str| {
            format!("36 35 0:12 {root} {point} rw,nosuid shared:1 - {kind} none rw\n")
        };
        let check = |text: String, wanted: Option<&str>| {
            assert_eq!(parse_mounts(&text), wanted.map(PathBuf::from), "{text}");
        };
        check(line("/", "/sys/kernel/tracing", "tracefs"), Some("/sys/kernel/tracing"));
        check(line("/", "/a\\040b\\134c\\x", "tracefs"), Some("/a b\\c\\x"));
        check(line("/", "/x", "ext4") + &line("/", "/t", "tracefs"), Some("/t"));
        // A part of it does not do.
        check(line("/events", "/t", "tracefs"), None);
        check(line("/", "/t", "tracefs2"), None);
        check(String::from("nonsense\n - tracefs \n"), None);
    }

    #[test]
    fn names() {
        for (name, wanted) in
            [("sched_switch", true), ("kvm-x86", true), ("", false), ("..", false), ("a/b", false)]
        {
            assert_eq!(is_name(name), wanted, "{name}");
        }
    }

    #[test]
    fn close_ones() {
        let root = std::env::temp_dir().join(format!("bpf-loader-tracefs-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("available_events"), "sched:sched_switch\nsched:sched_waking\nirq:irq_entry\n")
            .unwrap();
        let found = [("sched", "sched_swich"), ("shed", "sched_switch"), ("task", "irq_entry"), ("x", "y")]
            .map(|(category, name)| like(&root, category, name).join(" "));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, ["sched/sched_switch", "sched/sched_switch", "irq/irq_entry", ""]);
    }
}
