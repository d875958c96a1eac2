//! Prototypes of the kernel's functions for BPF programs.

use std::collections::HashSet;

use super::names::Label;
use super::printer::Printer;
use super::records::Name;
use super::sort;
use crate::error::TypeError;
use crate::kind::Kind;

/// The declaration tag of such a function.
const KFUNC: &[u8] = b"bpf_kfunc";
/// The one of those whose caller keeps its registers.
const FASTCALL: &[u8] = b"bpf_fastcall";
/// The component of a tag that is on the whole declaration.
const WHOLE: u32 = u32::MAX;

/// What the prototypes are written with.
pub(super) const MACROS: &str = "\
#ifndef __ksym
#define __ksym __attribute__((section(\".ksyms\")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

";

/// Writes the prototypes of all functions with the tag, by name.
pub(super) fn write(printer: &mut Printer<'_, '_>) {
    let records = &printer.records;
    let (mut kfuncs, mut fastcalls) = (Vec::new(), HashSet::new());
    let own = records.btf.first_id().0;
    for (id, record) in records.decl_tags.iter().filter_map(|id| Some((*id, records.get(*id).ok()?))) {
        let whole = record.first_word(records.endian) == Some(WHOLE);
        let Some(func) = whole.then(|| records.get(record.word).ok()).flatten() else { continue };
        if func.kind() != Kind::FUNC || id < own {
            continue;
        }
        let (Ok(tag), Ok(name)) = (records.string(record.name), records.string(func.name)) else { continue };
        if tag.bytes() == KFUNC {
            kfuncs.push((sort::name(records, func.name), name, record.word, func.word));
        } else if tag.bytes() == FASTCALL {
            fastcalls.insert(record.word);
        }
    }
    kfuncs.sort_by_key(|(key, ..)| *key);
    printer.out.text("\n/* BPF kfuncs */\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n");
    for (_, name, func, prototype) in kfuncs {
        let mark = printer.out.mark();
        let came = declare(printer, name, prototype, fastcalls.contains(&func));
        if came.is_err() {
            printer.out.take_back(mark);
        }
        printer.leave_out(func, came);
    }
    printer.out.text("#endif\n\n");
}

fn declare(
    printer: &mut Printer<'_, '_>,
    name: Name<'_>,
    prototype: u32,
    fastcall: bool,
) -> Result<(), TypeError> {
    printer.check_room(prototype)?;
    printer.out.text(if fastcall { "extern __bpf_fastcall " } else { "extern " });
    printer.decl(prototype, Label::of(name), 0, 0)?;
    printer.out.text(" __weak __ksym;\n");
    Ok(())
}
