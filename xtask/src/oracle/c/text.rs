//! Two texts in C, compared as a whole or definition by definition.

use crate::oracle::tally::Differs;

/// What newer versions say of an enum of one byte.
const BYTE: &str = " __attribute__((mode(byte)))";
/// The same of one of eight bytes with small values.
const WORD: &str = " __attribute__((mode(word)))";

/// The definitions in a text: an empty line stands between two.
pub(super) fn definitions(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim_end).filter(|definition| !definition.is_empty())
}

/// Where two texts differ first.
pub(super) fn first_difference(ours: &str, theirs: &[u8]) -> Option<String> {
    if ours.as_bytes() == theirs {
        return None;
    }
    let theirs = String::from_utf8_lossy(theirs);
    let lines = (1..).zip(ours.lines().zip(theirs.lines()));
    let first = lines.clone().find(|(_, (ours, theirs))| ours != theirs);
    Some(match first {
        Some((line, (ours, theirs))) => format!("line {line}: ours `{ours}`, theirs `{theirs}`"),
        None => format!("ours has {} bytes, theirs {}", ours.len(), theirs.len()),
    })
}

/// What differs, by what it is about: each definition with its counterpart at the same place.
pub(super) fn compare(ours: &str, theirs: &str) -> Vec<Differs> {
    let (count, counterparts) = (definitions(ours).count(), definitions(theirs).count());
    if count != counterparts {
        return vec![Differs { field: "order", how: format!("{count} definitions, theirs {counterparts}") }];
    }
    let mut found: Vec<Differs> = Vec::new();
    for (ours, theirs) in definitions(ours).zip(definitions(theirs)) {
        let Some(field) = about(ours, theirs) else { continue };
        if !found.iter().any(|known| known.field == field) {
            found.push(Differs { field, how: first_difference(ours, theirs.as_bytes()).unwrap_or_default() });
        }
    }
    found
}

fn about(ours: &str, theirs: &str) -> Option<&'static str> {
    if ours == theirs {
        return None;
    }
    let unsized_enum = ours.replace(BYTE, "").replace(WORD, "");
    if unsized_enum == theirs {
        return Some("enum size");
    }
    let same = unpadded(&unsized_enum).eq(unpadded(theirs));
    Some(if same { "padding" } else { "text" })
}

/// The lines of a definition that are no padding.
fn unpadded(text: &str) -> impl Iterator<Item = &str> {
    let words = ["long: ", "int: ", "short: ", "char: "];
    text.lines().filter(move |line| !words.iter().any(|word| line.trim_start().starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_apart() {
        let fields = |ours: &str, theirs: &str| -> Vec<&'static str> {
            compare(ours, theirs).iter().map(|differs| differs.field).collect()
        };
        let (a, b) = ("struct a {\n\tint x;\n};\n\n", "enum b {\n\tB = 0,\n}");
        assert!(fields(&format!("{a}{b};\n\n"), &format!("{a}{b};\n\n")).is_empty());
        assert_eq!(fields(&format!("{a}{b}{BYTE};\n\n"), &format!("{a}{b};\n\n")), ["enum size"]);
        assert_eq!(fields("struct a {\n\tint x;\n\tlong: 64;\n};", "struct a {\n\tint x;\n};"), ["padding"]);
        assert_eq!(fields("struct a {\n\tint x;\n};", "struct a {\n\tint y;\n};"), ["text"]);
        assert_eq!(fields(a, &format!("{a}{b}")), ["order"]);
    }

    #[test]
    fn the_first_difference_is_shown() {
        assert_eq!(first_difference("a\nb\n", b"a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", b"a\nc\n").unwrap(), "line 2: ours `b`, theirs `c`");
        assert_eq!(first_difference("a\n", b"a\nb\n").unwrap(), "ours has 2 bytes, theirs 4");
    }
}
