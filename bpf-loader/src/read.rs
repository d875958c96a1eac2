//! Reading a file that someone names: whole, and never more of it than memory is for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a file. Objects and the BTF of kernels have far fewer; `/dev/zero` and sparse files have more.
const MOST: u64 = 256 << 20;

/// What to do about a file of more than [`MOST`] bytes.
pub(crate) const TOO_LARGE: &str = "files of up to 256 MiB are read";

/// The bytes of a file that may have megabytes.
pub(crate) enum Bytes {
    Small(Vec<u8>),
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    Large(bpf_sys::FileBytes),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            #[cfg(all(feature = "syscalls", target_os = "linux"))]
            Self::Large(bytes) => bytes.as_ref(),
        }
    }
}

/// The bytes of a file, into memory that costs less than a `Vec` where they are many.
pub(crate) fn large(path: &Path) -> io::Result<Bytes> {
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    {
        let file = File::open(path)?;
        // What cannot be read so can be read otherwise, or not at all; then that says why.
        if (LARGE..=MOST).contains(&file.metadata()?.len())
            && let Ok(bytes) = bpf_sys::FileBytes::read(&file)
        {
            return Ok(Bytes::Large(bytes));
        }
    }
    whole(path).map(Bytes::Small)
}

/// From so many bytes on it is worth a system call.
#[cfg(all(feature = "syscalls", target_os = "linux"))]
const LARGE: u64 = 256 << 10;

/// The bytes of a file.
pub(crate) fn whole(path: &Path) -> io::Result<Vec<u8>> {
    up_to(path, MOST)
}

fn up_to(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let said = file.metadata()?.len();
    if said > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(said).unwrap_or(0));
    let read = file.take(most + 1).read_to_end(&mut bytes)?;
    // A device or a pipe has no length of its own.
    if u64::try_from(read).is_ok_and(|read| read <= most) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_the_limit() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let bytes = std::fs::read(&path).unwrap();
        let len = bytes.len() as u64;
        assert_eq!(up_to(&path, len).unwrap(), bytes);
        assert_eq!(up_to(&path, len - 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    #[cfg(unix)]
    fn what_never_ends() {
        let error = up_to(Path::new("/dev/zero"), 1 << 16).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
