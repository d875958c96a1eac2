//! Live struct_ops as text.

use bpf_loader::struct_ops::{Live, MemberValue, StructOpsInfo};
use comfy_table::{Table, presets};

/// One line for each.
pub(crate) fn table(all: &[Live]) -> String {
    if all.is_empty() {
        return "no struct_ops is loaded".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["ID", "NAME", "STRUCT", "STATE", "REFS", "REGISTERED"]);
    for live in all {
        table.add_row([
            live.id.to_string(),
            live.name.clone(),
            live.ops.clone(),
            live.info.state.to_string(),
            live.info.refcount.map_or("-".to_owned(), |count| count.to_string()),
            registered(live),
        ]);
    }
    table.to_string()
}

fn registered(live: &Live) -> String {
    match (live.is_registered(), live.link, live.links.as_slice()) {
        (false, ..) => "no".to_owned(),
        (true, true, links) => {
            let ids: Vec<String> = links.iter().map(ToString::to_string).collect();
            format!("by link {}", ids.join(", "))
        }
        (true, false, _) => "without a link: stays when its process ends".to_owned(),
    }
}

/// All of one.
pub(crate) fn dump(live: &Live) -> String {
    let title =
        format!("struct_ops {} (id {}): {}, registered: {}", live.name, live.id, live.ops, registered(live));
    format!("{title}\n{}", members(&live.info))
}

/// State, reference count, and each member.
pub(crate) fn members(info: &StructOpsInfo) -> String {
    let count = info.refcount.map_or("unknown".to_owned(), |count| count.to_string());
    let mut lines = vec![format!("  state {}, reference count {count}", info.state)];
    for member in &info.members {
        lines.push(match member {
            MemberValue::Callback { name, program: Some(program) } => {
                format!("  {name:<16} program {} (id {})", or_unknown(&program.name), program.id)
            }
            MemberValue::Callback { name, program: None } => format!("  {name:<16} unset"),
            MemberValue::Data { zero: true, .. } => continue,
            MemberValue::Data { name, value, .. } => format!("  {name:<16} {value}"),
        });
    }
    lines.extend(info.absent.iter().map(|name| format!("  {name:<16} not in this kernel")));
    lines.join("\n")
}

fn or_unknown(name: &str) -> &str {
    if name.is_empty() { "?" } else { name }
}
