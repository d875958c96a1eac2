//! The JSON forms of what the commands show.

use bpf_loader::diagnose::{Label, Place};
use bpf_loader::struct_ops::{Live, MemberValue, StructOpsInfo};
use bpf_loader::{Diagnostic, Object, StructOps};
use serde_json::{Value, json};

use crate::render::diagnostic::causes;

/// A failure as an object; `related` holds independent ones of the same run.
pub(crate) fn failure<D: Diagnostic + ?Sized>(failure: &D) -> Value {
    json!({ "error": one(failure) })
}

fn one<D: Diagnostic + ?Sized>(failure: &D) -> Value {
    json!({
        "code": failure.code(),
        "message": failure.to_string(),
        "labels": failure.labels().iter().map(label).collect::<Vec<_>>(),
        "causes": causes(failure),
        "help": failure.help(),
        "log": failure.attachment().map(|log| log.text),
        "related": failure.related().iter().map(|related| one(*related)).collect::<Vec<_>>(),
    })
}

fn label(label: &Label) -> Value {
    let place = match &label.place {
        Place::Object(name) => json!({ "kind": "object", "name": name }),
        Place::Section(name) => json!({ "kind": "section", "name": name }),
        Place::Offset(at) => json!({ "kind": "offset", "offset": at }),
        Place::Item { kind, name } => json!({ "kind": kind, "name": name }),
        Place::Insn(index) => json!({ "kind": "instruction", "index": index }),
        Place::Source { file, line, text } => {
            json!({ "kind": "source", "file": file, "line": line, "text": text })
        }
        other => json!({ "kind": other.to_string() }),
    };
    json!({ "place": place, "text": label.text })
}

pub(crate) fn object(object: &Object) -> Value {
    let file = object.file();
    let globals = |map| {
        let of_map = file.globals().iter().filter(move |global| global.map == map);
        of_map
            .map(|global| json!({ "name": global.name, "offset": global.offset, "size": global.size }))
            .collect::<Vec<_>>()
    };
    json!({
        "name": object.name(),
        "endian": file.endian().name(),
        "license": file.license(),
        "programs": file.programs().iter().map(|program| json!({
            "name": program.name,
            "section": program.section,
            "type": program.def.as_ref().map(|def| def.program_type.to_string()),
            "autoload": program.autoload,
            "struct_ops": program.struct_ops,
            "instructions": file.function(program.function).map(|function| function.insns.len()),
        })).collect::<Vec<_>>(),
        "subprograms": file.functions().iter().filter(|function| function.is_subprogram)
            .map(|function| json!({ "name": function.name, "instructions": function.insns.len() })).collect::<Vec<_>>(),
        "maps": file.maps().iter().map(|map| json!({
            "name": map.name,
            "type": map.map_type.to_string(),
            "key_size": map.key_size,
            "value_size": map.value_size,
            "max_entries": map.max_entries,
            "flags": map.flags,
            "globals": globals(map.id),
        })).collect::<Vec<_>>(),
        "struct_ops": object.struct_ops().iter().map(|var| json!({
            "name": var.name(),
            "type": var.type_name(),
            "link": var.link(),
        })).collect::<Vec<_>>(),
    })
}

pub(crate) fn live(live: &Live) -> Value {
    let mut value = info(&live.info);
    value["id"] = json!(live.id);
    value["name"] = json!(live.name);
    value["struct"] = json!(live.ops);
    value["link"] = json!(live.link);
    value["links"] = json!(live.links);
    value["registered"] = json!(live.is_registered());
    value
}

pub(crate) fn struct_ops(ops: &StructOps) -> Value {
    // A kernel that does not tell is shown as what is known without it.
    let mut value = ops.info().map_or_else(|_| json!({}), |found| info(&found));
    value["name"] = json!(ops.name());
    value["struct"] = json!(ops.plan().struct_type.name);
    value["link"] = json!(ops.plan().link);
    value["id"] = json!(ops.map().info().map(|info| info.id).ok());
    value
}

fn info(info: &StructOpsInfo) -> Value {
    let member = |member: &MemberValue| match member {
        MemberValue::Callback { name, program: Some(program) } => {
            json!({ "name": name, "state": "set", "program": { "id": program.id, "name": program.name } })
        }
        MemberValue::Callback { name, program: None } => json!({ "name": name, "state": "unset" }),
        MemberValue::Data { name, value, .. } => json!({ "name": name, "value": value }),
    };
    let absent = info.absent.iter().map(|name| json!({ "name": name, "state": "absent" }));
    json!({
        "state": info.state.to_string(),
        "refcount": info.refcount,
        "members": info.members.iter().map(member).chain(absent).collect::<Vec<_>>(),
    })
}
