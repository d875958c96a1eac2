//! The struct that a kernel wraps around a struct_ops table, and which tables a kernel has.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::layout::{field, size_of, strip_modifiers};
use crate::types::{Type, TypeId};

/// The struct that a kernel wraps around a struct_ops table: the value of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueStruct {
    /// `struct bpf_struct_ops_<name>`.
    pub value_type: TypeId,
    /// Its size in bytes.
    pub value_size: u32,
    /// `struct <name>`.
    pub struct_type: TypeId,
    /// Bytes from the start of the value to the table.
    pub data_offset: u32,
    /// Offset and size, in bytes, of the registration state.
    pub state: Option<(u32, u32)>,
    /// Offset and size, in bytes, of the reference count.
    pub refcount: Option<(u32, u32)>,
}

const PREFIX: &str = "bpf_struct_ops_";
/// Bytes of a kernel's longest names (`KSYM_NAME_LEN`); longer ones are not copied, since many types may share one.
const LONGEST: usize = 512;

/// Finds the value struct of the struct_ops table `name`, `None` where this BTF has none: then nothing of that name
/// can be registered there.
///
/// # Kernel
/// State and reference count stand in the value struct itself up to 6.1, in its member `common` in later ones; both
/// forms are found.
#[must_use]
pub fn value_struct(kernel: &Btf, name: &str) -> Option<ValueStruct> {
    let id = kernel.find(&format!("{PREFIX}{name}"), Kind::STRUCT)?;
    of_type(kernel, kernel.get(id).ok()?, name)
}

/// Every struct_ops table that this BTF itself (its base left aside) has a value struct for, by name, in order of names.
#[must_use]
pub fn all_value_structs(kernel: &Btf) -> Vec<(String, ValueStruct)> {
    let mut found: Vec<_> = kernel
        .types()
        .filter(|value| value.kind() == Kind::STRUCT)
        .filter_map(|value| {
            let name = value.name().ok()?.strip_prefix(PREFIX).filter(|name| name.len() <= LONGEST)?;
            Some((name.to_owned(), of_type(kernel, kernel.get(value.id()).ok()?, name)?))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// The kernel's name for a registration state, without its prefix: `INUSE`. By `enum bpf_struct_ops_state`.
#[must_use]
pub fn state_name(btf: &Btf, value: u32) -> Option<String> {
    let states = btf.get(btf.find_where("bpf_struct_ops_state", Kind::is_enum)?).ok()?;
    let found = states.enumerators().find(|state| state.value == u64::from(value))?;
    let name = found.name().ok()?;
    Some(name.strip_prefix("BPF_STRUCT_OPS_STATE_").unwrap_or(name).to_owned())
}

fn of_type(kernel: &Btf, value: Type<'_>, name: &str) -> Option<ValueStruct> {
    let value_size = value.size()?;
    let (data_offset, table) = value.members().find_map(|member| {
        let table = strip_modifiers(kernel, member.type_id).ok()?;
        let is_table = table.kind() == Kind::STRUCT && table.name() == Ok(name);
        is_table.then_some((member.bit_offset / 8, table))
    })?;
    if data_offset.checked_add(table.size()?)? > value_size {
        return None;
    }
    let place = |path| {
        let found = field(kernel, value.id(), path).ok()??;
        let (offset, size) = (found.bit_offset / 8, size_of(kernel, found.member.type_id).ok()?);
        (offset.checked_add(size)? <= value_size).then_some((offset, size))
    };
    Some(ValueStruct {
        value_type: value.id(),
        value_size,
        struct_type: table.id(),
        data_offset,
        state: place("state").or_else(|| place("common.state")),
        refcount: place("refcnt").or_else(|| place("common.refcnt")),
    })
}
