//! What is mounted where, from the text of `/proc/self/mountinfo`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Something that is mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// Where.
    pub point: PathBuf,
    /// The kind of file system: `bpf`, `tracefs`.
    pub kind: String,
    /// Whether it is all of the file system, not a folder of it.
    pub whole: bool,
    /// The options of the mount and of the file system, with commas between.
    pub options: String,
}

impl Mount {
    /// What is delegated to those who make a BPF token of it, as `delegate_…` options.
    pub(crate) fn delegates(&self) -> impl Iterator<Item = &str> {
        self.options.split(',').filter(|option| option.starts_with("delegate_"))
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.options.split(',').any(|option| option == "ro")
    }
}

/// The mounts in the text, in its order. A line that makes no sense is left out, and so is a mount that another hides.
pub(crate) fn parse(text: &str) -> Vec<Mount> {
    let all: Vec<Line> = text.lines().filter_map(line).collect();
    let mut tree = Tree::default();
    for line in &all {
        tree.parents.insert(line.id, line.parent);
        tree.at.entry(&line.mount.point).or_default().push(line.id);
    }
    let visible: Vec<bool> = all.iter().map(|line| !tree.hides(line)).collect();
    let lines = all.into_iter().zip(visible).filter(|(_, visible)| *visible);
    lines.map(|(line, _)| line.mount).collect()
}

/// What stands on what, and where.
#[derive(Default)]
struct Tree<'a> {
    parents: HashMap<u32, u32>,
    at: HashMap<&'a Path, Vec<u32>>,
}

struct Line {
    id: u32,
    /// What it is mounted on.
    parent: u32,
    mount: Mount,
}

/// The most mounts that stand on each other.
const HIGHEST: usize = 64;

impl Tree<'_> {
    /// Whether something is mounted over it, or over a folder that leads to it: on its way without being what it stands on.
    fn hides(&self, line: &Line) -> bool {
        let parent = |id: &u32| self.parents.get(id).copied().filter(|parent| parent != id);
        let below: Vec<u32> = std::iter::successors(Some(line.id), parent).take(HIGHEST).collect();
        let mut way = line.mount.point.ancestors().filter_map(|folder| self.at.get(folder)).flatten();
        way.any(|id| !below.contains(id))
    }
}

/// `36 35 0:12 ROOT POINT OPTIONS optional … - KIND SOURCE OPTIONS`.
fn line(line: &str) -> Option<Line> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut words = mount.split(' ');
    let (id, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let mut words = words.skip(1);
    let (root, point, options) = (words.next()?, words.next()?, words.next()?);
    let mut words = file_system.split(' ');
    let kind = words.next().filter(|kind| !kind.is_empty())?;
    let more = words.nth(1).unwrap_or_default();
    let options = [options, more].into_iter().filter(|options| !options.is_empty()).collect::<Vec<_>>();
    let mount = Mount {
        point: PathBuf::from(unescaped(point)),
        kind: kind.to_owned(),
        whole: root == "/",
        options: options.join(","),
    };
    Some(Line { id, parent, mount })
}

/// A path of mountinfo, where a space is `\040`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut out, part| {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => {
                out.push(char::from(code));
                out.push_str(part.get(3..).unwrap_or_default());
            }
            None => {
                out.push('\\');
                out.push_str(part);
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let text = "36 35 0:12 / /sys/fs/bpf rw,nosuid shared:1 - bpf bpf rw,delegate_cmds=any,mode=700\n\
            nonsense\n - tracefs \n\
            37 35 0:13 /events /a\\040b\\134c\\x ro - tracefs none rw\n";
        let found = parse(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].point, PathBuf::from("/sys/fs/bpf"));
        assert!(found[0].whole && !found[0].is_read_only());
        assert_eq!(found[0].delegates().collect::<Vec<_>>(), ["delegate_cmds=any"]);
        assert_eq!((found[1].point.to_str(), found[1].kind.as_str()), (Some("/a b\\c\\x"), "tracefs"));
        assert!(!found[1].whole && found[1].is_read_only());
    }

    #[test]
    fn what_is_mounted_over_is_hidden() {
        let check = |lines: &[(u32, u32, &str, &str)], want: &[&str]| {
            let text: String = lines
                .iter()
                .map(|(id, parent, point, kind)| format!("{id} {parent} 0:1 / {point} rw - {kind} none rw\n"))
                .collect();
            let found: Vec<String> = parse(&text).into_iter().map(|mount| mount.kind).collect();
            assert_eq!(found, want, "{text}");
        };
        let plain = [(1, 0, "/", "ext4"), (2, 1, "/sys", "sysfs"), (3, 2, "/sys/kernel/tracing", "tracefs")];
        check(&plain, &["ext4", "sysfs", "tracefs"]);
        // Over a folder on the way.
        check(&[&plain[..], &[(4, 2, "/sys", "tmpfs")]].concat(), &["ext4", "tmpfs"]);
        // On what is mounted over.
        let on_top = [(4, 2, "/sys", "tmpfs"), (5, 4, "/sys/fs/bpf", "bpf")];
        check(&[&plain[..], &on_top].concat(), &["ext4", "tmpfs", "bpf"]);
        check(&[(1, 1, "/", "rootfs"), (2, 1, "/", "ext4"), (3, 2, "/sysx", "sysfs")], &["ext4", "sysfs"]);
    }
}
