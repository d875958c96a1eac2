//! C declarations for messages: one line, of bounded length, and never a failure: what is damaged is named in place.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::{self, MAX_DEPTH};
use crate::types::{Member, Type, TypeId};

/// Types that one declaration looks at before it gives up.
const MAX_TYPES: u32 = 512;
/// Bytes after which a declaration is cut.
const MAX_TEXT: usize = 2000;
/// Bytes after which the members of an anonymous struct are cut.
const MAX_BODY: usize = 120;
/// Bytes after which a single name is cut.
const MAX_NAME: usize = 256;
/// How deep parameters and anonymous structs nest in the text.
const MAX_NESTING: u32 = 6;

/// A declaration of `name` as that type: `void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked)`.
///
/// Of a `FUNC` or `VAR` this is its own declaration, under its own name where `name` is empty. A type that is not there
/// prints as `<bad type [5]>`.
#[must_use]
pub fn declaration(btf: &Btf, id: TypeId, name: &str) -> String {
    let mut printer = Printer { btf, budget: MAX_TYPES };
    cut(printer.declare(id, name, 0), MAX_TEXT)
}

/// The declaration of a member: `unsigned int flags: 3`.
#[must_use]
pub fn member(btf: &Btf, member: &Member<'_>) -> String {
    let mut printer = Printer { btf, budget: MAX_TYPES };
    cut(printer.member(member, 0), MAX_TEXT)
}

/// A `FUNC_PROTO` (or a `FUNC`) as the declaration of a function: `int name(struct sock *sk)`.
#[must_use]
pub fn prototype(btf: &Btf, func_proto: TypeId, name: &str) -> String {
    declaration(btf, func_proto, name)
}

/// The type without a name: `struct sock *`.
#[must_use]
pub fn type_name(btf: &Btf, id: TypeId) -> String {
    declaration(btf, id, "")
}

/// A name as it may stand in a message: of bounded length, without control characters.
#[expect(clippy::needless_pass_by_value, reason = "takes what `name()` returns")]
pub(crate) fn clean(name: Result<&str, TypeError>) -> Cow<'_, str> {
    match name {
        Err(_) => Cow::Borrowed("<bad name>"),
        Ok(name) if name.len() <= MAX_NAME && !name.chars().any(char::is_control) => Cow::Borrowed(name),
        Ok(name) => Cow::Owned(
            name.chars()
                .take(MAX_NAME)
                .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
                .collect(),
        ),
    }
}

/// The text, cut at a bound.
fn cut(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

struct Printer<'a> {
    btf: &'a Btf,
    /// Types that may still be looked at.
    budget: u32,
}

/// What of a declaration stands around the name. It grows outwards from there.
struct Declarator {
    text: String,
    /// The outermost part is a `*`, which binds weaker than brackets.
    pointer: bool,
    /// Qualifiers of the type to come.
    before: String,
    /// Type tags of the type to come, which stand behind it: `struct sk_buff __rcu`.
    after: String,
}

impl Declarator {
    /// `[4]` or `(int x)`: goes behind, and binds stronger than a `*` in front.
    fn suffix(&mut self, suffix: &str) {
        if std::mem::take(&mut self.pointer) {
            self.text = format!("({})", self.text);
        }
        self.text.push_str(suffix);
    }

    /// Compilers may qualify an array and its elements too; said once is enough.
    fn qualify(&mut self, word: &str) {
        if !self.before.contains(word) {
            self.before.push_str(word);
        }
    }

