//! One declaration. BTF has the type from the outside in (pointer to array of int), C writes it from the inside out, around
//! the name.

use super::names::{Label, Space};
use super::order::too_deep;
use super::printer::{MAX_DEPTH, Printer};
use super::records::Record;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::TypeId;

/// Whether a declaration may begin with such a type.
fn has_base(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::VOID
            | Kind::INT
            | Kind::FLOAT
            | Kind::ENUM
            | Kind::ENUM64
            | Kind::FWD
            | Kind::STRUCT
            | Kind::UNION
            | Kind::TYPEDEF
    )
}

impl<'a> Printer<'a, '_> {
    /// Prints the declaration of something as that type.
    pub(super) fn decl(
        &mut self,
        id: u32,
        label: Label<'_>,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        if depth > MAX_DEPTH {
            return Err(too_deep(id));
        }
        self.records.step(id)?;
        let record = self.records.get(id)?;
        if has_base(record.kind()) {
            self.base(id, record, level, depth)?;
            self.declared(label, false);
            return Ok(());
        }
        if record.kind() == Kind::PTR {
            let target = self.records.get(record.word)?;
            if has_base(target.kind()) {
                self.base(record.word, target, level, depth)?;
                self.out.text(" *");
                self.write_label(label);
                return Ok(());
            }
        }
        let start = self.chains.len();
        let mut came = self.collect(id);
        if came.is_ok() {
            came = self.chain(start, self.chains.len(), label, level, depth);
        }
        self.chains.truncate(start);
        came
    }

    /// The types from the outermost to one that has a name of its own, or a body.
    fn collect(&mut self, id: u32) -> Result<(), TypeError> {
        let mut at = id;
        for _ in 0..=MAX_DEPTH {
            self.records.step(id)?;
            let record = self.records.get(at)?;
            let kind = record.kind();
            if !(self.strip_qualifiers && kind.is_qualifier()) {
                self.chains.push((at, record));
            }
            at = match kind {
                _ if at == 0 => return Ok(()),
                Kind::ARRAY => record.array(self.records.endian)[0],
                Kind::PTR | Kind::FUNC_PROTO => record.word,
                kind if kind.is_qualifier() => record.word,
                kind if has_base(kind) => return Ok(()),
                kind => return Err(TypeError::NoSize { id: TypeId(at), kind }),
            };
        }
        Err(too_deep(id))
    }

    /// Prints the types of `chains[start..end]`, the last one first, and the name among them.
    fn chain(
        &mut self,
        start: usize,
        mut end: usize,
        label: Label<'_>,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        // A star needs no space behind `(` and `*`.
        let mut after_star = true;
        while let Some((id, record)) = self.outermost(start, &mut end) {
            let kind = record.kind();
            match kind {
                Kind::PTR => self.out.text(if after_star { "*" } else { " *" }),
                Kind::VOLATILE => self.out.text(" volatile"),
                Kind::CONST => self.out.text(" const"),
                Kind::RESTRICT => self.out.text(" restrict"),
                Kind::TYPE_TAG => {
                    self.qualifiers(start, &mut end);
                    let tag = self.records.string(record.name)?;
                    let (before, behind) = if record.kflag() { ("", "") } else { ("btf_type_tag(\"", "\")") };
                    self.out.text(" __attribute__((");
                    self.out.text(before);
                    self.out.name(tag);
                    self.out.text(behind);
                    self.out.text("))");
                }
                Kind::ARRAY => {
                    let [_, _, len] = record.array(self.records.endian);
                    return self.array(len, (start, end), label, after_star, level, depth);
                }
                Kind::FUNC_PROTO => {
                    return self.function(record, (start, end), label, after_star, level, depth);
                }
                _ => {
                    self.qualifiers(start, &mut end);
                    self.base(id, record, level, depth)?;
                }
            }
            after_star = kind == Kind::PTR;
        }
        self.declared(label, after_star);
        Ok(())
    }

    fn outermost(&self, start: usize, end: &mut usize) -> Option<(u32, Record<'a>)> {
        let found = self.chains.get(start..*end)?.last().copied()?;
        *end -= 1;
        Some(found)
    }

    fn next_kind(&self, start: usize, end: usize) -> Option<Kind> {
        self.chains.get(start..end)?.last().map(|(_, record)| record.kind())
    }

    /// Qualifiers stand before all types but pointers.
    fn qualifiers(&mut self, start: usize, end: &mut usize) {
        loop {
            match self.next_kind(start, *end) {
                Some(Kind::VOLATILE) => self.out.text("volatile "),
                Some(Kind::CONST) => self.out.text("const "),
                Some(Kind::RESTRICT) => self.out.text("restrict "),
                _ => return,
            }
            *end -= 1;
        }
    }

    /// Some compilers qualify an array and its elements, or a function that does not return: said once is enough, or
    /// means nothing.
    fn drop_qualifiers(&self, start: usize, end: &mut usize) {
        while self.next_kind(start, *end).is_some_and(Kind::is_qualifier) {
            *end -= 1;
        }
    }

    fn declared(&mut self, label: Label<'_>, after_star: bool) {
        if !label.text.is_empty() && !after_star {
            self.out.text(" ");
        }
        self.write_label(label);
    }

    /// What a declaration begins with.
    fn base(&mut self, id: u32, record: Record<'a>, level: u32, depth: u32) -> Result<(), TypeError> {
        match record.kind() {
            Kind::VOID => self.out.text("void"),
            Kind::INT | Kind::FLOAT => {
                let name = self.records.string(record.name)?;
                self.out.name(name);
            }
            Kind::STRUCT | Kind::UNION if record.name == 0 => {
                return self.composite(id, record, level, depth);
            }
            Kind::STRUCT | Kind::UNION => return self.composite_name(id, record),
            Kind::ENUM | Kind::ENUM64 if record.name == 0 => return self.enumeration(id, record, level),
            Kind::ENUM | Kind::ENUM64 => return self.enumeration_name(id, record),
            Kind::FWD => return self.forward(id, record),
            _ => {
                let label = self.label(id, record, Space::Idents)?;
                self.write_label(label);
            }
        }
        Ok(())
    }

    fn array(
        &mut self,
        len: u32,
        (start, mut end): (usize, usize),
        label: Label<'_>,
        after_star: bool,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        self.drop_qualifiers(start, &mut end);
        match self.next_kind(start, end) {
            None => self.declared(label, after_star),
            Some(next) => {
                if !label.text.is_empty() && !after_star {
                    self.out.text(" ");
                }
                let nested = next == Kind::ARRAY;
                self.out.text(if nested { "" } else { "(" });
                self.nested(start, end, label, level, depth)?;
                self.out.text(if nested { "" } else { ")" });
            }
        }
        self.out.text("[");
        self.out.number(u64::from(len));
        self.out.text("]");
        Ok(())
    }

    fn function(
        &mut self,
        record: Record<'a>,
        (start, mut end): (usize, usize),
        label: Label<'_>,
        after_star: bool,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        self.drop_qualifiers(start, &mut end);
        if start < end {
            self.out.text(" (");
            self.nested(start, end, label, level, depth)?;
            self.out.text(")");
        } else {
            self.declared(label, after_star);
        }
        self.out.text("(");
        let params = record.pairs(self.records.endian);
        let count = params.len();
        for (index, [name, param]) in params.enumerate() {
            if index > 0 {
                self.out.text(", ");
            }
            if param == 0 && index + 1 == count {
                // clang says `void` where there are no parameters.
                self.out.text(if count == 1 { "void" } else { "..." });
                break;
            }
            self.check_room(param)?;
            let name = self.records.string(name)?;
            self.decl(param, Label::of(name), level, depth + 1)?;
        }
        self.out.text(if count == 0 { "void)" } else { ")" });
        Ok(())
    }

    fn nested(
        &mut self,
        start: usize,
        end: usize,
        label: Label<'_>,
        level: u32,
        depth: u32,
    ) -> Result<(), TypeError> {
        if depth >= MAX_DEPTH {
            let id = self.chains.get(start).map_or(0, |(id, _)| *id);
            return Err(too_deep(id));
        }
        self.chain(start, end, label, level, depth + 1)
    }
}
