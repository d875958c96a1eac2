//! What a name may be, and what may refer to what.

use super::parts::{Word, tail_words};
use super::{BuildError, Builder};
use crate::kind::Kind;
use crate::types::TypeId;

/// Bytes of the longest name that the kernel takes, with its NUL.
const NAME_MOST: usize = 512;

/// What the kernel takes for a name. kernel/bpf/btf.c: `btf_name_valid_identifier`, `btf_name_valid_section`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// Anything without a NUL.
    Any,
    /// Anything but nothing.
    Some,
    /// Letters, digits, `_` and `.`, and no digit first.
    Identifier,
    /// An identifier, or nothing.
    IdentifierOrNone,
    /// Characters that can be printed.
    Section,
}

impl NameRule {
    pub(super) fn check(self, name: &str) -> Result<(), &'static str> {
        if name.contains('\0') {
            return Err("a NUL ends a name");
        }
        if name.is_empty() {
            let allowed = matches!(self, Self::Any | Self::IdentifierOrNone);
            return if allowed { Ok(()) } else { Err("it must not be empty") };
        }
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        match self {
            Self::Any | Self::Some => Ok(()),
            _ if name.len() >= NAME_MOST => Err("it has more than 511 bytes"),
            Self::Section if name.chars().all(|c| c.is_ascii_graphic() || c == ' ') => Ok(()),
            Self::Section => Err("it has characters that cannot be printed"),
            Self::Identifier | Self::IdentifierOrNone => {
                if name.starts_with(|c: char| c.is_ascii_digit()) {
                    Err("it begins with a digit")
                } else if name.chars().all(part) {
                    Ok(())
                } else {
                    Err("it has characters other than letters, digits, `_` and `.`")
                }
            }
        }
    }
}

/// The header of a record: its kind, the number of its elements or its linkage, its size or target.
#[derive(Clone, Copy)]
struct Head {
    kind: Kind,
    vlen: u32,
    last: u32,
}

/// Whether all that is referred to is there, and what was added here refers to what it can.
pub(super) fn references(builder: &Builder) -> Result<(), BuildError> {
    let last = TypeId(builder.next_id().0.saturating_sub(1));
    let mut ids = (builder.first_id().0..).map(TypeId);
    for (index, record) in builder.records.iter().enumerate() {
        let Some(id) = ids.next() else { break };
        let end = builder.records.get(index + 1).map_or(builder.words.len(), |next| next.start);
        let words = builder.words.get(record.start..end).unwrap_or_default();
        let Some((head, tail)) = split(words) else { continue };
        let each = tail_words(head.kind).iter().cycle();
        let targets = tail.iter().zip(each).filter(|(_, word)| **word == Word::Type).map(|(id, _)| *id);
        for target in targets.chain(head.kind.refers().then_some(head.last)) {
            if target > last.0 {
                let (kind, name, target) = (head.kind, name_of(builder, words), TypeId(target));
                return Err(BuildError::Dangling { id, kind, name, target, last });
            }
        }
        if !record.copied {
            targets_fit(builder, id, words, head, tail)?;
        }
    }
    Ok(())
}

fn split(words: &[u32]) -> Option<(Head, &[u32])> {
    let ([_, info, last], tail) = words.split_first_chunk()?;
    let (kind, vlen) = (Kind(((info >> 24) & 0x7f) as u8), info & 0x00ff_ffff);
    Some((Head { kind, vlen, last: *last }, tail))
}

/// The header of any type that can be referred to; `None` for `void`.
fn head(builder: &Builder, id: u32) -> Option<Head> {
    match usize::try_from(id.checked_sub(builder.first_id().0).unwrap_or(u32::MAX)) {
        Ok(index) if id >= builder.first_id().0 => {
            let start = builder.records.get(index)?.start;
            split(builder.words.get(start..)?).map(|(head, _)| head)
        }
        _ => {
            let found = builder.base.as_ref()?.get(TypeId(id)).ok()?;
            let last = found.target().map(|target| target.0).or(found.size()).unwrap_or(0);
            Some(Head { kind: found.kind(), vlen: found.vlen(), last })
        }
    }
}

fn targets_fit(
    builder: &Builder,
    id: TypeId,
    words: &[u32],
    found: Head,
    tail: &[u32],
) -> Result<(), BuildError> {
    let kind_of = |target| head(builder, target).map_or(Kind::VOID, |head| head.kind);
    let wrong = |target: u32, wanted| {
        let (name, target, found_kind) = (name_of(builder, words), TypeId(target), kind_of(target));
        Err(BuildError::Target { id, kind: found.kind, name, target, found: found_kind, wanted })
    };
    match found.kind {
        Kind::FUNC if kind_of(found.last) != Kind::FUNC_PROTO => wrong(found.last, "a function prototype"),
        Kind::VAR if matches!(kind_of(found.last), Kind::VOID | Kind::FUNC | Kind::VAR | Kind::DATASEC) => {
            wrong(found.last, "the type of a value")
        }
        Kind::DATASEC => {
            let targets = tail.chunks(3).filter_map(|var| var.first().copied());
            let mut strange = targets.filter(|target| !matches!(kind_of(*target), Kind::VAR | Kind::FUNC));
            strange.next().map_or(Ok(()), |target| wrong(target, "variables or functions"))
        }
        Kind::DECL_TAG => {
            let target = head(builder, found.last);
            let count = match target.map_or(Kind::VOID, |target| target.kind) {
                Kind::STRUCT | Kind::UNION => target.map_or(0, |target| target.vlen),
                // The parameters are those of its prototype.
                Kind::FUNC => target.and_then(|func| head(builder, func.last)).map_or(0, |proto| proto.vlen),
                Kind::VAR | Kind::TYPEDEF => 0,
                _ => return wrong(found.last, "a struct, union, typedef, variable or function"),
            };
            match tail.first() {
                Some(index) if *index != u32::MAX && *index >= count => {
                    let (name, target) = (name_of(builder, words), TypeId(found.last));
                    Err(BuildError::Component { id, name, target, index: *index, count })
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn name_of(builder: &Builder, words: &[u32]) -> String {
    let offset = words.first().copied().unwrap_or(0);
    let own = builder.strings.get(offset);
    let text = own.or_else(|| builder.base.as_ref()?.string_bytes(offset));
    String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
}
