//! An object's own types, made from a kernel's: some members, in another order, renamed, of other types, under names with
//! a flavor. What programs of other versions would have declared, and worse.

use std::collections::HashMap;

use bpf_loader::btf::build::{Builder, Encoding, EnumValues, FwdKind};
use bpf_loader::btf::{Btf, Kind, Type, TypeId};

use super::composite::Part;
use super::made;
use super::rng::Rng;

/// Bytes of a pointer: all kernels here have 64 bits.
const POINTER: u32 = 8;
/// Enumerators that are copied of an enumeration.
const MOST_VALUES: usize = 12;

/// Levels of structs, pointers and arrays that are copied: of most types, and of those made for their depth.
const DEPTH: u32 = 3;
const DEEP: u32 = 64;

pub(super) struct Mirror<'k> {
    pub(super) kernel: &'k Btf,
    pub(super) builder: Builder,
    pub(super) rng: Rng,
    /// Integers by size and sign, and other numbers by their id in the kernel: once each.
    numbers: HashMap<(u32, bool), Made>,
    copied: HashMap<TypeId, Made>,
    /// Structs and unions that are there already, by their id in the kernel.
    pub(super) built: HashMap<TypeId, TypeId>,
}

/// A type of the object, and its bytes.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub(super) id: TypeId,
    pub(super) size: u32,
}

impl<'k> Mirror<'k> {
    pub(super) fn new(kernel: &'k Btf, seed: u64) -> Self {
        Self {
            kernel,
            builder: Builder::new(kernel.endian()),
            rng: Rng::new(seed),
            numbers: HashMap::new(),
            copied: HashMap::new(),
            built: HashMap::new(),
        }
    }

    /// A type that the kernel's is the model of, under its name, a flavor of it, or rarely one that the kernel does not
    /// have. `None` where BTF cannot hold what came of it.
    pub(super) fn root(&mut self, id: TypeId) -> Option<TypeId> {
        let name = self.kernel.get(id).and_then(|found| found.name()).ok()?;
        self.rng.calm = name.starts_with(made::DEEP);
        let depth = if self.rng.calm { DEEP } else { DEPTH };
        let made = self.root_of(id, depth);
        self.rng.calm = false;
        made
    }

    fn root_of(&mut self, id: TypeId, depth: u32) -> Option<TypeId> {
        let found = self.kernel.get(id).ok()?;
        let own = found.name().ok()?;
        let name = match self.rng.below(100) {
            _ if own.is_empty() => String::new(),
            0..30 => format!("{own}___other"),
            30..33 => format!("{own}_gone"),
            _ => own.to_owned(),
        };
        Some(match found.kind() {
            Kind::STRUCT | Kind::UNION => self.composite(&found, &name, depth)?.id,
            Kind::ENUM | Kind::ENUM64 => self.enumeration(&found, &name)?.id,
            Kind::TYPEDEF => {
                let target = self.value(found.target()?, depth)?;
                self.builder.add_typedef(&name, target.id).ok()?
            }
            Kind::FWD => self.forward(&found, &name)?.id,
            Kind::INT | Kind::FLOAT => self.number(&found, &name)?.id,
            _ => self.value(id, depth)?.id,
        })
    }

    /// As the kernel has it, as far down as `depth`, with structs and enumerations changed.
    pub(super) fn value(&mut self, id: TypeId, depth: u32) -> Option<Made> {
        if id == TypeId::VOID {
            return Some(Made { id, size: 0 });
        }
        if let Some(known) = self.copied.get(&id) {
            return Some(*known);
        }
        let found = self.kernel.get(id).ok()?;
        let name = found.name().ok()?;
        match found.kind() {
            Kind::INT | Kind::FLOAT => {
                let made = self.number(&found, name)?;
                self.copied.insert(id, made);
                Some(made)
            }
            Kind::PTR => {
                let target = self.pointee(found.target()?, depth)?;
                self.pointer(target)
            }
            Kind::ARRAY => {
                let array = found.array()?;
                let element = self.value(array.element, depth)?;
                let len = if self.rng.percent(30) { self.other_len(array.len) } else { array.len };
                self.array(element, len)
            }
            Kind::STRUCT | Kind::UNION => self.composite(&found, name, depth.checked_sub(1)?),
            Kind::ENUM | Kind::ENUM64 => self.enumeration(&found, name),
            Kind::FWD => self.forward(&found, name),
            Kind::FUNC_PROTO => self.prototype(&found, depth),
            kind => {
                let target = self.value(found.target()?, depth)?;
                let id = match kind {
                    Kind::CONST => self.builder.add_const(target.id),
                    Kind::VOLATILE => self.builder.add_volatile(target.id),
                    Kind::RESTRICT => self.builder.add_restrict(target.id),
                    Kind::TYPEDEF => self.builder.add_typedef(name, target.id),
                    Kind::TYPE_TAG if !found.kflag() => self.builder.add_type_tag(name, target.id),
                    _ => Ok(target.id),
                };
                Some(Made { id: id.ok()?, ..target })
            }
        }
    }

    fn number(&mut self, found: &Type<'_>, name: &str) -> Option<Made> {
        let size = found.size()?;
        let id = match found.int() {
            Some(int) => self.builder.add_int_bits(name, size, int),
            None => self.builder.add_float(name, size),
        };
        Some(Made { id: id.ok()?, size })
    }

