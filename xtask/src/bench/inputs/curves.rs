//! Objects that have ever more of something, for the curves: `NAME10.o` to `NAME10000.o`.

use std::fmt::Write as _;

use bpf_btf::Btf;

use super::{asking, many_globals};

/// How many there are.
pub(super) const ITEMS: [u32; 4] = [10, 100, 1_000, 10_000];

/// The source of an object that has so many of something.
type Source = fn(u32) -> String;

/// What there are many of, and the source of an object with so many.
pub(super) const SOURCES: [(&str, Source); 5] = [
    ("programs", programs),
    ("globals", many_globals),
    ("maps", maps),
    ("subprograms", subprograms),
    ("externs", externs),
];

/// Keeps the compiler from doing all first parts of many lines before all second ones.
const KEEP: &str = "asm volatile(\"\" : \"+r\"(found) :: \"memory\");";
const LICENSE: &str = "LICENSE(\"Dual MIT/GPL\");\n";

/// CO-RE relocations: ten structs with one member each, then more, and the largest object by several programs, since no
/// kernel has that many members.
pub(super) fn relocations(btf: &Btf, items: u32) -> Option<String> {
    let (roots, members, programs) = match items {
        ..100 => (10, 1, 1),
        100..1_000 => (20, 5, 1),
        _ => (40, 25, items / 1_000),
    };
    asking(btf, roots, members, usize::try_from(programs).ok()?)
}

fn programs(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n");
    for number in 0..count {
        let _ = writeln!(text, "SEC(\"socket\") int number_{number}(void *skb) {{ return {number}; }}");
    }
    text + LICENSE
}

/// Maps of two sorts, all of which programs refer to.
fn maps(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n");
    for number in 0..count {
        let sort = if number % 2 == 0 { "HASH" } else { "ARRAY" };
        let _ = writeln!(
            text,
            "struct {{ __uint(type, BPF_MAP_TYPE_{sort}); __uint(max_entries, {}); __type(key, __u32); \
             __type(value, __u64); }} map_{number} SEC(\".maps\");",
            number + 1
        );
    }
    let look = |number| format!("found += !!bpf_map_lookup_elem(&map_{number}, &found);");
    using(text, count, look)
}

/// Functions, all of which programs call.
fn subprograms(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n");
    for number in 0..count {
        let _ = writeln!(
            text,
            "static __attribute__((noinline)) int add_{number}(int n) {{ {} return n + {number}; }}",
            KEEP.replace("found", "n")
        );
    }
    using(text, count, |number| format!("found += add_{number}(found);"))
}

/// Symbols, typed variables, functions and values of the configuration, none of which is there, nor has to be.
fn externs(count: u32) -> String {
    let mut text = String::from("#include \"bpf.h\"\n#include \"extern.h\"\n");
    let weak = "__attribute__((weak))";
    for number in 0..count {
        let _ = match number % 4 {
            0 => writeln!(text, "extern const void absent_{number} __ksym {weak};"),
            1 => writeln!(text, "extern const int absent_{number} __ksym {weak};"),
            2 => writeln!(text, "extern int absent_{number}(int n) __ksym {weak};"),
            _ => writeln!(text, "extern int CONFIG_ABSENT_{number} __kconfig {weak};"),
        };
    }
    using(text, count, |number| match number % 4 {
        0 | 1 => format!("found += &absent_{number} ? 1 : 2;"),
        2 => format!("if (absent_{number}) found += absent_{number}(found);"),
        _ => format!("found += CONFIG_ABSENT_{number};"),
    })
}

/// Uses in a program. What compilers take grows faster than a function does.
const USES: u32 = 100;

/// Programs that use all of them.
fn using(mut text: String, count: u32, one: impl Fn(u32) -> String) -> String {
    for first in (0..count).step_by(USES as usize) {
        let _ = writeln!(text, "SEC(\"socket\") int use_{first}(void *skb)\n{{\n\tint found = 0;");
        for number in first..count.min(first + USES) {
            let _ = writeln!(text, "\t{} {KEEP}", one(number));
        }
        text.push_str("\treturn found;\n}\n");
    }
    text + LICENSE
}
