//! Structs and unions of the object: which members of the kernel's they have, how these differ, and where they lie.

use bpf_loader::btf::build::Field;
use bpf_loader::btf::{Kind, Member, Type, layout};

use super::mirror::{Made, Mirror};

/// Members that are copied of a struct or union.
const MOST_MEMBERS: usize = 14;

/// A member of the object's.
pub(super) struct Part {
    name: String,
    made: Made,
    /// Bits of a bitfield, or 0.
    width: u8,
}

impl Mirror<'_> {
    pub(super) fn composite(&mut self, found: &Type<'_>, name: &str, depth: u32) -> Option<Made> {
        let all: Vec<Member<'_>> = found.members().collect();
        let most = if depth == 0 { 4 } else { MOST_MEMBERS };
        let mut members = self.rng.some(all, most);
        if self.rng.percent(33) {
            self.rng.shuffle(&mut members);
        }
        let mut parts = Vec::new();
        for member in members {
            // What is nested too deep is left out.
            self.part(&member, depth, &mut parts);
        }
        let kind = match found.kind() {
            Kind::STRUCT if self.rng.percent(2) => Kind::UNION,
            kind => kind,
        };
        let packed = self.rng.percent(12);
        let made = self.add(kind, name, &parts, packed)?;
        self.built.insert(found.id(), made.id);
        Some(made)
    }

    fn part(&mut self, member: &Member<'_>, depth: u32, parts: &mut Vec<Part>) -> Option<()> {
        let name = member.name().ok()?.to_owned();
        if name.is_empty() {
            return self.anonymous(member, depth, parts);
        }
        let kernel = layout::strip_modifiers(self.kernel, member.type_id).ok()?;
        let mut part =
            Part { name, made: self.value(member.type_id, depth)?, width: member.bitfield.unwrap_or(0) };
        let number = kernel.kind() == Kind::INT && matches!(part.made.size, 1 | 2 | 4 | 8);
        match self.rng.below(100) {
            _ if part.width != 0 => self.bitfield(&mut part),
            0..5 => part.name.push_str("_gone"),
            5..10 => (part.made, part.width) = (self.other()?, 0),
            10..20 if number => {
                let (size, signed) = (1 << self.rng.below(4), self.rng.percent(35));
                part.made = self.int(size, signed)?;
            }
            20..28 if number => part.width = self.width(part.made.size),
            28..33 => {
                let kind = if self.rng.percent(50) { Kind::STRUCT } else { Kind::UNION };
                let made = self.add(kind, "", &[part], false)?;
                part = Part { name: String::new(), made, width: 0 };
            }
            33..37 => {
                let len = 1 + self.rng.below(4);
                part.made = self.array(part.made, len)?;
            }
            _ => {}
        }
        parts.push(part);
        Some(())
    }

    /// The kernel's has another width, or is none.
    fn bitfield(&mut self, part: &mut Part) {
        match self.rng.below(100) {
            0..15 => part.width = self.width(part.made.size),
            15..30 => part.width = 0,
            30..34 => part.name.push_str("_gone"),
            _ => {}
        }
    }

    fn width(&mut self, size: u32) -> u8 {
        u8::try_from(1 + self.rng.below(size.min(8) * 8)).unwrap_or(1)
    }

    /// Sometimes its members are declared as if they were the outer one's own.
    fn anonymous(&mut self, member: &Member<'_>, depth: u32, parts: &mut Vec<Part>) -> Option<()> {
        let inner = layout::strip_modifiers(self.kernel, member.type_id).ok()?;
        if inner.kind().is_composite() && self.rng.percent(30) {
            let all: Vec<Member<'_>> = inner.members().collect();
            for member in self.rng.some(all, 5) {
                if !member.name().ok()?.is_empty() {
                    self.part(&member, depth, parts);
                }
            }
            return Some(());
        }
        // It is no level of its own, but a bound is needed.
        let deeper = u32::from(self.rng.percent(50));
        let made = self.composite(&inner, "", depth.checked_sub(deeper)?)?;
        parts.push(Part { name: String::new(), made, width: 0 });
        Some(())
    }

    /// A type that the kernel's member hardly has.
    fn other(&mut self) -> Option<Made> {
        let int = self.int(4, true)?;
        match self.rng.below(4) {
            0 => Some(int),
            1 => self.pointer(int.id),
            2 => self.array(int, 2),
            _ => {
                let part = Part { name: "inner".into(), made: int, width: 0 };
                self.add(Kind::STRUCT, "some_other_struct", &[part], false)
            }
        }
    }
}

/// Where each member lies, and the bytes of the whole: as C does it, or without gaps.
pub(super) fn place(kind: Kind, parts: &[Part], packed: bool) -> Option<(Vec<Field<'_>>, u32)> {
    let (mut at, mut end, mut fields) = (0_u32, 0_u32, Vec::new());
    for part in parts {
        let bits = part.made.size.checked_mul(8).filter(|bits| part.width == 0 || *bits > 0)?;
        let width = if part.width == 0 { bits } else { u32::from(part.width) };
        let unit = match part.width {
            0 if packed => 8,
            0 => 8 << part.made.size.trailing_zeros().min(3),
            // A bitfield does not cross a boundary of its type.
            _ if packed || at % bits + width <= bits => 1,
            _ => bits,
        };
        at = if kind == Kind::UNION { 0 } else { at.checked_next_multiple_of(unit)? };
        fields.push(Field::new(&part.name, part.made.id, at).bits(part.width));
        at = at.checked_add(width)?;
        end = end.max(at);
    }
    Some((fields, end.div_ceil(8)))
}
