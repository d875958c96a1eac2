//! What is told of a record, in the order that `bpftool btf dump` tells it: one walk for every form of text.

use super::form::{Form, Key, key};
use crate::kind::Kind;
use crate::types::{IntEncoding, Linkage, Type, VarLinkage};

const TYPE: Key = key!("type_id");
const SIZE: Key = key!("size");
const VLEN: Key = key!("vlen");
const ENCODING: Key = key!("encoding");
const OFFSET: Key = key!("bits_offset");
const LINKAGE: Key = key!("linkage");
/// After a variable's type stands a comma.
const VAR_LINKAGE: Key = Key { raw: ", linkage=", json: LINKAGE.json };
/// The first of an element that has no name.
const FIRST_TYPE: Key = Key { raw: "type_id=", json: "\"type_id\":" };

pub(super) fn write<F: Form>(form: &mut F, record: &Type<'_>) {
    let kind = record.kind();
    form.begin(record.id().0, kind, record.name);
    let (size, target) = (record.size().unwrap_or(0), record.target().unwrap_or_default().0);
    match kind {
        Kind::INT => {
            if let Some(int) = record.int() {
                form.number(SIZE, size);
                form.number(OFFSET, u32::from(int.offset));
                form.number(key!("nr_bits"), u32::from(int.bits));
                form.word(ENCODING, encoding(int));
            }
        }
        Kind::ARRAY => {
            if let Some(array) = record.array() {
                form.number(TYPE, array.element.0);
                form.number(key!("index_type_id"), array.index.0);
                form.number(key!("nr_elems"), array.len);
            }
        }
        Kind::STRUCT | Kind::UNION => members(form, record, size),
        Kind::ENUM | Kind::ENUM64 => enumerators(form, record, size),
        Kind::FWD => form.word(key!("fwd_kind"), if record.kflag() { "union" } else { "struct" }),
        Kind::FUNC => {
            form.number(TYPE, target);
            form.word(
                LINKAGE,
                match record.linkage() {
                    Some(Linkage::Static) => "static",
                    Some(Linkage::Global) => "global",
                    Some(Linkage::Extern) => "extern",
                    _ => "(unknown)",
                },
            );
        }
        Kind::FUNC_PROTO => {
            form.number(key!("ret_type_id"), target);
            form.number(VLEN, record.vlen());
            form.list("params");
            for param in record.params() {
                form.element();
                form.name(param.name_offset().0);
                form.number(TYPE, param.type_id.0);
                form.element_end();
            }
            form.list_end();
        }
        Kind::VAR => {
            form.number(TYPE, target);
            form.word(
                VAR_LINKAGE,
                match record.var_linkage() {
                    Some(VarLinkage::Static) => "static",
                    Some(VarLinkage::Global) => "global",
                    Some(VarLinkage::Extern) => "extern",
                    _ => "(unknown)",
                },
            );
        }
        Kind::DATASEC => {
            form.number(SIZE, size);
            form.number(VLEN, record.vlen());
            form.list("vars");
            for var in record.section_vars() {
                form.element();
                form.number(FIRST_TYPE, var.type_id.0);
                form.number(key!("offset"), var.offset);
                form.number(SIZE, var.size);
                if let Ok(found) = record.btf().get(var.type_id) {
                    form.aside(found.kind(), found.name);
                }
                form.element_end();
            }
            form.list_end();
        }
        Kind::FLOAT => form.number(SIZE, size),
        Kind::DECL_TAG => {
            form.number(TYPE, target);
            let index = record.component().flatten().map_or(-1, i64::from);
            form.value(key!("component_idx"), index.cast_unsigned(), true, "");
        }
        Kind::VOID => {}
        _ => form.number(TYPE, target),
    }
    form.end();
}

fn encoding(int: IntEncoding) -> &'static str {
    match (int.signed, int.char, int.bool) {
        (false, false, false) => "(none)",
        (true, false, false) => "SIGNED",
        (false, true, false) => "CHAR",
        (false, false, true) => "BOOL",
        _ => "UNKN",
    }
}

fn members<F: Form>(form: &mut F, record: &Type<'_>, size: u32) {
    form.number(SIZE, size);
    form.number(VLEN, record.vlen());
    form.list("members");
    for member in record.members() {
        form.element();
        form.name(member.name_offset());
        form.number(TYPE, member.type_id.0);
        form.number(OFFSET, member.bit_offset);
        if let Some(width) = member.bitfield {
            form.number(key!("bitfield_size"), u32::from(width));
        }
        form.element_end();
    }
    form.list_end();
}

fn enumerators<F: Form>(form: &mut F, record: &Type<'_>, size: u32) {
    let signed = record.kflag();
    form.word(ENCODING, if signed { "SIGNED" } else { "UNSIGNED" });
    form.number(SIZE, size);
    form.number(VLEN, record.vlen());
    let suffix = match (record.kind() == Kind::ENUM64, signed) {
        (false, _) => "",
        (true, true) => "LL",
        (true, false) => "ULL",
    };
    form.list("values");
    for variant in record.enumerators() {
        form.element();
        form.name(variant.name_offset());
        form.value(key!("val"), variant.value, signed, suffix);
        form.element_end();
    }
    form.list_end();
}
