//! What the contenders work on: fixtures, this kernel's BTF in an ordinary file, and objects of a size that nobody
//! writes by hand, compiled from C that is made here.

mod curves;

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
/// Objects that ask for members of the kernel's structs: of how many, and for how many of each.
const ASKING: [(&str, usize, usize); 4] =
    [("roots40", 40, 1), ("roots200", 200, 1), ("relocs1000of40", 40, 25), ("relocs1000of200", 200, 5)];
const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

/// Puts everything into a folder that holds nothing else: where there is no clang or no BTF, the cases that need what is
/// missing see that it is, and are listed.
pub(crate) fn make(workspace: &Workspace, dir: &Path, curves: bool) -> Result<(), Error> {
    for (from, to) in FIXTURES {
        let from = workspace.fixtures().join(from);
        fs::copy(&from, dir.join(to)).map_err(Error::file("copy", &from))?;
    }
    super::check::make(workspace, dir)?;
    let clang = match clang::find(None) {
        Ok(clang) => clang,
        Err(error) => {
            println!("objects of many programs and of many types cannot be built: {error}");
            return Ok(());
        }
    };
    let compile = |name: &str, source: &str| compile(workspace, &clang, dir, name, source);
    let keep = |name: &str, source: &str| keep(workspace, &clang, dir, name, source);
    compile("many", &many_programs(200))?;
    compile("globals2000", &many_globals(2000))?;
    compile("own20", &own_maps(20))?;
    compile("table", TABLE)?;
    if curves {
        curves::SOURCES.iter().try_for_each(|(of, source)| {
            curves::ITEMS.iter().try_for_each(|items| keep(&format!("{of}{items}"), &source(*items)))
        })?;
    }
    let Ok(bytes) = fs::read(VMLINUX) else {
        println!("{VMLINUX} cannot be read: nothing is made for the cases about types");
        return Ok(());
    };
    let copy = dir.join("vmlinux.btf");
    fs::write(&copy, &bytes).map_err(Error::file("write", &copy))?;
    let Ok(btf) = Btf::parse(bytes) else { return Ok(()) };
    if curves {
        for items in curves::ITEMS {
            match curves::relocations(&btf, items) {
                Some(source) => keep(&format!("relocations{items}"), &source)?,
                None => println!("this kernel has too few structs: no relocations{items}.o"),
            }
        }
    }
    for (name, roots, members) in ASKING {
        match root_types(&btf, roots, members) {
            Some(source) => compile(name, &source)?,
            None => println!("this kernel has not {roots} structs with {members} integers: no {name}.o"),
        }
    }
    Ok(())
}

