//! What the contenders work on: fixtures, this kernel's BTF in an ordinary file, and objects of a size that nobody
//! writes by hand, compiled from C that is made here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_btf::{Btf, Kind, layout};

use crate::clang;
use crate::error::Error;
use crate::workspace::Workspace;

const FIXTURES: [(&str, &str); 2] =
    [("socket/minimal.el.bpf.o", "minimal.o"), ("struct_ops/cong.el.bpf.o", "cong.o")];
const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

/// Puts everything into a folder. Where there is no clang or no BTF, the cases that need what is missing fail by name.
pub(crate) fn make(workspace: &Workspace, dir: &Path) -> Result<(), Error> {
    for (from, to) in FIXTURES {
        let from = workspace.fixtures().join(from);
        fs::copy(&from, dir.join(to)).map_err(Error::file("copy", &from))?;
    }
    let clang = match clang::find(None) {
        Ok(clang) => clang,
        Err(error) => {
            println!("objects of many programs and of many types cannot be built: {error}");
            return Ok(());
        }
    };
    let compile = |name: &str, source: &str| compile(workspace, &clang, dir, name, source);
    compile("many", &many_programs(200))?;
    let Ok(bytes) = fs::read(VMLINUX) else {
        println!("{VMLINUX} cannot be read: nothing is made for the cases about types");
        return Ok(());
    };
    let copy = dir.join("vmlinux.btf");
    fs::write(&copy, &bytes).map_err(Error::file("write", &copy))?;
    let Ok(btf) = Btf::parse(bytes) else { return Ok(()) };
    for roots in [40, 200] {
        compile(&format!("roots{roots}"), &root_types(&btf, roots))?;
    }
    Ok(())
}

fn compile(
    workspace: &Workspace,
    clang: &clang::Clang,
    dir: &Path,
    name: &str,
    source: &str,
) -> Result<(), Error> {
    let file = dir.join(format!("{name}.bpf.c"));
    fs::write(&file, source).map_err(Error::file("write", &file))?;
    let target = if cfg!(target_endian = "big") { "bpfeb" } else { "bpfel" };
    let output = Command::new(&clang.program)
        .args(["-target", target, "-nostdinc", "-O2", "-g", "-mcpu=v3", "-c", "-I"])
        .arg(workspace.fixtures().join("include"))
        .arg(&file)
        .arg("-o")
        .arg(dir.join(format!("{name}.o")))
        .output()
        .map_err(Error::spawn("clang"))?;
    if output.status.success() {
        return Ok(());
    }
    let what = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Error::Source { path: file, what })
}

/// Programs that each look into a map, count in a global and call a function.
fn many_programs(count: u32) -> String {
    let mut text = String::from(
        "#include \"bpf.h\"\n\
         struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); }\n\
         counts SEC(\".maps\");\n\
         __u64 seen;\n\
         static __attribute__((noinline)) int twice(int n) { return n + n + (int)seen; }\n",
    );
    for number in 0..count {
        let _ = writeln!(
            text,
            "SEC(\"socket\") int number_{number}(void *skb)\n{{\n\
             \t__u32 key = {};\n\t__u64 *count = bpf_map_lookup_elem(&counts, &key);\n\
             \tif (count)\n\t\t__sync_fetch_and_add(count, {number});\n\
             \t__sync_fetch_and_add(&seen, 1);\n\treturn twice({number});\n}}",
            number % 8
        );
    }
    text + "LICENSE(\"Dual MIT/GPL\");\n"
}

/// One program that asks for the offset of one member of each of so many of the kernel's structs.
fn root_types(btf: &Btf, count: usize) -> String {
    let fields = plain_fields(btf);
    let step = (fields.len() / count).max(1);
    let chosen: Vec<_> = fields.iter().step_by(step).take(count).collect();
    let mut text = String::from("#include \"bpf.h\"\n#include \"core.h\"\nRELOCATABLE\n");
    for (name, field) in &chosen {
        let _ = writeln!(text, "struct {name} {{ unsigned int {field}; }};");
    }
    text.push_str("RELOCATABLE_END\nSEC(\"socket\") int offsets(void *skb)\n{\n\tint sum = 0;\n");
    for (name, field) in &chosen {
        let _ = writeln!(text, "\tsum += field_offset(((struct {name} *)0)->{field});");
    }
    text + "\treturn sum;\n}\nLICENSE(\"Dual MIT/GPL\");\n"
}

/// Structs of which there is one of that name, with a member that is an integer: names in the order of the kernel's
/// ids.
fn plain_fields(btf: &Btf) -> Vec<(String, String)> {
    let mut times: HashMap<&str, u32> = HashMap::new();
    let named = |found: &bpf_btf::Type<'_>| found.kind().is_composite();
    for found in btf.types().filter(named) {
        let name = found.name().map(bpf_btf::essential_name).unwrap_or_default();
        *times.entry(name).or_default() += 1;
    }
    let mut fields = Vec::new();
    for found in btf.types().filter(|found| found.kind() == Kind::STRUCT) {
        let Some(name) = found.name().ok().filter(|name| times.get(name) == Some(&1)) else { continue };
        let integer = found.members().find(|member| {
            let kind = layout::strip_modifiers(btf, member.type_id).map(|found| found.kind());
            matches!(kind, Ok(Kind::INT)) && member.name().is_ok_and(is_plain)
        });
        if let Some(member) = integer.filter(|_| is_plain(name)) {
            fields.push((name.to_owned(), member.name().unwrap_or_default().to_owned()));
        }
    }
    fields
}

/// Words of C, and names that our headers declare.
const TAKEN: [&str; 8] = ["default", "new", "class", "short", "int", "char", "long", "union"];

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !TAKEN.contains(&name)
        && !name.contains("___")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
