//! The string section: NUL-terminated names, addressed by byte offset.

use memchr::{memchr, memmem};

use crate::names::essential_name;

/// The string at `offset` of `section`, without its NUL; `None` outside.
pub(crate) fn get(section: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = section.get(offset..)?;
    rest.get(..memchr(0, rest)?)
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

/// Longer strings carry no flavor: the kernel's longest names have 512 bytes.
const MAX_FLAVORED: usize = 1024;

/// Every offset at which a name can be read whose essential name is `name`: itself, and `name___flavor`.
pub(crate) fn flavors_of(section: &[u8], name: &str) -> Vec<usize> {
    if name.is_empty() || memchr(0, name.as_bytes()).is_some() {
        return Vec::new();
    }
    let accept = |at: &usize| {
        let Some(rest) = at.checked_add(name.len()).and_then(|end| section.get(end..)) else {
            return false;
        };
        match rest {
            [0, ..] => true,
            [b'_', b'_', b'_', after, ..] if *after != b'_' => {
                // A bound on the search for the end, for sections that have none.
                let whole = section.get(*at..).unwrap_or_default();
                let whole = whole.get(..MAX_FLAVORED).unwrap_or(whole);
                get(whole, 0)
                    .and_then(|text| std::str::from_utf8(text).ok())
                    .is_some_and(|text| essential_name(text) == name)
            }
            _ => false,
        }
    };
    // Occurrences of a name may overlap (`aa` in `aaa`), so the search goes on one byte further each time.
    let finder = memmem::Finder::new(name);
    let mut from = 0;
    let next = || {
        let at = from + finder.find(section.get(from..)?)?;
        from = at + 1;
        Some(at)
    };
    std::iter::from_fn(next).filter(accept).collect()
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
    }

    #[test]
    fn flavors_are_found() {
        let section = b"\0task\0task___old\0task___\0my_task___b\0task_struct\0task___a___b\0";
        let read = |at| String::from_utf8_lossy(get(section, at).unwrap_or_default()).into_owned();
        let found: Vec<_> = flavors_of(section, "task").into_iter().map(read).collect();
        assert_eq!(found, ["task", "task___old", "task___b"]);
        assert_eq!(flavors_of(section, "task___a").len(), 1);
        assert_eq!(flavors_of(section, "").len(), 0);
        assert_eq!(flavors_of(b"\0aaa\0", "aa"), [2]);
        assert_eq!(flavors_of(b"a___", "a"), [0usize; 0]);
    }
}