    /// What pointers point to is mostly declared only.
    fn pointee(&mut self, id: TypeId, depth: u32) -> Option<TypeId> {
        let found = match self.kernel.get(id) {
            Ok(found) if id != TypeId::VOID => found,
            _ => return Some(TypeId::VOID),
        };
        let name = found.name().ok()?;
        if !found.kind().is_composite() || name.is_empty() {
            return match depth.checked_sub(1) {
                Some(depth) => self.value(id, depth).map(|made| made.id).or(Some(TypeId::VOID)),
                None => Some(TypeId::VOID),
            };
        }
        match self.rng.below(100) {
            0..40 if self.built.contains_key(&id) => self.built.get(&id).copied(),
            0..10 if depth > 0 => Some(self.composite(&found, name, 0)?.id),
            10..13 => self.builder.add_fwd(&format!("{name}___fwd"), FwdKind::Struct).ok(),
            13..16 => self.builder.add_fwd(&format!("{name}_gone"), FwdKind::Struct).ok(),
            16..19 => self.builder.add_fwd(name, FwdKind::Union).ok(),
            _ => {
                let kind = if found.kind() == Kind::UNION { FwdKind::Union } else { FwdKind::Struct };
                self.builder.add_fwd(name, kind).ok()
            }
        }
    }

    pub(super) fn pointer(&mut self, target: TypeId) -> Option<Made> {
        Some(Made { id: self.builder.add_ptr(target).ok()?, size: POINTER })
    }

    pub(super) fn array(&mut self, element: Made, len: u32) -> Option<Made> {
        let index = self.int(4, false)?.id;
        let id = self.builder.add_array(element.id, index, len).ok()?;
        Some(Made { id, size: element.size.checked_mul(len).filter(|size| *size < 1 << 24)? })
    }

    /// Another number of elements than the kernel's.
    pub(super) fn other_len(&mut self, len: u32) -> u32 {
        match self.rng.below(5) {
            0 => 0,
            1 => 1,
            2 => len.saturating_sub(1),
            3 => len.saturating_add(1),
            _ => len.saturating_add(7),
        }
    }

    /// An integer of the object's own.
    pub(super) fn int(&mut self, size: u32, signed: bool) -> Option<Made> {
        if let Some(known) = self.numbers.get(&(size, signed)) {
            return Some(*known);
        }
        let name = format!("{}{}", if signed { 's' } else { 'u' }, size * 8);
        let encoding = if signed { Encoding::Signed } else { Encoding::Unsigned };
        let made = Made { id: self.builder.add_int(&name, size, encoding).ok()?, size };
        self.numbers.insert((size, signed), made);
        Some(made)
    }

    fn forward(&mut self, found: &Type<'_>, name: &str) -> Option<Made> {
        let kind = if found.kflag() { FwdKind::Union } else { FwdKind::Struct };
        Some(Made { id: self.builder.add_fwd(name, kind).ok()?, size: 0 })
    }

    fn prototype(&mut self, found: &Type<'_>, depth: u32) -> Option<Made> {
        let returns = self.value(found.target()?, depth)?.id;
        let mut params = Vec::new();
        for param in found.params() {
            let other = self.rng.percent(4);
            let id = if other && param.type_id != TypeId::VOID {
                self.int(4, true)?.id
            } else {
                self.value(param.type_id, depth)?.id
            };
            params.push((param.name().ok()?, id));
        }
        if self.rng.percent(5) {
            params.pop();
        }
        Some(Made { id: self.builder.add_func_proto(returns, &params).ok()?, size: 0 })
    }

    fn enumeration(&mut self, found: &Type<'_>, name: &str) -> Option<Made> {
        let all: Vec<_> = found.enumerators().collect();
        let mut values = Vec::new();
        for one in self.rng.some(all, MOST_VALUES) {
            let (own, mut value) = (one.name().ok()?.to_owned(), one.value);
            let own = match self.rng.below(100) {
                0..6 => format!("{own}_GONE"),
                6..16 => format!("{own}___OTHER"),
                16..30 => {
                    value = value.wrapping_add(u64::from(self.rng.below(1000)));
                    own
                }
                30..33 => {
                    value |= 0x8000_0000;
                    own
                }
                _ => own,
            };
            values.push((own, value));
        }
        let size = if self.rng.percent(6) { 8 } else { found.size()? };
        let signed = found.kflag() != self.rng.percent(10);
        let narrow = |value: u64| {
            if signed { i32::try_from(value.cast_signed()).is_ok() } else { u32::try_from(value).is_ok() }
        };
        let wide = size == 8 && (found.kind() == Kind::ENUM64 || self.rng.percent(50))
            || values.iter().any(|(_, value)| !narrow(*value));
        let signed_values: Vec<(&str, i64)> =
            values.iter().map(|(name, value)| (name.as_str(), value.cast_signed())).collect();
        let unsigned_values: Vec<(&str, u64)> =
            values.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let values =
            if signed { EnumValues::Signed(&signed_values) } else { EnumValues::Unsigned(&unsigned_values) };
        let id = match wide {
            true => self.builder.add_enum64(name, size, values),
            false => self.builder.add_enum(name, size, values),
        };
        Some(Made { id: id.ok()?, size })
    }

    /// Adds a struct or union of these parts.
    pub(super) fn add(&mut self, kind: Kind, name: &str, parts: &[Part], packed: bool) -> Option<Made> {
        let (fields, size) = super::composite::place(kind, parts, packed)?;
        let id = match kind {
            Kind::UNION => self.builder.add_union(name, size, &fields),
            _ => self.builder.add_struct(name, size, &fields),
        };
        Some(Made { id: id.ok()?, size })
    }
}
