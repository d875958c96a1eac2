//! Plans of every fixture against two kernels: the whole text as snapshots, and what was worked out by hand from the C
//! declarations in `fixtures/kernels/`.

use std::fmt::Write;
use std::path::Path;

use bpf_loader::plan::{AttachPoint, MemberState, PlanProgram};
use bpf_loader::{Diagnostic, Kernel, Object, Plan};

use crate::support::{ORDERS, fixtures, kernel, path};

/// A plan, or everything that stands against one, as text.
fn text(name: &str, kernel_name: &str, order: &str) -> String {
    outcome(&path(name, order), &kernel(kernel_name, order))
}

/// What planning an object for a kernel comes to, as text.
pub(crate) fn outcome(path: &Path, kernel: &Kernel) -> String {
    let object = match Object::open(path) {
        Ok(object) => object,
        Err(error) => {
            // Where the fixtures lie is no part of it.
            let root = crate::support::root().display().to_string();
            return describe(&error).replace(&root, "fixtures");
        }
    };
    match object.plan(kernel) {
        Ok(plan) => plan.to_string(),
        Err(failed) => failed.errors().iter().map(|error| describe(error)).collect::<Vec<_>>().join("\n"),
    }
}

fn describe(error: &dyn Diagnostic) -> String {
    let mut out = format!("{}: {error}\n", error.code());
    for label in error.labels() {
        writeln!(out, "  at {label}").unwrap();
    }
    let mut cause = error.as_error().and_then(std::error::Error::source);
    while let Some(found) = cause {
        writeln!(out, "  because {found}").unwrap();
        cause = found.source();
    }
    if let Some(help) = error.help() {
        writeln!(out, "  help: {help}").unwrap();
    }
    out
}

/// What the old kernel answers differently. Everything else in a `.struct_ops.link` is refused there, as `cong` is.
const DIFFER: &[&str] = &[
    "core/fields",
    "core/guarded",
    "core/kinds",
    "core/missing",
    "struct_ops/cong",
    "struct_ops/cong_both",
    "struct_ops/cong_nolink",
    "struct_ops/dummy",
];

#[test]
fn every_fixture() {
    for name in fixtures() {
        for kernel in ["recent", "old"] {
            if kernel == "recent" || DIFFER.contains(&name.as_str()) {
                insta::assert_snapshot!(
                    format!("{}.{kernel}", name.replace('/', ".")),
                    text(&name, kernel, "el")
                );
            }
        }
    }
}

/// In the other byte order the same is found: the same codes, or a plan with the same programs, maps and offsets.
#[test]
fn byte_orders_agree() {
    for name in fixtures() {
        for kernel in ["recent", "old"] {
            let codes = |text: &str| -> Vec<String> {
                let lines =
                    text.lines().filter(|line| line.starts_with('E') || line.starts_with("struct_ops "));
                lines.map(|line| line.split(':').next().unwrap().to_owned()).collect()
            };
            let [little, big] = ORDERS.map(|order| text(&name, kernel, order));
            assert_eq!(codes(&little), codes(&big), "{name} on {kernel}");
        }
    }
}

#[test]
fn plans_are_deterministic() {
    for name in ["struct_ops/cong", "tracing/raw_tp", "core/missing"] {
        let first = text(name, "recent", "el");
        assert!((0..5).all(|_| text(name, "recent", "el") == first), "{name}");
    }
}

fn plan(name: &str, kernel_name: &str) -> Plan {
    Object::open(path(name, "el")).unwrap().plan(&kernel(kernel_name, "el")).unwrap()
}

fn program<'a>(plan: &'a Plan, name: &str) -> &'a PlanProgram {
    plan.programs().iter().find(|program| program.name == name).unwrap()
}

