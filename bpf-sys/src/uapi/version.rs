//! The version of a kernel, as far as an interface depends on it: major and minor.

use core::fmt;

/// A kernel version without its patch level, such as `6.18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KernelVersion {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
}

impl KernelVersion {
    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Reads `major.minor` from the source text of a table. Used in constants only, where the panic is a compile error.
    pub(super) const fn from_table(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut parts = [0u16; 2];
        let mut part = 0;
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'.' if part == 0 => part = 1,
                digit @ b'0'..=b'9' => parts[part] = parts[part] * 10 + (digit - b'0') as u16,
                _ => panic!("a version in a table is written as major.minor"),
            }
            at += 1;
        }
        assert!(part == 1, "a version in a table is written as major.minor");
        Self::new(parts[0], parts[1])
    }
}

impl fmt::Display for KernelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::KernelVersion;

    #[test]
    fn orders_by_number_not_by_text() {
        assert!(KernelVersion::new(4, 9) < KernelVersion::new(4, 10));
        assert!(KernelVersion::new(5, 19) < KernelVersion::new(6, 0));
        assert_eq!(KernelVersion::from_table("4.10"), KernelVersion::new(4, 10));
        assert_eq!(KernelVersion::new(6, 18).to_string(), "6.18");
    }
}
