//! A struct_ops variable as text: its callbacks by name, and every value that is not zero.

use std::fmt::{self, Write as _};

use bpf_btf::layout::{size_of, strip_modifiers};
use bpf_btf::{Btf, Endian, Kind, Member, Type};

use super::{Dump, line};
use crate::struct_ops::StructOpsVar;

/// How deep structs are followed.
const DEPTH_LIMIT: u32 = 8;
/// How many members are looked at, those of nested structs included. The members of a damaged struct may overlap.
const MEMBER_LIMIT: usize = 10_000;

impl<'a> Dump<'a> {
    pub(super) fn struct_ops(&mut self, var: &'a StructOpsVar) -> fmt::Result {
        let by = if var.link { "link" } else { "map update" };
        line!(self, "  ", "struct {}, section {}, attached by {by}", var.type_name, var.section);
        let Some((btf, found)) = self.object.btf().and_then(|btf| Some((btf, btf.get(var.type_id).ok()?)))
        else {
            return Ok(());
        };
        let mut printer = Printer { dump: self, btf, var, left: MEMBER_LIMIT };
        printer.members(&found, 0, "", 0)
    }
}

struct Printer<'p, 'a> {
    dump: &'p mut Dump<'a>,
    btf: &'a Btf,
    var: &'a StructOpsVar,
    left: usize,
}

impl<'a> Printer<'_, 'a> {
    /// The members of a struct that begins at that bit of the image.
    fn members(&mut self, found: &Type<'a>, start: u64, path: &str, depth: u32) -> fmt::Result {
        for member in found.members() {
            let Some(left) = self.left.checked_sub(1) else { return Ok(()) };
            self.left = left;
            let name = member.name().unwrap_or("?");
            let path = format!("{path}.{}", if name.is_empty() { "<anonymous>" } else { name });
            self.member(&member, start.saturating_add(u64::from(member.bit_offset)), &path, depth)?;
        }
        Ok(())
    }

    fn member(&mut self, member: &Member<'a>, bit: u64, path: &str, depth: u32) -> fmt::Result {
        let callback = self.var.callbacks.iter().find(|(at, _)| u64::from(*at).saturating_mul(8) == bit);
        if let (Some((_, function)), None) = (callback, member.bitfield) {
            let name = self.dump.object.function(*function).map_or("?", |function| &function.name);
            line!(self.dump, "  ", "{path} = {name}");
            return Ok(());
        }
        if let Some(width) = member.bitfield {
            if let Some(value) = self.bits(bit, width).filter(|value| *value != 0) {
                line!(self.dump, "  ", "{path}:{width} = {value}");
            }
            return Ok(());
        }
        let size = size_of(self.btf, member.type_id).unwrap_or(0);
        let bytes = self.bytes(bit, size);
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let Ok(found) = strip_modifiers(self.btf, member.type_id) else { return Ok(()) };
        match found.kind() {
            Kind::STRUCT | Kind::UNION if depth < DEPTH_LIMIT => {
                self.members(&found, bit, path, depth.saturating_add(1))
            }
            Kind::INT | Kind::ENUM | Kind::ENUM64 => {
                let signed = found.int().map_or(found.kflag(), |int| int.signed);
                line!(self.dump, "  ", "{path} = {}", number(self.number(bytes), bytes.len(), signed));
                Ok(())
            }
            _ => {
                match text(&found, self.btf, bytes) {
                    Some(text) => line!(self.dump, "  ", "{path} = {text:?}"),
                    None => line!(self.dump, "  ", "{path} = {size} bytes, not all zero"),
                }
                Ok(())
            }
        }
    }

    fn bytes(&self, bit: u64, size: u32) -> &'a [u8] {
        let start = usize::try_from(bit / 8).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
        self.var.image.get(start..end).unwrap_or_default()
    }

    fn number(&self, bytes: &[u8]) -> u128 {
        let add = |value: u128, byte: &u8| value << 8 | u128::from(*byte);
        match self.btf.endian() {
            Endian::Little => bytes.iter().rev().fold(0, add),
            Endian::Big => bytes.iter().fold(0, add),
        }
    }

    /// A bitfield: its bits count from the low end on little-endian machines, from the high end on others.
    fn bits(&self, bit: u64, width: u8) -> Option<u128> {
        let first = u32::try_from(bit % 8).ok()?;
        let width = u32::from(width);
        let size = first.checked_add(width)?.div_ceil(8);
        let value = self.number(self.bytes(bit, size));
        let shift = match self.btf.endian() {
            Endian::Little => first,
            Endian::Big => size.checked_mul(8)?.checked_sub(first)?.checked_sub(width)?,
        };
        value
            .checked_shr(shift)
            .map(|value| value & 1u128.checked_shl(width).map_or(u128::MAX, |bit| bit.saturating_sub(1)))
    }
}

fn number(value: u128, bytes: usize, signed: bool) -> String {
    let unused = u32::try_from(bytes).ok().and_then(|bytes| 128u32.checked_sub(bytes.checked_mul(8)?));
    match unused.filter(|_| signed) {
        Some(unused) => (value.checked_shl(unused).unwrap_or(0).cast_signed() >> unused.min(127)).to_string(),
        None => value.to_string(),
    }
}

/// The text in an array of characters.
fn text<'b>(found: &Type<'_>, btf: &Btf, bytes: &'b [u8]) -> Option<&'b str> {
    let element = strip_modifiers(btf, found.array()?.element).ok()?;
    if element.kind() != Kind::INT || element.size() != Some(1) {
        return None;
    }
    let end = bytes.iter().rposition(|byte| *byte != 0)?.checked_add(1)?;
    std::str::from_utf8(bytes.get(..end)?).ok()
}
