//! The file system that the guest starts with: a cpio archive in the form `newc`, made in memory.

use std::collections::BTreeSet;

/// A growing archive. Paths are absolute; the folders above a file come by themselves.
pub(super) struct Image {
    bytes: Vec<u8>,
    folders: BTreeSet<String>,
    entries: u32,
}

const FOLDER: u32 = 0o040_755;
const EXECUTABLE: u32 = 0o100_755;

impl Image {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), folders: BTreeSet::new(), entries: 0 }
    }

    pub(super) fn folder(&mut self, path: &str) {
        let path = path.trim_matches('/');
        if path.is_empty() || self.folders.contains(path) {
            return;
        }
        self.folders_above(path);
        self.entry(path, FOLDER, &[]);
        self.folders.insert(path.to_owned());
    }

    /// A file that everyone may read and run.
    pub(super) fn file(&mut self, path: &str, contents: &[u8]) {
        let path = path.trim_start_matches('/');
        self.folders_above(path);
        self.entry(path, EXECUTABLE, contents);
    }

    /// The whole archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn folders_above(&mut self, path: &str) {
        if let Some((above, _)) = path.rsplit_once('/') {
            self.folder(above);
        }
    }

    fn entry(&mut self, path: &str, mode: u32, contents: &[u8]) {
        self.entries += 1;
        let size = u32::try_from(contents.len()).unwrap_or(u32::MAX);
        let name = u32::try_from(path.len() + 1).unwrap_or(u32::MAX);
        // inode, mode, user, group, links, time, size, device (2), its own device (2), length of the name, checksum
        let fields = [self.entries, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name, 0];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(contents);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_before_what_is_in_them_and_once() {
        let mut image = Image::new();
        image.file("/a/b/one", b"12345");
        image.file("/a/two", b"");
        image.file("/init", b"");
        image.folder("/a/b");
        let bytes = image.finish();
        assert_eq!(bytes.len() % 4, 0);
        // A header is 110 bytes, the name follows.
        let names: Vec<String> = bytes
            .windows(6)
            .enumerate()
            .filter(|(_, window)| *window == b"070701")
            .map(|(at, _)| {
                let name: Vec<u8> = bytes[at + 110..].iter().copied().take_while(|byte| *byte != 0).collect();
                let mode = String::from_utf8_lossy(&bytes[at + 14..at + 22]).into_owned();
                format!("{} {}", mode, String::from_utf8_lossy(&name))
            })
            .collect();
        assert_eq!(
            names,
            [
                "000041ed a",
                "000041ed a/b",
                "000081ed a/b/one",
                "000081ed a/two",
                "000081ed init",
                "00000000 TRAILER!!!"
            ]
        );
        assert!(bytes.windows(5).any(|window| window == b"12345"));
    }
}