/// `struct tcp_congestion_ops` of the recent kernel: eleven pointers, the name at 88, owner, list, key at 128, flags at
/// 132, init at 136; the data follows state and count at the next multiple of 64. Of the old one: list, key at 16, flags
/// at 20, then callbacks from 24.
#[test]
fn congestion_control_by_hand() {
    for (kernel, offsets, members) in [
        (
            "recent",
            [("ssthresh", 0), ("undo_cwnd", 64), ("name", 88), ("flags", 132), ("init", 136)].as_slice(),
            [("ssthresh", 0), ("init", 16)].as_slice(),
        ),
        (
            "old",
            // Its fixture has no `flags` and no `init`.
            [("ssthresh", 40), ("undo_cwnd", 80), ("name", 128)].as_slice(),
            [("ssthresh", 5)].as_slice(),
        ),
    ] {
        let plan = if kernel == "recent" {
            plan("struct_ops/cong", kernel)
        } else {
            plan("struct_ops/cong_nolink", kernel)
        };
        let ops = &plan.struct_ops()[0];
        assert_eq!((ops.data_offset, ops.struct_type.name.as_str()), (64, "tcp_congestion_ops"), "{kernel}");
        for (name, offset) in offsets.iter().copied() {
            let member = ops.members.iter().find(|member| member.name == name).unwrap();
            assert_eq!(member.kernel_offset, Some(offset), "{kernel} {name}");
        }
        for (name, index) in members.iter().copied() {
            let callback = ops.callbacks().find(|callback| callback.name == name).unwrap();
            assert_eq!(callback.member, index, "{kernel} {name}");
            let program = plan.program(callback.program).unwrap();
            assert!(matches!(&program.attach, AttachPoint::StructOps { member, .. } if *member == index));
        }
        let name_at = 64 + offsets[2].1 as usize;
        assert!(ops.image[name_at..].starts_with(b"bpf_"), "{kernel}: the name is where the kernel reads it");
    }
}

/// A struct_ops link on a kernel without them is refused by name.
#[test]
fn links_need_a_kernel_that_has_them() {
    let object = Object::open(path("struct_ops/cong", "el")).unwrap();
    let failed = object.plan(&kernel("old", "el")).unwrap_err();
    assert!(failed.errors().iter().any(|error| error.code() == "E0408"), "{failed}");
}

/// What only programs use that are left out does not have to be there.
#[test]
fn what_nothing_uses() {
    let mut object = Object::open(externs()).unwrap();
    object.program_mut("use").unwrap().set_autoload(false);
    assert!(object.plan(&kernel("recent", "el")).is_ok());
}

fn externs() -> std::path::PathBuf {
    crate::support::root().join("../bpf-elf/tests/objects/externs.el.bpf.o")
}

/// Absent members are left out, and said to be.
#[test]
fn absent_members() {
    let plan = plan("struct_ops/cong_extra_zero", "recent");
    let absent: Vec<_> =
        plan.struct_ops()[0].members.iter().filter(|m| m.state == MemberState::Absent).collect();
    assert!(!absent.is_empty());
    assert_eq!(plan.notices().iter().filter(|notice| notice.code() == "E0450").count(), absent.len());
}

/// Functions are appended when the first call to them is met, depth first: the order that libbpf gives them.
#[test]
fn subprograms_in_order() {
    let plan = plan("tracing/raw_tp", "recent");
    let functions: Vec<_> =
        program(&plan, "on_sys_enter").functions.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(functions, ["on_sys_enter", "watched", "count_call", "weigh", "count_in"]);
    // Origins count through the whole stream; every instruction has one.
    let program = program(&plan, "on_sys_enter");
    assert!(program.insns.iter().zip(0..).all(|(insn, at)| insn.origin.map(|origin| origin.0) == Some(at)));
    assert!(program.func_info.len() == 5 && !program.lines.is_empty());
}

/// A member at a known place in the miniature kernel: `pid` of `task_struct` on each.
#[test]
fn core_offsets_by_hand() {
    // recent: __state 4, flags 4, prio 4, padding 4, se 24 (exec_start at 16 in it), bits 4, padding 4, mm 8: pid at 56.
    // old: state 8, flags 4, prio 4, se 24, bits 4, padding 4, mm 8: pid at 56 too, and se at 16 on both.
    for kernel in ["recent", "old"] {
        let plan = plan("core/fields", kernel);
        let text = plan.to_string();
        let measure = text.split("program measure").nth(1).unwrap();
        for (what, value) in [("pid", 56), ("nested", 32), ("comm size", 16)] {
            assert!(measure.contains(&format!(" = {value}\n")), "{kernel}: {what} is {value}:\n{measure}");
        }
    }
}
