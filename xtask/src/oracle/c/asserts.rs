//! What the BTF says about layouts, as assertions in C: the size of each named type, the place of each member.

use std::collections::HashMap;
use std::fmt::Write as _;

use bpf_loader::btf::{Btf, Kind, Type, layout};

/// The assertions about one type.
pub(super) struct Asserts {
    /// `struct list_head`
    pub(super) of: String,
    pub(super) text: String,
    pub(super) count: usize,
}

/// How deep members without a name nest.
const MAX_NESTING: u32 = 16;

/// Assertions about every struct, union, enum and typedef whose name no other type has: of several with one name, the
/// header numbers all but one. Each fails with the message `#N`, N being its place in the list.
pub(super) fn asserts(btf: &Btf) -> Vec<Asserts> {
    let mut names: HashMap<(bool, &str), usize> = HashMap::new();
    let defined = |found: &Type<'_>| {
        let kind = found.kind();
        let definition = kind.is_composite() || kind.is_enum() && found.vlen() > 0 || kind == Kind::TYPEDEF;
        definition && !found.name().unwrap_or_default().is_empty()
    };
    for found in btf.types() {
        // Enumerators share their names with typedefs.
        for variant in found.enumerators() {
            *names.entry((true, variant.name().unwrap_or_default())).or_default() += 1;
        }
        if defined(&found) {
            *names.entry((found.kind() == Kind::TYPEDEF, found.name().unwrap_or_default())).or_default() += 1;
        }
    }
    let mut all = Vec::new();
    for found in btf.types().filter(defined) {
        let name = found.name().unwrap_or_default();
        if names.get(&(found.kind() == Kind::TYPEDEF, name)) != Some(&1) || name == "__builtin_va_list" {
            continue;
        }
        let word = match found.kind() {
            Kind::STRUCT => "struct ",
            Kind::UNION => "union ",
            Kind::TYPEDEF => "",
            _ => "enum ",
        };
        let mut asserts = Asserts { of: format!("{word}{name}"), text: String::new(), count: 0 };
        let number = all.len();
        if let Some(size) = size(btf, &found) {
            asserts.add(&format!("sizeof({word}{name}) == {size}"), number);
        }
        if found.kind().is_composite() {
            asserts.members(btf, &found, 0, number, MAX_NESTING);
        }
        if asserts.count > 0 {
            all.push(asserts);
        }
    }
    all
}

/// Bytes of the type; `None` where C gives it none (`void`, functions, types only declared).
fn size(btf: &Btf, found: &Type<'_>) -> Option<u32> {
    layout::size_of(btf, found.id()).ok()
}

impl Asserts {
    fn add(&mut self, condition: &str, number: usize) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "_Static_assert({condition}, \"#{number}\");");
        self.count += 1;
    }

    /// The places of members; those of members without a name count as the outer one's own. C has no way to ask for the
    /// place of a bitfield.
    fn members(&mut self, btf: &Btf, found: &Type<'_>, base: u32, number: usize, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for member in found.members() {
            let name = member.name().unwrap_or_default();
            let bits = base + member.bit_offset;
            if name.is_empty() {
                if let Ok(inner) = layout::strip_qualifiers(btf, member.type_id)
                    && inner.kind().is_composite()
                {
                    self.members(btf, &inner, bits, number, depth);
                }
            } else if let Ok(None) = layout::bitfield(btf, &member) {
                let condition = format!("__builtin_offsetof({}, {name}) == {}", self.of, bits / 8);
                self.add(&condition, number);
            }
        }
    }
}
