//! Names that carry a flavor: `task_struct___old` means `task_struct`.

/// A type name without its flavor: what stands before the last `___` between characters that are not underscores.
///
/// CO-RE and struct_ops let an object declare several versions of a kernel type under names of its own; the kernel
/// type that is meant is the one with the essential name.
#[must_use]
pub fn essential_name(name: &str) -> &str {
    let bytes = name.as_bytes();
    let mut at = bytes.len().saturating_sub(5);
    loop {
        if let Some([before, b'_', b'_', b'_', after]) = bytes.get(at..at.saturating_add(5))
            && *before != b'_'
            && *after != b'_'
        {
            // Both neighbours are not `_`, the cut stands before an ASCII character: a character boundary.
            return name.get(..at + 1).unwrap_or(name);
        }
        match at.checked_sub(1) {
            Some(next) => at = next,
            None => return name,
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
