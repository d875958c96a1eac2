//! Definitions and forward declarations.

use super::layout::{Gap, Shape};
use super::names::{Label, Space};
use super::order::too_deep;
use super::printer::{MAX_DEPTH, Printer, Stage};
use super::records::Record;
use crate::error::TypeError;
use crate::kind::Kind;

/// A type that compilers have and do not define, so that no header may.
const BUILT_IN: &[u8] = b"__builtin_va_list";
/// What old compilers call it, and describe as `void`.
const GNU_VA_LIST: &[u8] = b"__gnuc_va_list";

/// Integers that gcc has for aarch64 only, and clang under no name: what they are.
const ALIASES: [(&[u8], &str); 4] = [
    (b"__Poly8_t", "unsigned char"),
    (b"__Poly16_t", "unsigned short"),
    (b"__Poly64_t", "unsigned long long"),
    (b"__Poly128_t", "unsigned __int128"),
];

impl<'a> Printer<'a, '_> {
    /// Prints the definition of a type from the queue; or, inside of another definition (`inside` is not 0), the
    /// declarations without which that cannot name the type.
    #[inline]
    pub(super) fn emit(&mut self, id: u32, inside: u32, depth: u32) -> Result<(), TypeError> {
        let state = self.states.get(id);
        if state.emitted() == Stage::Done || id == 0 || (inside != 0 && state.forward()) {
            return Ok(());
        }
        self.emit_open(id, inside, depth)
    }

    /// Whether a type can be named inside of any definition from now on: it, or a declaration of it, is printed.
    fn settled(&self, id: u32) -> bool {
        let state = self.states.get(id);
        id == 0 || state.emitted() == Stage::Done || state.forward()
    }

    fn emit_open(&mut self, id: u32, inside: u32, depth: u32) -> Result<(), TypeError> {
        let state = self.states.get(id);
        self.records.step(id)?;
        if depth > MAX_DEPTH {
            return Err(too_deep(id));
        }
        let record = self.records.get(id)?;
        if state.emitted() == Stage::Within {
            return if state.forward() { Ok(()) } else { self.emit_within(id, record, inside, depth) };
        }
        match record.kind() {
            Kind::INT => {
                self.set_emitted(id, Stage::Done);
                self.alias(id, record)
            }
            Kind::ENUM | Kind::ENUM64 => {
                self.set_emitted(id, Stage::Done);
                if inside == 0 { self.definition(|this| this.enumeration(id, record, 0)) } else { Ok(()) }
            }
            Kind::PTR | Kind::VOLATILE | Kind::CONST | Kind::RESTRICT | Kind::TYPE_TAG => {
                self.emit(record.word, inside, depth + 1)?;
                if self.settled(record.word) {
                    self.set_emitted(id, Stage::Done);
                }
                Ok(())
            }
            Kind::ARRAY => {
                let [element, _, _] = record.array(self.records.endian);
                self.emit(element, inside, depth + 1)?;
                if self.settled(element) {
                    self.set_emitted(id, Stage::Done);
                }
                Ok(())
            }
            Kind::FWD => {
                self.set_emitted(id, Stage::Done);
                self.definition(|this| this.forward(id, record))
            }
            Kind::TYPEDEF => {
                self.set_emitted(id, Stage::Within);
                let needs = self.emit(record.word, id, depth + 1);
                self.set_emitted(id, Stage::Done);
                needs?;
                // Somebody below may have needed it already.
                if self.states.get(id).forward() { Ok(()) } else { self.typedef(id, record, depth) }
            }
            Kind::STRUCT | Kind::UNION => self.emit_composite(id, record, inside, depth),
            Kind::FUNC_PROTO => {
                self.emit(record.word, inside, depth + 1)?;
                let mut settled = self.settled(record.word);
                for [_, param] in record.pairs(self.records.endian) {
                    self.emit(param, inside, depth + 1)?;
                    settled &= self.settled(param);
                }
                if settled {
                    self.set_emitted(id, Stage::Done);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A type that the definition at hand is for, or stands in, is named inside of it.
    fn emit_within(&mut self, id: u32, record: Record<'a>, inside: u32, depth: u32) -> Result<(), TypeError> {
        match record.kind() {
            Kind::STRUCT | Kind::UNION if id == inside => Ok(()),
            Kind::STRUCT | Kind::UNION if record.name == 0 => Err(too_deep(id)),
            Kind::STRUCT | Kind::UNION => self.declare(id, record),
            Kind::TYPEDEF => {
                self.states.change(id, |state| state.set_forward());
                self.typedef(id, record, depth)
            }
            _ => Ok(()),
        }
    }

    fn emit_composite(
        &mut self,
        id: u32,
        record: Record<'a>,
        inside: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        self.set_emitted(id, Stage::Within);
        let anonymous = record.name == 0;
        let needs = if inside == 0 || anonymous {
            let inside = if anonymous { inside } else { id };
            let mut members = record.members(self.records.endian);
            members.try_for_each(|member| self.emit(member.id, inside, depth + 1))
        } else if !self.states.get(id).forward() && id != inside {
            self.declare(id, record)
        } else {
            Ok(())
        };
        self.set_emitted(id, if inside == 0 { Stage::Done } else { Stage::Open });
        needs?;
        if inside == 0 { self.definition(|this| this.composite(id, record, 0, depth)) } else { Ok(()) }
    }

    fn set_emitted(&mut self, id: u32, stage: Stage) {
        self.states.change(id, |state| state.set_emitted(stage));
    }

    /// A definition with its semicolon, all of it or nothing.
    fn definition(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), TypeError>,
    ) -> Result<(), TypeError> {
        let mark = self.out.mark();
        let came = write(self);
        self.layouts.clear();
        match came {
            Ok(()) => self.out.text(";\n\n"),
            Err(_) => self.out.take_back(mark),
        }
        came
    }

    /// Declares a struct or union.
    fn declare(&mut self, id: u32, record: Record<'a>) -> Result<(), TypeError> {
        self.states.change(id, |state| state.set_forward());
        self.definition(|this| this.composite_name(id, record))
    }

    /// `struct name`
    pub(super) fn composite_name(&mut self, id: u32, record: Record<'a>) -> Result<(), TypeError> {
        let label = self.label(id, record, Space::Tags)?;
        self.out.text(if record.kind() == Kind::STRUCT { "struct" } else { "union" });
        if record.name != 0 {
            self.out.text(" ");
        }
        self.write_label(label);
        Ok(())
    }

    /// `struct name { … }`
    pub(super) fn composite(
        &mut self,
        id: u32,
        record: Record<'a>,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        let Shape { start, align, packed } = self.shape(id, record, depth)?;
        self.composite_name(id, record)?;
        self.out.text(" {");
        let (mut end, mut after_bits) = (0, false);
        let members = record.members(self.records.endian);
        let empty = members.len() == 0 && record.word == 0;
        for (index, member) in members.enumerate() {
            self.records.step(id)?;
            self.check_room(id)?;
            let layout = self.layouts.get(start + index).copied().unwrap_or_default();
            let name = self.records.string(member.name)?;
            let at = u64::from(member.at);
            let in_bits = after_bits && member.width != 0;
            let align = if packed { 1 } else { layout.align };
            self.pad(id, &Gap { from: end, to: at, align, in_bits }, level + 1)?;
            self.out.line(level + 1);
            self.decl(member.id, Label::of(name), level + 1, depth + 1)?;
            after_bits = member.width != 0;
            if after_bits {
                self.out.text(": ");
                self.out.number(u64::from(member.width));
                end = at + u64::from(member.width);
            } else {
                end = at + u64::from(layout.size) * 8;
            }
            self.out.text(";");
        }
        self.layouts.truncate(start);
        if record.kind() == Kind::STRUCT {
            let to = u64::from(record.word) * 8;
            self.pad(id, &Gap { from: end, to, align, in_bits: false }, level + 1)?;
        }
        if empty {
            self.out.text("}");
        } else {
            self.out.line(level);
            self.out.text("}");
        }
        if packed {
            self.out.text(" __attribute__((packed))");
        }
        Ok(())
    }

    /// `enum name`
    pub(super) fn enumeration_name(&mut self, id: u32, record: Record<'a>) -> Result<(), TypeError> {
        let label = self.label(id, record, Space::Tags)?;
        self.out.text("enum ");
        self.write_label(label);
        Ok(())
    }

    /// `enum name { … }`
    pub(super) fn enumeration(&mut self, id: u32, record: Record<'a>, level: u32) -> Result<(), TypeError> {
        let label = self.label(id, record, Space::Tags)?;
        self.out.text(if record.name == 0 { "enum" } else { "enum " });
        self.write_label(label);
        if record.vlen() == 0 {
            return Ok(());
        }
        self.out.text(" {");
        let (endian, signed) = (self.records.endian, record.kflag());
        // A value of 8 bytes makes the enum as long by itself if it needs them.
        let mut long = false;
        if record.kind() == Kind::ENUM {
            for [name, value] in record.pairs(endian) {
                self.enumerator(id, name, level)?;
                if signed {
                    self.out.signed(i64::from(value.cast_signed()));
                } else {
                    self.out.number(u64::from(value));
                }
                self.out.text(",");
            }
        } else {
            for [name, low, high] in record.triples(endian) {
                self.enumerator(id, name, level)?;
                let value = u64::from(high) << 32 | u64::from(low);
                long |= high != 0;
                if signed {
                    self.out.signed(value.cast_signed());
                    self.out.text("LL,");
                } else {
                    self.out.number(value);
                    self.out.text("ULL,");
                }
            }
        }
        self.out.line(level);
        self.out.text("}");
        match record.word {
            1 => self.out.text(" __attribute__((mode(byte)))"),
            8 if self.pointer_size == 8 && !long => self.out.text(" __attribute__((mode(word)))"),
            _ => {}
        }
        Ok(())
    }

    fn enumerator(&mut self, id: u32, name: u32, level: u32) -> Result<(), TypeError> {
        self.records.step(id)?;
        self.check_room(id)?;
        let text = self.records.string(name)?;
        let number = self.names.take(Space::Idents, name, text, &self.records);
        self.out.line(level + 1);
        self.write_label(Label { text, number });
        self.out.text(" = ");
        Ok(())
    }

    /// `struct name`, of a `FWD`.
    pub(super) fn forward(&mut self, id: u32, record: Record<'a>) -> Result<(), TypeError> {
        let label = self.label(id, record, Space::Tags)?;
        self.out.text(if record.kflag() { "union " } else { "struct " });
        self.write_label(label);
        Ok(())
    }

    fn typedef(&mut self, id: u32, record: Record<'a>, depth: u32) -> Result<(), TypeError> {
        if self.records.string(record.name)?.bytes() == BUILT_IN {
            return Ok(());
        }
        self.definition(|this| {
            let label = this.label(id, record, Space::Idents)?;
            if record.word == 0 && label.number <= 1 && label.text.bytes() == GNU_VA_LIST {
                this.out.text("typedef __builtin_va_list __gnuc_va_list");
                return Ok(());
            }
            this.out.text("typedef ");
            this.decl(record.word, label, 0, depth + 1)
        })
    }

    fn alias(&mut self, id: u32, record: Record<'a>) -> Result<(), TypeError> {
        let label = self.label(id, record, Space::Tags)?;
        if label.number > 1 {
            return Ok(());
        }
        if let Some((_, means)) = ALIASES.iter().find(|(name, _)| *name == label.text.bytes()) {
            self.out.text("typedef ");
            self.out.text(means);
            self.out.text(" ");
            self.out.name(label.text);
            self.out.text(";\n\n");
        }
        Ok(())
    }
}
