//! The configuration that a kernel was built with: where it is found, and what it says.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::kernel::{Kernel, KernelBuilder, KernelError};

/// The most bytes of a configuration. Real ones have some 300,000.
pub(super) const MOST: usize = 4 << 20;
/// What gzip files begin with.
const GZIP: &[u8] = &[0x1f, 0x8b];

impl Kernel {
    /// The configuration that it was built with: lines of `CONFIG_NAME=value`. Of the running kernel it is read at the
    /// first call, from `/boot/config-RELEASE` or `/proc/config.gz`.
    ///
    /// # Errors
    /// [`KernelError::NoKconfig`] where nobody knows it; [`KernelError::Read`] where there is a file, and none can be read.
    pub fn kconfig(&self) -> Result<&str, KernelError> {
        self.inner
            .kconfig
            .get_or_init(|| running(self.machine().release.as_deref()))
            .as_deref()
            .map_err(Clone::clone)
    }
}

impl KernelBuilder {
    /// The configuration that it was built with: lines of `CONFIG_NAME=value`.
    #[must_use]
    pub fn kconfig(mut self, text: impl Into<String>) -> Self {
        self.kconfig = Some(text.into());
        self
    }

    /// The configuration that it was built with, from a file as in `/boot` or as `/proc/config.gz`.
    ///
    /// # Errors
    /// [`KernelError::Read`].
    pub fn kconfig_file(self, path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let path = path.as_ref();
        let text = file(path).map_err(|source| KernelError::read(path, &source))?;
        Ok(self.kconfig(text))
    }
}

/// The running kernel's.
fn running(release: Option<&str>) -> Result<String, KernelError> {
    let boot = release.map(|release| PathBuf::from(format!("/boot/config-{release}")));
    first(boot.into_iter().chain([PathBuf::from("/proc/config.gz")]).collect())
}

/// The first file that can be read counts: some distributions let nobody but root read `/boot`. Where none can be, the
/// first that is there says why.
pub(crate) fn first(looked: Vec<PathBuf>) -> Result<String, KernelError> {
    let mut refused = None;
    for path in &looked {
        match file(path) {
            Ok(text) => return Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => refused = refused.or_else(|| Some(KernelError::read(path, &error))),
        }
    }
    Err(refused.unwrap_or(KernelError::NoKconfig { looked }))
}

fn file(path: &Path) -> io::Result<String> {
    text(&crate::read::whole(path)?)
}

/// The text in the bytes of a file, unpacked where they are gzip. What is not UTF-8 is in no name or number.
pub(super) fn text(bytes: &[u8]) -> io::Result<String> {
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    let read = if bytes.starts_with(GZIP) {
        MultiGzDecoder::new(bytes).take(most.saturating_add(1)).read_to_end(&mut unpacked)?
    } else {
        bytes.take(most.saturating_add(1)).read_to_end(&mut unpacked)?
    };
    if read > MOST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(String::from_utf8_lossy(&unpacked).into_owned())
}

/// The values that a configuration sets, by name. What is `not set` is not among them; of a name that is there twice
/// the first value counts.
pub(crate) fn values(text: &str) -> HashMap<&str, &str> {
    let mut found = HashMap::new();
    for line in text.lines().filter(|line| line.starts_with("CONFIG_")) {
        let (name, value) = line.trim_end().split_once('=').unwrap_or((line.trim_end(), ""));
        found.entry(name).or_insert(value);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_packed() {
        assert_eq!(text(b"CONFIG_A=y\n").unwrap(), "CONFIG_A=y\n");
        assert_eq!(text(&gzip(b"CONFIG_A=y\n")).unwrap(), "CONFIG_A=y\n");
        // Files of several members are the text of all of them.
        let two = [gzip(b"CONFIG_A=y\n"), gzip(b"CONFIG_B=m\n")].concat();
        assert_eq!(text(&two).unwrap(), "CONFIG_A=y\nCONFIG_B=m\n");
        assert_eq!(text(b"\xff").unwrap(), "\u{fffd}");
    }

    #[test]
    fn what_is_cut_off_or_too_large() {
        let whole = gzip(b"CONFIG_A=y\n");
        for end in 2..whole.len() {
            assert!(text(&whole[..end]).is_err(), "{end} bytes");
        }
        // A thousand times as much as there are bytes in the file.
        let bomb = gzip(&vec![b'\n'; MOST + 1]);
        assert!(bomb.len() < 1 << 16);
        assert_eq!(text(&bomb).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(text(&gzip(&vec![b'\n'; MOST])).unwrap().len(), MOST);
    }

    #[test]
    fn what_cannot_be_read_is_not_the_last_word() {
        let folder = std::env::temp_dir().join(format!("bpf-loader-kconfig-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (good, absent) = (folder.join("config"), folder.join("absent"));
        std::fs::write(&good, gzip(b"CONFIG_A=y\n")).unwrap();
        // A folder cannot be read as a file, by root neither.
        let found = first(vec![absent.clone(), folder.clone(), good]);
        let refused = first(vec![absent.clone(), folder.clone(), absent.clone()]);
        let none = first(vec![absent]);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, Ok("CONFIG_A=y\n".to_owned()));
        assert!(refused.is_err_and(|error| error.to_string().contains(&folder.display().to_string())));
        assert!(matches!(none, Err(KernelError::NoKconfig { looked }) if looked.len() == 1));
    }

    #[test]
    fn lines() {
        let found =
            values("# c\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x=1\"\r\nCONFIG_A=m\nCONFIG_D\nX=1\n");
        assert_eq!(found.len(), 3);
        assert_eq!((found["CONFIG_A"], found["CONFIG_C"], found["CONFIG_D"]), ("y", "\"x=1\"", ""));
    }
}
