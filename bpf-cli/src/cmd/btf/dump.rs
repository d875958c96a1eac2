//! `bpf btf dump`: types as C, as lines, as JSON.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use bpf_loader::btf::dump::{C, declaration, write_json, write_json_types, write_raw, write_raw_types};
use bpf_loader::btf::{Btf, Kind, TypeId};

use super::source;
use crate::args::Format;
use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

/// The macro that keeps a header from being included twice: that of the `vmlinux.h` that everybody has.
const GUARD: &str = "__VMLINUX_H__";

pub(super) fn run(
    from: &Path,
    types: &[String],
    format: Option<Format>,
    base: Option<&Path>,
    output: Option<&Path>,
    out: &Out,
) -> Outcome {
    let btf = source::open(from, base)?;
    let ids = source::ids(&btf, types, from)?;
    let chosen = (!types.is_empty()).then_some(ids.as_slice());
    let format = format.unwrap_or(if out.json() { Format::Json } else { Format::C });
    let left_out = match output {
        Some(path) => {
            let written = File::create(path).and_then(|mut file| print(&btf, chosen, format, &mut file));
            written.map_err(|source| {
                CommandError::new("E0906", format!("{} cannot be written", path.display())).source(source)
            })?
        }
        None => out.stream(|stdout| print(&btf, chosen, format, stdout)).unwrap_or_default(),
    };
    // A reader of the text has no way to know.
    for (id, why) in left_out.iter().take(3) {
        out.note(format!("warning: type [{id}] is left out: {why}"));
    }
    if left_out.len() > 3 {
        out.note(format!("warning: and {} more", left_out.len() - 3));
    }
    Ok(())
}

type LeftOut = Vec<(TypeId, bpf_loader::btf::TypeError)>;

fn print(btf: &Btf, ids: Option<&[TypeId]>, format: Format, to: &mut impl Write) -> io::Result<LeftOut> {
    let types = |ids: &[TypeId]| ids.iter().filter_map(|id| btf.get(*id).ok()).collect::<Vec<_>>();
    match (format, ids) {
        (Format::Raw, None) => write_raw(btf, to)?,
        (Format::Raw, Some(ids)) => write_raw_types(btf, types(ids), to)?,
        (Format::Json, None) => write_json(btf, to)?,
        (Format::Json, Some(ids)) => write_json_types(btf, types(ids), to)?,
        (Format::C, None) => {
            let header = C::new(btf).guard(GUARD).preserve_access_index(true).kfuncs(true);
            return header.write_all(to).map(|written| written.left_out);
        }
        (Format::C, Some(ids)) => {
            // Functions and variables are no types: what is printed of them is a declaration.
            let value =
                |id: &TypeId| btf.get(*id).is_ok_and(|found| matches!(found.kind(), Kind::FUNC | Kind::VAR));
            let (values, ids): (Vec<TypeId>, Vec<TypeId>) = ids.iter().copied().partition(value);
            let left_out =
                if ids.is_empty() { LeftOut::new() } else { C::new(btf).write_types(&ids, to)?.left_out };
            for id in values {
                writeln!(to, "{};", declaration(btf, id, ""))?;
            }
            return Ok(left_out);
        }
    }
    Ok(LeftOut::new())
}
