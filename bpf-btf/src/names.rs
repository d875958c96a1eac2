//! Names that carry a flavor: `task_struct___old` means `task_struct`.

/// A type name without its flavor: what stands before the last `___` between characters that are not underscores.
///
/// CO-RE and struct_ops let an object declare several versions of a kernel type under names of its own; the kernel
/// type that is meant is the one with the essential name.
#[must_use]
pub fn essential_name(name: &str) -> &str {
    // Both neighbours of a cut are not `_`, and it stands before an ASCII character: a character boundary.
    name.get(..essential_bytes(name.as_bytes()).len()).unwrap_or(name)
}

/// As [`essential_name`].
pub(crate) fn essential_bytes(bytes: &[u8]) -> &[u8] {
    let mut at = bytes.len().saturating_sub(5);
    loop {
        if let Some([before, b'_', b'_', b'_', after]) = bytes.get(at..at.saturating_add(5))
            && *before != b'_'
            && *after != b'_'
        {
            return bytes.get(..=at).unwrap_or(bytes);
        }
        match at.checked_sub(1) {
            Some(next) => at = next,
            None => return bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flavors() {
        for (name, want) in [
            ("task_struct", "task_struct"),
            ("task_struct___old", "task_struct"),
            ("a___b___c", "a___b"),
            ("a____b", "a____b"),
            ("___b", "___b"),
            ("a___", "a___"),
            ("", ""),
            ("é___x", "é"),
        ] {
            assert_eq!(essential_name(name), want, "{name}");
        }
    }
}
