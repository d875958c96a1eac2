//! How a struct or union is laid out in Rust: fields where Rust would put them, bytes between them that have names, and
//! views on bytes for what cannot be a field: bitfields, members of unions, members that are not aligned.

use bpf_btf::layout::{self, Bits};
use bpf_btf::{Kind, Member, Type, TypeError, dump};
use proc_macro2::Ident;

use super::scalar::{Form, Ty};
use super::{Types, doc};
use crate::codegen::names::Scope;

/// A struct or union.
pub(super) struct Record {
    pub(super) size: u32,
    pub(super) align: u32,
    pub(super) pieces: Vec<Piece>,
    pub(super) views: Vec<View>,
}

/// What a struct is made of, in the order of its offsets.
pub(super) enum Piece {
    /// A field.
    Field { name: Ident, ty: Ty, offset: u32, doc: String },
    /// Bytes of which no member is made as a field.
    Bytes { name: Ident, len: u32 },
    /// All of a union, in words of its alignment.
    Words { name: Ident },
    /// Nothing, aligned.
    Align { name: Ident },
}

/// A member that is read and written by methods.
pub(super) struct View {
    pub(super) name: Ident,
    pub(super) setter: Ident,
    pub(super) ty: Ty,
    pub(super) place: Place,
    pub(super) doc: String,
}

/// Where it is.
pub(super) enum Place {
    Bytes(u32),
    Bits(Bits),
}

/// A member, with where and what it is.
struct Part<'a> {
    member: Member<'a>,
    /// From the start, in bits.
    at: u32,
    bits: Option<Bits>,
    ty: Ty,
    name: Ident,
    doc: String,
}

impl<'a> Types<'a> {
    /// Lays out a struct or union whose members' types are named after `base`.
    pub(super) fn record(&mut self, found: Type<'a>, base: &str) -> Result<Record, TypeError> {
        let size = found.size().unwrap_or(0);
        let align = self.align_of(&found)?;
        let mut scope = Scope::default();
        let parts = self.parts(found, base, size, &mut scope)?;
        let mut record = Record { size, align, pieces: Vec::new(), views: Vec::new() };
        let (plain, views): (Vec<Part<'a>>, Vec<Part<'a>>) = match found.kind() {
            Kind::UNION => (Vec::new(), parts),
            _ => split(parts, &record),
        };
        for part in &views {
            let setter = scope.a_value(&format!("set_{}", part.name));
            let place = part.bits.map_or(Place::Bytes(part.at / 8), Place::Bits);
            let (name, ty, doc) = (part.name.clone(), part.ty.clone(), part.doc.clone());
            record.views.push(View { name, setter, ty, place, doc });
        }
        if found.kind() == Kind::UNION {
            record.pieces.push(Piece::Words { name: hidden(&mut scope, "raw") });
        } else {
            fill(&mut record, plain, &mut scope);
        }
        Ok(record)
    }

    /// Bytes to which a struct or union is aligned: as BTF concludes it, where that is something Rust can have.
    pub(super) fn align_of(&self, found: &Type<'_>) -> Result<u32, TypeError> {
        let align = layout::align_of(self.btf, found.id())?;
        let fits = align.is_power_of_two() && found.size().unwrap_or(0).is_multiple_of(align);
        Ok(if fits { align.min(8) } else { 1 })
    }

    /// The members in the order of their offsets, without those that only pad and those that lie outside.
    fn parts(
        &mut self,
        found: Type<'a>,
        base: &str,
        size: u32,
        scope: &mut Scope,
    ) -> Result<Vec<Part<'a>>, TypeError> {
        let mut parts = Vec::with_capacity(found.members().len());
        for member in found.members() {
            let bits = layout::bitfield(self.btf, &member)?;
            let name = member.name()?;
            if bits.is_some() && name.is_empty() {
                continue;
            }
            let own = if name.is_empty() { "anon" } else { name };
            let ty = self.ty(member.type_id, &format!("{base}_{own}"))?;
            let at = bits.map_or(member.bit_offset, |bits| bits.offset);
            if !fits(&ty, at, bits, size) {
                continue;
            }
            let name = scope.a_value(own);
            let doc = doc(&dump::member(self.btf, &member));
            parts.push(Part { member, at, bits, ty, name, doc });
        }
        parts.sort_by_key(|part| (part.at, part.member.index));
        Ok(parts)
    }
}

/// Whether a member is inside its struct, and of a kind that can be read.
fn fits(ty: &Ty, at: u32, bits: Option<Bits>, size: u32) -> bool {
    let end = match bits {
        Some(bits) if ty.form == Form::Other || ty.size > 8 || bits.width > ty.size.saturating_mul(8) => {
            return false;
        }
        Some(bits) => at.checked_add(bits.width),
        None if !at.is_multiple_of(8) => return false,
        None => ty.size.checked_mul(8).and_then(|bits| at.checked_add(bits)),
    };
    end.is_some_and(|end| u64::from(end) <= u64::from(size) * 8)
}

/// Those that can be fields, and the others.
fn split<'a>(parts: Vec<Part<'a>>, record: &Record) -> (Vec<Part<'a>>, Vec<Part<'a>>) {
    let mut end = 0;
    parts.into_iter().partition(|part| {
        let at = part.at / 8;
        let aligned = at.is_multiple_of(part.ty.align.max(1)) && part.ty.align <= record.align;
        let plain = part.bits.is_none() && aligned && at >= end;
        if plain {
            end = at.saturating_add(part.ty.size);
        }
        plain
    })
}

/// Puts the fields in their places, with bytes between them, so that nothing is left to the compiler.
fn fill(record: &mut Record, plain: Vec<Part<'_>>, scope: &mut Scope) {
    if plain.iter().all(|part| part.ty.align < record.align) && record.align > 1 {
        record.pieces.push(Piece::Align { name: hidden(scope, "align") });
    }
    let mut end = 0;
    for part in plain {
        let offset = part.at / 8;
        gap(record, end, offset, scope);
        end = offset.saturating_add(part.ty.size);
        record.pieces.push(Piece::Field { name: part.name, ty: part.ty, offset, doc: part.doc });
    }
    gap(record, end, record.size, scope);
}

fn gap(record: &mut Record, from: u32, to: u32, scope: &mut Scope) {
    if from < to {
        let inside = |view: &View| match &view.place {
            Place::Bytes(at) => *at < to && at.saturating_add(view.ty.size) > from,
            Place::Bits(bits) => {
                bits.offset / 8 < to && bits.offset.saturating_add(bits.width).div_ceil(8) > from
            }
        };
        let what = if record.views.iter().any(inside) { "raw" } else { "pad" };
        let name = hidden(scope, &format!("{what}_{from}"));
        record.pieces.push(Piece::Bytes { name, len: to - from });
    }
}

/// A name that says that it is nobody's business.
fn hidden(scope: &mut Scope, name: &str) -> Ident {
    let name = scope.a_value(name);
    quote::format_ident!("_{name}")
}
