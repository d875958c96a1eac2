//! What programs send, as text and as JSON.

use bpf_loader::events::TraceLine;
use serde_json::{Value, json};

/// Bytes of a line.
const WIDTH: usize = 16;
/// Bytes of a record that are shown as text. JSON has all.
const SHOWN: usize = 256;

/// A record: map, length, bytes and the characters that they are; what does not fit a line goes below.
pub(crate) fn record(map: &str, bytes: &[u8]) -> String {
    let head = format!("{map} {}:", bytes.len());
    let mut text = String::new();
    for line in bytes.get(..SHOWN).unwrap_or(bytes).chunks(WIDTH) {
        let hex: Vec<String> = line.chunks(4).map(hex).collect();
        let start = if text.is_empty() { head.clone() } else { format!("\n{:1$}", "", head.len()) };
        text.push_str(&format!("{start} {:<35}  {}", hex.join(" "), characters(line)));
    }
    if text.is_empty() {
        return head;
    }
    if bytes.len() > SHOWN {
        text.push_str(&format!("\n{:1$} and {2} more", "", head.len(), bytes.len() - SHOWN));
    }
    text
}

pub(crate) fn record_json(map: &str, bytes: &[u8]) -> Value {
    json!({ "event": { "map": map, "len": bytes.len(), "hex": hex(bytes) } })
}

pub(crate) fn trace(line: TraceLine<'_>) -> String {
    format!("trace: {}", line.line())
}

pub(crate) fn trace_json(line: TraceLine<'_>) -> Value {
    json!({ "trace": { "line": line.line(), "message": line.message() } })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'?'));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// The characters of ASCII, and a dot for every other byte.
fn characters(bytes: &[u8]) -> String {
    let shown = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    bytes.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        for (bytes, wanted) in [
            (&b""[..], "events 0:"),
            (b"A\n\x1b", "events 3: 410a1b                               A.."),
            (b"0123456789abcdef", "events 16: 30313233 34353637 38396162 63646566  0123456789abcdef"),
            (
                b"0123456789abcdefG",
                "events 17: 30313233 34353637 38396162 63646566  0123456789abcdef\n           47                                   G",
            ),
        ] {
            assert_eq!(record("events", bytes), wanted);
        }
        let long = record("m", &[0; 300]);
        assert_eq!(long.lines().count(), 17);
        assert!(long.ends_with("\n       and 44 more"), "{long}");
        assert_eq!(
            record_json("m", &[0, 255, 16]).to_string(),
            "{\"event\":{\"hex\":\"00ff10\",\"len\":3,\"map\":\"m\"}}"
        );
    }
}
