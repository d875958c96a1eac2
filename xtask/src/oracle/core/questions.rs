//! Relocations of all kinds against an object's own types, each with an instruction as a compiler would have made it, and
//! some as none would.

use bpf_loader::btf::build::Builder;
use bpf_loader::btf::core::{Candidates, RelocKind, resolve};
use bpf_loader::btf::{Btf, CoreRecord, Kind, StrOffset, Type, TypeId, layout};

use super::elf::WIDE;
use super::rng::Rng;
use crate::oracle::facts::{Question, Slot};

const FIELD: [RelocKind; 6] = [
    RelocKind::FIELD_BYTE_OFFSET,
    RelocKind::FIELD_BYTE_SIZE,
    RelocKind::FIELD_EXISTS,
    RelocKind::FIELD_SIGNED,
    RelocKind::FIELD_LSHIFT_U64,
    RelocKind::FIELD_RSHIFT_U64,
];
const TYPE: [RelocKind; 5] = [
    RelocKind::TYPE_ID_LOCAL,
    RelocKind::TYPE_ID_TARGET,
    RelocKind::TYPE_EXISTS,
    RelocKind::TYPE_SIZE,
    RelocKind::TYPE_MATCHES,
];
const VALUE: [RelocKind; 2] = [RelocKind::ENUMVAL_EXISTS, RelocKind::ENUMVAL_VALUE];
/// What no compiler writes.
const DAMAGED: [&str; 6] = ["", "0:", "0:x", "0:60000", "0:0:0:0:0:0:0", "60000"];

/// Fields that are asked about of a type.
const FIELDS: usize = 5;
/// Accesses that are looked at to choose these.
const MOST_PATHS: usize = 600;

pub(super) struct Asker<'a> {
    /// The types, as far as they are known.
    btf: &'a Btf,
    /// Where access strings go.
    builder: &'a mut Builder,
    rng: &'a mut Rng,
    asked: Vec<(TypeId, RelocKind, StrOffset)>,
}

/// An access, as numbers.
type Path = Vec<u32>;

/// What is asked: type, kind, access string. The strings go into the builder.
pub(super) fn ask(
    btf: &Btf,
    builder: &mut Builder,
    rng: &mut Rng,
    roots: &[TypeId],
) -> Vec<(TypeId, RelocKind, StrOffset)> {
    let mut asker = Asker { btf, builder, rng, asked: Vec::new() };
    for root in roots {
        asker.about(*root);
    }
    asker.asked
}

impl Asker<'_> {
    fn about(&mut self, root: TypeId) -> Option<()> {
        let found = layout::strip_modifiers(self.btf, root).ok()?;
        for kind in self.rng.some(TYPE.to_vec(), 3) {
            self.ask(root, kind, "0");
        }
        if found.kind().is_composite() {
            let mut paths = Vec::new();
            self.paths(&found, &mut Vec::new(), 4, &mut paths);
            for path in self.rng.some(paths, FIELDS) {
                let first = if self.rng.percent(5) { 1 + self.rng.below(3) } else { 0 };
                let rest: String = path.iter().map(|number| format!(":{number}")).collect();
                for kind in self.rng.some(FIELD.to_vec(), 4) {
                    self.ask(root, kind, &format!("{first}{rest}"));
                }
            }
        }
        if found.kind().is_enum() {
            for index in self.rng.some((0..found.vlen()).collect(), 4) {
                for kind in VALUE {
                    self.ask(root, kind, &index.to_string());
                }
            }
        }
        if self.rng.percent(10) {
            let kinds = [&FIELD[..], &TYPE[..], &VALUE[..]].concat();
            let (kind, access) = (*self.rng.one(&kinds)?, *self.rng.one(&DAMAGED)?);
            self.ask(root, kind, access);
        }
        Some(())
    }

    fn ask(&mut self, root: TypeId, kind: RelocKind, access: &str) {
        // Strings of a few bytes do not fail.
        if let Ok(access) = self.builder.add_string(access) {
            self.asked.push((root, kind, access));
        }
    }

    /// The accesses that end at something with a name, or at an element of an array.
    fn paths(&mut self, at: &Type<'_>, path: &mut Path, depth: u32, found: &mut Vec<Path>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for member in at.members() {
            if found.len() >= MOST_PATHS {
                return;
            }
            path.push(member.index);
            if !member.name().unwrap_or_default().is_empty() {
                found.push(path.clone());
            }
            self.inside(member.type_id, path, depth, found);
            path.pop();
        }
    }

    fn inside(&mut self, id: TypeId, path: &mut Path, depth: u32, found: &mut Vec<Path>) {
        let Ok(at) = layout::strip_modifiers(self.btf, id) else { return };
        let Some(array) = at.array() else {
            self.paths(&at, path, depth, found);
            return;
        };
        let Some(depth) = depth.checked_sub(1) else { return };
        let past = if self.rng.percent(5) { array.len } else { 0 };
        let mut indices = vec![0, array.len.saturating_sub(1), past, if array.len == 0 { 3 } else { 0 }];
        indices.sort_unstable();
        indices.dedup();
        for index in indices {
            path.push(index);
            found.push(path.clone());
            self.inside(array.element, path, depth, found);
            path.pop();
        }
    }
}