/// As [`compile`]; what was compiled from that source before is taken again, since the largest take minutes.
fn keep(
    workspace: &Workspace,
    clang: &clang::Clang,
    dir: &Path,
    name: &str,
    source: &str,
) -> Result<(), Error> {
    let kept = dir.with_file_name("kept");
    let (file, object) = (kept.join(format!("{name}.bpf.c")), kept.join(format!("{name}.o")));
    if !object.exists() || fs::read_to_string(&file).ok().as_deref() != Some(source) {
        fs::create_dir_all(&kept).map_err(Error::file("create", &kept))?;
        // Not to be taken for that source's if this ends half-way.
        let _ = fs::remove_file(&object);
        compile(workspace, clang, &kept, name, source)?;
    }
    fs::copy(&object, dir.join(format!("{name}.o"))).map_err(Error::file("copy", &object))?;
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

/// A map with room for what is walked over.
const TABLE: &str = "#include \"bpf.h\"\n\
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 65536); __type(key, __u32); __type(value, __u64); }\n\
    table SEC(\".maps\");\n\
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1024); __type(key, __u32); __type(value, __u64); }\n\
    list SEC(\".maps\");\n\
    LICENSE(\"Dual MIT/GPL\");\n";

/// Programs that each count in a map of their own.
fn own_maps(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n");
    for number in 0..count {
        let _ = writeln!(
            text,
            "struct {{ __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, __u32); \
             __type(value, __u64); }} map_{number} SEC(\".maps\");\n\
             SEC(\"socket\") int number_{number}(void *skb)\n{{\n\
             \t__u32 key = {number};\n\t__u64 *count = bpf_map_lookup_elem(&map_{number}, &key);\n\
             \tif (count)\n\t\t__sync_fetch_and_add(count, 1);\n\treturn 0;\n}}"
        );
    }
    text + "LICENSE(\"Dual MIT/GPL\");\n"
}

/// Variables of several sizes in .data, .bss and .rodata, and a program that uses three of them.
fn many_globals(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n");
    for number in 0..count {
        let _ = match number % 4 {
            0 => writeln!(text, "__u32 global_{number} = {number};"),
            1 => writeln!(text, "__u64 global_{number};"),
            2 => writeln!(text, "const volatile __u32 global_{number} = {number};"),
            _ => writeln!(text, "struct {{ __u32 first; __u64 second; }} global_{number};"),
        };
    }
    text + "SEC(\"socket\") int use(void *skb)\n{\n\treturn global_0 + (int)global_1 + global_2;\n}\n\
            LICENSE(\"Dual MIT/GPL\");\n"
}

/// One program that asks for the offsets of so many members of each of so many of the kernel's structs; `None` where
/// there are not that many.
fn root_types(btf: &Btf, roots: usize, members: usize) -> Option<String> {
    asking(btf, roots, members, 1)
}

/// The same by so many programs, each of which asks for all.
fn asking(btf: &Btf, roots: usize, members: usize, programs: usize) -> Option<String> {
    let structs = plain_structs(btf, members);
    let step = structs.len() / roots;
    let chosen: Vec<_> = structs.iter().step_by(step.max(1)).take(roots).collect();
    if chosen.len() < roots {
        return None;
    }
    let mut text = String::from("#include \"bpf.h\"\n#include \"core.h\"\nRELOCATABLE\n");
    for (name, members) in &chosen {
        let _ = writeln!(text, "struct {name} {{ unsigned int {}; }};", members.join(", "));
    }
    text.push_str("RELOCATABLE_END\n");
    for program in 0..programs {
        let _ =
            writeln!(text, "SEC(\"socket\") int offsets_{program}(void *skb)\n{{\n\tint sum = {program};");
        for (name, members) in &chosen {
            for member in members {
                let _ = writeln!(text, "\tsum += field_offset(((struct {name} *)0)->{member});");
            }
        }
        text.push_str("\treturn sum;\n}\n");
    }
    Some(text + "LICENSE(\"Dual MIT/GPL\");\n")
}

/// Structs of which there is one of that name, with so many members that are integers: names in the order of the
/// kernel's ids.
fn plain_structs(btf: &Btf, members: usize) -> Vec<(String, Vec<String>)> {
    let mut times: HashMap<&str, u32> = HashMap::new();
    let named = |found: &bpf_btf::Type<'_>| found.kind().is_composite();
    for found in btf.types().filter(named) {
        let name = found.name().map(bpf_btf::essential_name).unwrap_or_default();
        *times.entry(name).or_default() += 1;
    }
    let mut structs = Vec::new();
    for found in btf.types().filter(|found| found.kind() == Kind::STRUCT) {
        let Some(name) = found.name().ok().filter(|name| times.get(name) == Some(&1)) else { continue };
        let integer = |member: &bpf_btf::Member<'_>| {
            let kind = layout::strip_modifiers(btf, member.type_id).map(|found| found.kind());
            matches!(kind, Ok(Kind::INT)) && member.bitfield.is_none()
        };
        let plain: Vec<String> = found
            .members()
            .filter(integer)
            .filter_map(|member| member.name().ok())
            .filter(|name| is_plain(name))
            .take(members)
            .map(str::to_owned)
            .collect();
        if plain.len() == members && is_plain(name) {
            structs.push((name.to_owned(), plain));
        }
    }
    structs
}

/// Words of C, and names that our headers declare.
const TAKEN: [&str; 8] = ["default", "new", "class", "short", "int", "char", "long", "union"];

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !TAKEN.contains(&name)
        && !name.contains("___")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
