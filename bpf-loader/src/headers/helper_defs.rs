//! `bpf_helper_defs.h`, made of the table of helpers.

use std::collections::BTreeSet;
use std::fmt::Write;

use bpf_sys::uapi::{Helper, Prototype};

use super::MARK;

/// Helpers that change no register but that of their result, where the compiler can make use of it.
const FAST: &[Helper] = &[Helper::GET_SMP_PROCESSOR_ID];

/// The header's text.
pub(super) fn text() -> String {
    let known =
        || Helper::ALL.iter().filter_map(|helper| Some((*helper, helper.name()?, helper.prototype()?)));
    let mut text = format!(
        "// SPDX-License-Identifier: MIT OR Apache-2.0\n\
         {MARK}; `bpf gen headers` writes a newer one over it.\n\
         //\n\
         // The kernel's helper functions, a part of bpf_helpers.h. Each is called by its number: a call of a constant\n\
         // pointer. In front of each stands the version that it appeared in.\n\
         #ifndef __BPF_HELPER_DEFS_H__\n\
         #define __BPF_HELPER_DEFS_H__\n\n"
    );
    for name in structs(known().map(|(_, _, prototype)| prototype)) {
        push(&mut text, format_args!("struct {name};\n"));
    }
    text.push_str(
        "\n// Keeps all registers but that of the result.\n\
         #ifndef __bpf_fastcall\n\
         #if __has_attribute(bpf_fastcall)\n\
         #define __bpf_fastcall __attribute__((bpf_fastcall))\n\
         #else\n\
         #define __bpf_fastcall\n\
         #endif\n\
         #endif\n\n",
    );
    for (helper, name, prototype) in known() {
        let fast = if FAST.contains(&helper) { "__bpf_fastcall " } else { "" };
        let since = helper.since().map(|since| format!("/* {since} */ ")).unwrap_or_default();
        let declared = declared(name, &prototype);
        push(&mut text, format_args!("{since}static {fast}{declared} = (void *){};\n", helper.0));
    }
    text.push_str("\n#endif\n");
    text
}

/// Writing to a string cannot fail.
fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(line);
}

/// The prototype as the declaration of a constant pointer of this name.
fn declared(name: &str, prototype: &Prototype) -> String {
    let parameters: Vec<String> = prototype.parameters.iter().map(ToString::to_string).collect();
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    let space = if prototype.returns.ends_with('*') { "" } else { " " };
    format!("{}{space}(*const {name})({parameters})", prototype.returns)
}

/// The structs that prototypes name: declared before, or else each would be one of its own inside a prototype.
fn structs(prototypes: impl Iterator<Item = Prototype>) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for prototype in prototypes {
        let types = prototype.parameters.iter().map(|parameter| parameter.c_type).chain([prototype.returns]);
        for c_type in types {
            let after = c_type.split_once("struct ").map(|(_, after)| after);
            names.extend(after.and_then(|after| after.split_whitespace().next()));
        }
    }
    names
}
