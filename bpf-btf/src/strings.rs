//! The string section: NUL-terminated names, addressed by byte offset.

use memchr::{memchr, memmem};

/// The string at `offset` of `section`, without its NUL; `None` outside.
pub(crate) fn get(section: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = section.get(offset..)?;
    rest.get(..memchr(0, rest)?)
}

/// Bytes of the string at the beginning; `None` where it does not end. As quick as can be for names, which are short.
#[inline]
pub(crate) fn len(rest: &[u8]) -> Option<usize> {
    let (halves, _) = rest.as_chunks::<16>();
    for (half, before) in halves.iter().zip([0, 16]) {
        let word = u128::from_le_bytes(*half);
        let ones = u128::from_le_bytes([1; 16]);
        // The lowest bit of these is in the first byte that is zero.
        let zeros = word.wrapping_sub(ones) & !word & (ones << 7);
        if zeros != 0 {
            return Some(before + (zeros.trailing_zeros() / 8) as usize);
        }
    }
    memchr(0, rest)
}

/// Every offset at which `name` can be read. Names may share bytes (`sk` inside `task`'s tail), so an occurrence does
/// not have to follow a NUL.
pub(crate) fn offsets_of<'s>(section: &'s [u8], name: &str) -> impl Iterator<Item = usize> + use<'s> {
    let mut needle = Vec::with_capacity(name.len() + 1);
    needle.extend_from_slice(name.as_bytes());
    needle.push(0);
    // A name with a NUL inside can be no name; the pattern is then replaced by one that cannot occur.
    let usable = memchr(0, name.as_bytes()).is_none();
    let finder = memmem::Finder::new(&needle).into_owned();
    let mut from = 0;
    std::iter::from_fn(move || {
        if !usable {
            return None;
        }
        let at = from + finder.find(section.get(from..)?)?;
        from = at + 1;
        Some(at)
    })
}

/// Whether a type can have this name: nothing, and what has a NUL in it, are no names.
pub(crate) fn can_be_name(name: &[u8]) -> bool {
    !name.is_empty() && memchr(0, name).is_none()
}

/// Whether the string at `offset` is this one, which has no NUL in it.
pub(crate) fn is_at(section: &[u8], offset: usize, name: &[u8]) -> bool {
    let rest = section.get(offset..).and_then(|rest| rest.strip_prefix(name));
    rest.is_some_and(|rest| rest.first() == Some(&0))
}

/// Eight bytes of a section, the first the least significant, with zeros from a NUL on; and whether there was one.
#[inline]
pub(crate) fn until_nul(word: u64) -> (u64, bool) {
    // The lowest bit of these is in the first byte that is zero.
    let zeros = word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080;
    match zeros.trailing_zeros() / 8 {
        8.. => (word, false),
        bytes => (word & ((1 << (bytes * 8)) - 1), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_names_are_found() {
        let section = b"\0task\0sk\0";
        assert_eq!(offsets_of(section, "sk").collect::<Vec<_>>(), [3, 6]);
        assert_eq!(offsets_of(section, "").collect::<Vec<_>>(), [0, 5, 8]);
        assert_eq!(offsets_of(section, "a\0s").count(), 0);
        assert_eq!(get(section, 3), Some(&b"sk"[..]));
        assert_eq!(get(section, 99), None);
        for long in [0, 1, 7, 8, 9, 31, 32, 33, 100] {
            let mut name = vec![b'\xff'; long];
            assert_eq!(len(&name), None);
            name.push(0);
            assert_eq!(len(&name), Some(long));
            name.extend([1; 40]);
            assert_eq!(len(&name), Some(long));
        }
        assert!(is_at(section, 3, b"sk") && !is_at(section, 1, b"tas") && !is_at(section, 6, b"sk\0"));
        assert!(
            !is_at(section, 99, b"sk") && can_be_name(b"sk") && !can_be_name(b"") && !can_be_name(b"a\0")
        );
    }
}
