//! The value of a struct_ops map, decoded by the kernel's BTF: state, reference count, and every member.

use bpf_btf::matching::struct_ops::{ValueStruct, state_name, value_struct};
use bpf_btf::{Btf, Kind, layout};
use bpf_sys::object::{ObjectKind, fd_by_id};

use std::os::fd::AsFd;

/// What the kernel says of a registered, or not registered, struct_ops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructOpsInfo {
    /// The kernel's state.
    pub state: ValueState,
    /// How many hold it: one for being registered, and one for each user. `None` where the value has no count.
    pub refcount: Option<i64>,
    /// The members of the kernel's struct, in its order.
    pub members: Vec<MemberValue>,
    /// Members of the object's struct that this kernel does not have.
    pub absent: Vec<String>,
}

/// The kernel's state of a struct_ops map (`enum bpf_struct_ops_state`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueState {
    /// The value says nothing of it.
    #[default]
    Unknown,
    /// A state, by its name in the kernel without the prefix: `INIT`, `INUSE`, `TOBEFREE`, `READY`.
    Named(String),
    /// A number that the kernel's BTF does not name.
    Number(u64),
}

impl std::fmt::Display for ValueState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Named(name) => f.write_str(name),
            Self::Number(number) => write!(f, "state {number}"),
        }
    }
}

/// A member of a live struct_ops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberValue {
    /// A callback.
    Callback {
        /// The member.
        name: String,
        /// Its program; `None` where it is unset.
        program: Option<CallbackValue>,
    },
    /// Anything else.
    Data {
        /// The member.
        name: String,
        /// Its value as text: a string, a number, or bytes.
        value: String,
        /// Whether all of it is zero.
        zero: bool,
    },
}

/// The program of a live callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackValue {
    /// Its id in the kernel.
    pub id: u32,
    /// Its name in the kernel; empty where it cannot be asked.
    pub name: String,
}

/// Decodes a value of the type that `btf`, the kernel's or a module's, has for `ops`. What is not there is left out: this is a view, not a check.
pub(crate) fn decode(btf: &Btf, ops: &str, value: &[u8]) -> StructOpsInfo {
    let mut info = StructOpsInfo::default();
    let Some(found) = value_struct(btf, ops) else { return info };
    let number = |place: Option<(u32, u32)>| number(btf, bytes(value, place?.0, place?.1)?);
    info.state = match number(found.state) {
        None => ValueState::Unknown,
        Some(state) => match u32::try_from(state).ok().and_then(|state| state_name(btf, state)) {
            Some(name) => ValueState::Named(name),
            None => ValueState::Number(state),
        },
    };
    info.refcount = number(found.refcount).and_then(|count| i64::try_from(count).ok());
    info.members = members(btf, &found, value);
    info
}

fn members(btf: &Btf, found: &ValueStruct, value: &[u8]) -> Vec<MemberValue> {
    let Ok(of) = btf.get(found.struct_type) else { return Vec::new() };
    let whole = of.members().filter(|member| member.bitfield.is_none() && member.bit_offset % 8 == 0);
    whole
        .filter_map(|member| {
            let name = member.name().ok().filter(|name| !name.is_empty())?.to_owned();
            let at = found.data_offset.checked_add(member.bit_offset / 8)?;
            let bytes = bytes(value, at, layout::size_of(btf, member.type_id).ok()?)?;
            if layout::function_pointer(btf, member.type_id).ok()?.is_some() {
                let id = number(btf, bytes).and_then(|id| u32::try_from(id).ok()).filter(|id| *id != 0);
                return Some(MemberValue::Callback { name, program: id.map(program) });
            }
            let zero = bytes.iter().all(|byte| *byte == 0);
            Some(MemberValue::Data { value: text(btf, member.type_id, bytes), name, zero })
        })
        .collect()
}

/// A program by its id; its name is asked of the kernel, which allows that to an administrator.
fn program(id: u32) -> CallbackValue {
    let asked = fd_by_id(ObjectKind::Program, id).and_then(|fd| bpf_sys::prog::info(fd.as_fd()));
    CallbackValue { id, name: asked.map(|info| info.name).unwrap_or_default() }
}

fn bytes(value: &[u8], at: u32, size: u32) -> Option<&[u8]> {
    let start = usize::try_from(at).ok()?;
    value.get(start..start.checked_add(usize::try_from(size).ok()?)?)
}

/// A number of 1, 2, 4 or 8 bytes in the kernel's byte order.
fn number(btf: &Btf, bytes: &[u8]) -> Option<u64> {
    if !matches!(bytes.len(), 1 | 2 | 4 | 8) {
        return None;
    }
    let push = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    Some(match btf.endian() {
        bpf_btf::Endian::Little => bytes.iter().rev().fold(0, push),
        bpf_btf::Endian::Big => bytes.iter().fold(0, push),
    })
}

fn text(btf: &Btf, id: bpf_btf::TypeId, bytes: &[u8]) -> String {
    let kind = layout::strip_modifiers(btf, id).map(|found| found.kind());
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(end);
    if kind == Ok(Kind::ARRAY)
        && rest.iter().all(|byte| *byte == 0)
        && head.iter().all(|b| (0x20..0x7f).contains(b))
    {
        return format!("{:?}", String::from_utf8_lossy(head));
    }
    match number(btf, bytes) {
        Some(number) => number.to_string(),
        None if head.is_empty() && rest.iter().all(|byte| *byte == 0) => format!("0 ({} bytes)", bytes.len()),
        None => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