/// The relocation, with an instruction that holds what a compiler puts there by the object's types.
pub(super) fn question(btf: &Btf, rng: &mut Rng, asked: (TypeId, RelocKind, StrOffset)) -> Question {
    let (type_id, kind, access) = asked;
    let record = CoreRecord { offset: 0, type_id, access, kind };
    let (held, bytes) = held(btf, &record);
    let held = if rng.percent(2) { held.wrapping_add(1) } else { held };
    Question { type_id: type_id.0, access: access.0, kind: kind.0, insns: insns(rng, kind, held, bytes) }
}

/// What the object's own types answer, and how many bytes the field has.
fn held(btf: &Btf, record: &CoreRecord) -> (u64, u32) {
    let nothing = Candidates::find(btf, record.type_id, &[]);
    let of_itself = |kind| {
        let found = resolve(btf, &CoreRecord { kind, ..*record }, nothing.as_ref().ok()?).ok()?;
        found.expected
    };
    let bytes = of_itself(RelocKind::FIELD_BYTE_SIZE).and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
    let value = match record.kind {
        RelocKind::TYPE_ID_LOCAL | RelocKind::TYPE_ID_TARGET => Some(u64::from(record.type_id.0)),
        RelocKind::ENUMVAL_VALUE => enumerator(btf, record),
        kind => of_itself(kind),
    };
    (value.unwrap_or(0), bytes)
}

/// As C extends it to 64 bits.
fn enumerator(btf: &Btf, record: &CoreRecord) -> Option<u64> {
    let found = layout::strip_modifiers(btf, record.type_id).ok()?;
    let index = btf.string(record.access).ok()?.parse().ok()?;
    let one = found.enumerators().nth(index)?;
    let narrow = u32::try_from(one.value).ok().filter(|_| found.kind() == Kind::ENUM && one.signed);
    Some(narrow.map_or(one.value, |narrow| i64::from(narrow.cast_signed()).cast_unsigned()))
}

/// Opcodes: the class, and how it computes or what it accesses.
const LDX: u8 = 0x61;
const STX: u8 = 0x63;
const ST: u8 = 0x62;
const MEMSX: u8 = 0x20;
const MOV: u8 = 0xb7;
const ADD: u8 = 0x07;
const MOV32: u8 = 0xb4;
const MOV_X: u8 = 0xbf;
const JUMP: u8 = 0x15;

fn insns(rng: &mut Rng, kind: RelocKind, held: u64, bytes: u32) -> [Slot; 2] {
    let [a, b, c, d, e, f, g, h] = held.to_le_bytes();
    let (low, high) = (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
    let access = |rng: &mut Rng, code: u8| {
        let random = 1_u32 << rng.below(4);
        let bytes = if matches!(bytes, 1 | 2 | 4 | 8) && !rng.percent(5) { bytes } else { random };
        let size = match bytes {
            1 => 0x10,
            2 => 0x08,
            4 => 0,
            _ => 0x18,
        };
        Slot { code: code & !0x18 | size, dst: 1, src: 2, off: i16::from_le_bytes([a, b]), imm: 0 }
    };
    let number = |code: u8| Slot { code, dst: 1, src: 0, off: 0, imm: low };
    let wide = [Slot { code: WIDE, dst: 1, src: 0, off: 0, imm: low }, Slot { imm: high, ..Slot::default() }];
    let offset = kind == RelocKind::FIELD_BYTE_OFFSET;
    let first = match rng.below(100) {
        0..40 if offset => access(rng, LDX),
        40..50 if offset => access(rng, ST),
        50..60 if offset => access(rng, STX),
        60..62 if offset => access(rng, LDX ^ MEMSX ^ 0x40),
        62..80 if offset => number(ADD),
        0..40 => return wide,
        40..80 => number(MOV),
        80..84 => number(MOV32),
        84..87 => access(rng, LDX),
        87..88 => number(JUMP),
        88..89 => number(MOV_X),
        _ => return wide,
    };
    [first, Slot::default()]
}
