//! Rust names for C names: cased as Rust wants it, never a keyword, numbered where two would be the same.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

/// Bytes of the longest name that is made. What is longer is cut, and numbered if need be.
const LONGEST: usize = 200;

/// Words that cannot be a name, of all editions. A name of these gets an underscore behind it.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// Names of types that generated code uses without a path: a type of the object gets a number beside them.
pub(crate) const PRELUDE: &[&str] =
    &["Box", "Err", "None", "Ok", "Option", "Result", "Send", "Some", "String", "Sync", "Vec"];

/// The names that are taken in one place: a module, a type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Each with the number of the next that would be the same.
    taken: HashMap<String, u32>,
}

impl Scope {
    /// One where these are taken.
    pub(crate) fn with(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| ((*name).to_owned(), 2)).collect() }
    }

    /// A name for a type: `TcpCaState`, `TcpCaState2`.
    pub(crate) fn a_type(&mut self, c: &str) -> Ident {
        self.take(camel(c), "")
    }

    /// A name for a member, a variable, a function: `snd_cwnd`, `snd_cwnd_2`.
    pub(crate) fn a_value(&mut self, c: &str) -> Ident {
        self.take(snake(c), "_")
    }

    /// A name for a constant: `TCP_CA_OPEN`, `TCP_CA_OPEN_2`.
    pub(crate) fn a_constant(&mut self, c: &str) -> Ident {
        self.take(upper(c), "_")
    }

    fn take(&mut self, mut base: String, between: &str) -> Ident {
        base.truncate(LONGEST);
        if KEYWORDS.contains(&base.as_str()) {
            base.push('_');
        }
        if !self.taken.contains_key(&base) {
            self.taken.insert(base.clone(), 2);
            return ident(&base);
        }
        let between = match base.chars().next_back() {
            Some('_') => "",
            // Digits that would run into each other stay apart.
            Some(last) if last.is_ascii_digit() => "_",
            _ => between,
        };
        loop {
            let number = self.taken.entry(base.clone()).or_insert(2);
            let name = format!("{base}{between}{number}");
            *number = number.saturating_add(1);
            if !self.taken.contains_key(&name) {
                self.taken.insert(name.clone(), 2);
                return ident(&name);
            }
        }
    }
}

/// An identifier of a name that is one.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The words of a C name, ASCII letters and digits: `tcp_ca_state`, `srcIP`, `f.counter`.
fn words(c: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for letter in c.chars() {
        let begins = letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if (begins || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// `TcpCaState`.
pub(crate) fn camel(c: &str) -> String {
    let mut name = String::new();
    for word in words(c) {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        // Digits that would run into each other stay apart.
        if first.is_some_and(|first| first.is_ascii_digit()) && name.ends_with(|c: char| c.is_ascii_digit()) {
            name.push('_');
        }
        name.extend(first);
        name.push_str(letters.as_str());
    }
    begun(name, "T", "Unnamed")
}

/// `snd_cwnd`.
pub(crate) fn snake(c: &str) -> String {
    begun(words(c).join("_"), "v", "unnamed")
}

/// `TCP_CA_OPEN`.
pub(crate) fn upper(c: &str) -> String {
    begun(words(c).join("_").to_ascii_uppercase(), "V", "UNNAMED")
}

/// A name cannot begin with a digit, nor be empty.
fn begun(name: String, letter: &str, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{letter}{name}"),
        Some(_) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (c, a_type, a_value, a_constant) in [
            ("tcp_ca_state", "TcpCaState", "tcp_ca_state", "TCP_CA_STATE"),
            ("TCP_CA_Open", "TcpCaOpen", "tcp_ca_open", "TCP_CA_OPEN"),
            ("srcIP", "SrcIp", "src_ip", "SRC_IP"),
            ("__u32", "U32", "u32", "U32"),
            ("f.counter", "FCounter", "f_counter", "F_COUNTER"),
            ("2fast", "T2fast", "v2fast", "V2FAST"),
            ("v4_6", "V4_6", "v4_6", "V4_6"),
            ("größe", "GrE", "gr_e", "GR_E"),
            ("$", "Unnamed", "unnamed", "UNNAMED"),
            ("task_struct___old", "TaskStructOld", "task_struct_old", "TASK_STRUCT_OLD"),
        ] {
            assert_eq!((&*camel(c), &*snake(c), &*upper(c)), (a_type, a_value, a_constant), "{c}");
        }
    }

    #[test]
    fn numbers() {
        let mut scope = Scope::with(&["Option"]);
        let mut types = |c| scope.a_type(c).to_string();
        assert_eq!(
            [types("flow"), types("Flow"), types("flow_2"), types("flow")],
            ["Flow", "Flow2", "Flow2_2", "Flow3"]
        );
        assert_eq!([types("option"), types("self"), types("Self")], ["Option2", "Self_", "Self_2"]);
        let mut values = |c| scope.a_value(c).to_string();
        assert_eq!(
            [values("type"), values("TYPE"), values("fn_"), values("__fn")],
            ["type_", "type_2", "fn_", "fn_2"]
        );
    }
}