    fn star(&mut self) {
        let qualifiers = format!("{}{}", std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        let (qualifiers, inner) = (qualifiers.trim(), &self.text);
        let space = if qualifiers.is_empty() || inner.is_empty() { "" } else { " " };
        self.text = format!("*{qualifiers}{space}{inner}");
        self.pointer = true;
    }

    fn finish(self, base: &str) -> String {
        let space = if self.text.is_empty() || self.text.starts_with('[') { "" } else { " " };
        format!("{}{base}{}{space}{}", self.before, self.after, self.text)
    }
}

impl Printer<'_> {
    fn declare(&mut self, id: TypeId, name: &str, depth: u32) -> String {
        let text = clean(Ok(name)).into_owned();
        let mut decl = Declarator { text, pointer: false, before: String::new(), after: String::new() };
        let mut at = id;
        for _ in 0..MAX_DEPTH {
            let Some(left) = self.budget.checked_sub(1) else {
                return decl.finish("…");
            };
            self.budget = left;
            let Ok(found) = self.btf.get(at) else {
                return decl.finish(&format!("<bad type [{at}]>"));
            };
            match found.kind() {
                Kind::PTR => decl.star(),
                Kind::CONST => decl.qualify("const "),
                Kind::VOLATILE => decl.qualify("volatile "),
                Kind::RESTRICT => decl.qualify("restrict "),
                Kind::TYPE_TAG => {
                    decl.after.insert_str(0, &format!(" __{}", clean(found.name())));
                }
                Kind::ARRAY => {
                    let Some(array) = found.array() else { break };
                    decl.suffix(&format!("[{}]", array.len));
                    at = array.element;
                    continue;
                }
                Kind::FUNC_PROTO => {
                    // A qualified function is no C; the qualifiers would land on what it returns.
                    decl.before.clear();
                    decl.after.clear();
                    let params = self.params(found, depth);
                    decl.suffix(&format!("({params})"));
                }
                Kind::FUNC | Kind::VAR => {
                    if decl.text.is_empty() {
                        decl.text = clean(found.name()).into_owned();
                    }
                }
                _ => return decl.finish(&self.base(found, depth)),
            }
            at = found.target().unwrap_or(TypeId::VOID);
        }
        decl.finish(&format!("<bad type [{id}]>"))
    }

    /// A type that the declarator ends at.
    fn base(&mut self, found: Type<'_>, depth: u32) -> String {
        let name = clean(found.name());
        let named = |word: &str| format!("{word} {name}");
        match found.kind() {
            Kind::VOID => "void".to_owned(),
            Kind::STRUCT if name.is_empty() => self.body("struct", found, depth),
            Kind::UNION if name.is_empty() => self.body("union", found, depth),
            Kind::ENUM | Kind::ENUM64 if name.is_empty() => variants(found),
            Kind::STRUCT => named("struct"),
            Kind::UNION => named("union"),
            Kind::FWD => named(if found.kflag() { "union" } else { "struct" }),
            Kind::ENUM | Kind::ENUM64 => named("enum"),
            Kind::DATASEC => named("section"),
            Kind::DECL_TAG => format!("<tag {name}>"),
            _ if name.is_empty() => format!("<{} without a name>", found.kind().word()),
            _ => name.into_owned(),
        }
    }

    fn body(&mut self, word: &str, found: Type<'_>, depth: u32) -> String {
        let mut text = format!("{word} {{");
        for member in found.members() {
            if text.len() > MAX_BODY || depth >= MAX_NESTING {
                text.push_str(" …");
                break;
            }
            let _ = write!(text, " {};", self.member(&member, depth + 1));
        }
        text.push_str(if found.members().len() == 0 { "}" } else { " }" });
        text
    }

    fn member(&mut self, member: &Member<'_>, depth: u32) -> String {
        let mut text = self.declare(member.type_id, &clean(member.name()), depth);
        if let Ok(Some(bits)) = layout::bitfield(self.btf, member) {
            let _ = write!(text, ": {}", bits.width);
        }
        text
    }

    fn params(&mut self, proto: Type<'_>, depth: u32) -> String {
        let count = proto.params().len();
        if count == 0 {
            return "void".to_owned();
        }
        let mut text = String::new();
        for (index, param) in proto.params().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            if text.len() > MAX_TEXT || depth >= MAX_NESTING {
                text.push('…');
                break;
            }
            let name = clean(param.name());
            if param.type_id == TypeId::VOID && name.is_empty() && index > 0 && index + 1 == count {
                text.push_str("...");
            } else {
                text.push_str(&self.declare(param.type_id, &name, depth + 1));
            }
        }
        text
    }
}

/// An enumeration without a name is known by its values.
fn variants(found: Type<'_>) -> String {
    let mut text = String::from("enum {");
    for (index, variant) in found.enumerators().enumerate() {
        text.push_str(if index == 0 { " " } else { ", " });
        if text.len() > MAX_BODY {
            text.push('…');
            break;
        }
        text.push_str(&clean(variant.name()));
    }
    text.push_str(" }");
    text
}
