//! Tokens as people write them.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Code on one line.
pub(super) fn text(code: &impl ToTokens) -> String {
    let mut atoms = Vec::new();
    flatten(code.to_token_stream(), &mut atoms);
    let mut out = String::new();
    let mut before = "";
    for (at, atom) in atoms.iter().enumerate() {
        let next = atoms.get(at + 1).map_or("", String::as_str);
        if atom == "," && matches!(next, ")" | "]" | ">" | "}" | "") {
            continue;
        }
        if !out.is_empty() && spaced(before, atom) {
            out.push(' ');
        }
        out += atom;
        before = atom;
    }
    out
}

/// Words, numbers, lifetimes, and signs with those that belong to them.
fn flatten(tokens: TokenStream, atoms: &mut Vec<String>) {
    let mut joined = false;
    for token in tokens {
        let (atom, joins) = match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                atoms.extend(Some(open.to_owned()).filter(|open| !open.is_empty()));
                flatten(group.stream(), atoms);
                atoms.extend(Some(close.to_owned()).filter(|close| !close.is_empty()));
                joined = false;
                continue;
            }
            // `>` of generics are on their own, whatever follows.
            TokenTree::Punct(sign) => {
                let joins = sign.spacing() == Spacing::Joint && !matches!(sign.as_char(), '>' | '<' | '&');
                (sign.as_char().to_string(), joins)
            }
            other => (other.to_string(), false),
        };
        match atoms.last_mut() {
            Some(last) if joined => *last += &atom,
            _ => atoms.push(atom),
        }
        joined = joins;
    }
}

fn spaced(before: &str, next: &str) -> bool {
    if matches!(next, "," | ";" | ")" | "]" | ">" | "." | ":" | "::") {
        return false;
    }
    if matches!(before, "(" | "[" | "<" | "&" | "::" | "!" | "." | "*" | "#" | "?" | "" | "..") {
        return false;
    }
    let word = before.chars().last().is_some_and(|last| last.is_alphanumeric() || last == '_' || last == '>');
    match next {
        "(" => before != "->" && !word || matches!(before, "->" | "dyn" | "mut" | "const" | "as" | "for"),
        "<" => !word || before == "->",
        "!" => !word,
        _ => true,
    }
}
