//! Plans of every fixture against stored kernels: a real one of each age, and one of each of three architectures.
//!
//! A snapshot holds the whole plan for [`REFERENCE`], and then what differs from it on each other kernel, as lines that
//! go (`-`) and lines that come (`+`) under the heading that they stand under; or as a whole, where one is a plan and the
//! other a refusal. Kernels that differ alike share a part.
//!
//! Numbers that matter are asserted below, from the kernels' whole BTF as `bpftool btf dump file FILE format raw` shows
//! it: the lines stand in comments.

use bpf_loader::plan::{PlanProgram, Ref};
use bpf_loader::{Feature, Kernel, Object, Plan};

use crate::differences::differences;
use crate::plans::outcome;
use crate::support::{fixtures, path, root};

/// In the middle of the ages, and the release of which there are three architectures.
const REFERENCE: &str = "x86_64-6.12";

/// The others, by age and then by architecture.
const OTHERS: [&str; 6] =
    ["x86_64-5.10", "x86_64-6.1", "x86_64-6.18", "x86_64-7.2", "aarch64-6.12", "s390x-6.12"];

pub(crate) fn stored(name: &str) -> Kernel {
    Kernel::open(root().join(format!("kernels/stored/{name}.kernel"))).unwrap()
}

/// The object of the kernel's byte order.
fn object(name: &str, kernel: &str) -> std::path::PathBuf {
    path(name, if kernel.starts_with("s390x") { "eb" } else { "el" })
}

fn plan(name: &str, kernel: &str) -> Plan {
    Object::open(object(name, kernel)).unwrap().plan(&stored(kernel)).unwrap()
}

/// The plan as text. What says nothing but the byte order of this kernel is left out.
fn text(name: &str, kernel: &str) -> String {
    outcome(&object(name, kernel), &stored(kernel))
        .replace("big-endian kernel", "little-endian kernel")
        .replace(".eb.bpf.o", ".el.bpf.o")
}

#[test]
fn every_fixture() {
    for name in fixtures() {
        let reference = text(&name, REFERENCE);
        let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
        for kernel in OTHERS {
            let text = text(&name, kernel);
            // Of a plan and a refusal no line is the same, or by chance.
            let alike = text.starts_with("plan") == reference.starts_with("plan");
            let found = if alike { differences(&reference, &text) } else { text };
            match groups.iter_mut().find(|(_, known)| *known == found) {
                Some((kernels, _)) => kernels.push(kernel),
                None => groups.push((vec![kernel], found)),
            }
        }
        let mut out = format!("=== {REFERENCE}\n{}", reference.trim_end());
        for (kernels, found) in groups {
            let found = if found.is_empty() { "the same" } else { found.trim_end() };
            out += &format!("\n\n=== {}\n{found}", kernels.join(", "));
        }
        insta::assert_snapshot!(name.replace('/', "."), out.trim_end());
    }
}

/// What was stored says which kernel it is, and is saved again as the same bytes.
#[test]
fn stored_kernels_know_themselves() {
    for name in OTHERS.into_iter().chain([REFERENCE]) {
        let bytes = std::fs::read(root().join(format!("kernels/stored/{name}.kernel"))).unwrap();
        assert!(bytes.len() < 20 << 10, "{name}: {} bytes", bytes.len());
        let kernel = Kernel::from_saved(&bytes).unwrap();
        let machine = kernel.machine();
        let (architecture, release) = name.split_once('-').unwrap();
        assert_eq!(machine.architecture.as_deref(), Some(architecture));
        assert_eq!(machine.release.as_deref(), Some(release));
        assert_eq!(kernel.save().unwrap(), bytes, "{name}");
    }
}

fn program<'a>(plan: &'a Plan, name: &str) -> &'a PlanProgram {
    plan.programs().iter().find(|program| program.name == name).unwrap()
}

/// The numbers that a program sets registers to, in order.
pub(crate) fn numbers(plan: &Plan, name: &str) -> Vec<i32> {
    // `rN = number`: BPF_ALU64 | BPF_MOV | BPF_K.
    program(plan, name).insns.iter().filter(|insn| insn.insn.code == 0xb7).map(|insn| insn.insn.imm).collect()
}

/// Of each kernel, `STRUCT 'task_struct' size=`, and the `bits_offset=` of `pid`, `tgid` and `comm` in it.
pub(crate) const TASK: [(&str, i32, [i32; 3]); 7] = [
    // [132] STRUCT 'task_struct' size=9344 vlen=217; 'pid' 17856, 'tgid' 17888, 'comm' 21888
    ("x86_64-5.10", 9344, [17856, 17888, 21888]),
    // [192] STRUCT 'task_struct' size=9728 vlen=244; 'pid' 19328, 'tgid' 19360, 'comm' 23808
    ("x86_64-6.1", 9728, [19328, 19360, 23808]),
    // [112] STRUCT 'task_struct' size=9792 vlen=262; 'pid' 19456, 'tgid' 19488, 'comm' 23808
    ("x86_64-6.12", 9792, [19456, 19488, 23808]),
    // [114] STRUCT 'task_struct' size=5888 vlen=272; 'pid' 21632, 'tgid' 21664, 'comm' 25984
    ("x86_64-6.18", 5888, [21632, 21664, 25984]),
    // [109365] STRUCT 'task_struct' size=6080 vlen=267; 'pid' 22464, 'tgid' 22496, 'comm' 26752
    ("x86_64-7.2", 6080, [22464, 22496, 26752]),
    // [111] STRUCT 'task_struct' size=4736 vlen=235; 'pid' 11008, 'tgid' 11040, 'comm' 15360
    ("aarch64-6.12", 4736, [11008, 11040, 15360]),
    // [254] STRUCT 'task_struct' size=5120 vlen=216; 'pid' 15360, 'tgid' 15392, 'comm' 18688
    ("s390x-6.12", 5120, [15360, 15392, 18688]),
];

#[test]
fn core_by_hand() {
    for (kernel, size, [pid, tgid, comm]) in TASK {
        let fields = plan("core/fields", kernel);
        // What read_fields reads: pid, tgid, comm, and the third character of comm.
        let found: Vec<i32> =
            numbers(&fields, "read_fields").into_iter().filter(|number| *number > 1000).collect();
        assert_eq!(found[..4], [pid / 8, tgid / 8, comm / 8, comm / 8 + 2], "{kernel}");

        let kinds = plan("core/kinds", kernel);
        assert!(numbers(&kinds, "other_kinds").contains(&size), "{kernel}");
        let ids: Vec<&str> = program(&kinds, "other_kinds")
            .insns
            .iter()
            .filter_map(|insn| match insn.reference {
                Some(Ref::KernelType(id)) => kinds.kernel().btf().unwrap().get(id).unwrap().name().ok(),
                _ => None,
            })
            .collect();
        assert_eq!(ids, ["task_struct"], "{kernel}");
    }
}

/// `sched_reset_on_fork` is the first bit of four bytes everywhere: `type_id=9 bits_offset=18848 bitfield_size=1` on
/// 6.12. It comes to the top by 63 places from the lowest bit, and in the other byte order from the highest of the lower
/// half by 32.
#[test]
fn shifts_of_a_bitfield_by_hand() {
    for (kernel, left) in [("x86_64-6.12", 63), ("aarch64-6.12", 63), ("s390x-6.12", 32)] {
        let found = numbers(&plan("core/kinds", kernel), "other_kinds");
        assert!(found.ends_with(&[63, left]), "{kernel}: {found:?}");
    }
}

/// In `task_struct`, 5.10 has `'state' type_id=37 bits_offset=128`, all later ones `'__state' … bits_offset=192`.
#[test]
fn the_name_of_a_state_by_hand() {
    for (kernel, ..) in TASK {
        let plan = plan("core/fields", kernel);
        let (gone, offset) = if kernel.ends_with("5.10") { ("__state", 16) } else { ("state", 24) };
        let poisons = &program(&plan, "read_flavors").poisons;
        let unresolved: Vec<&str> = poisons.iter().map(|poison| poison.missing.path()).collect();
        let gone = format!("task_struct.{gone}");
        assert_eq!(unresolved, [gone.as_str(), &gone, "task_struct.zzz_not_there"], "{kernel}");
        assert!(numbers(&plan, "read_flavors").contains(&offset), "{kernel}");
        let close =
            if kernel.ends_with("5.10") { "state (volatile long int)" } else { "__state (unsigned int)" };
        assert_eq!(poisons[0].missing.nearest(), Some(close), "{kernel}");
    }
}

/// Of `STRUCT 'tcp_congestion_ops'`: which member `ssthresh`, `cong_avoid` and `init` are, counted from 0, and the
/// `bits_offset=` of `name`. The fixture without a link has no `init`. The value is `'data' … bits_offset=512` in
/// `STRUCT 'bpf_struct_ops_tcp_congestion_ops' size=256` everywhere but on s390x, which has none.
#[test]
fn congestion_controls_by_hand() {
    for (kernel, [ssthresh, cong_avoid, init], name) in [
        ("x86_64-5.10", [Some(5), Some(6), None], 1024),
        ("x86_64-6.1", [Some(0), Some(1), None], 704),
        ("x86_64-6.12", [Some(0), Some(1), Some(16)], 704),
        ("x86_64-6.18", [Some(0), Some(1), Some(16)], 704),
        // 7.2 has cong_avoid and another one before it.
        ("x86_64-7.2", [Some(2), Some(0), Some(17)], 768),
        ("aarch64-6.12", [Some(0), Some(1), Some(16)], 704),
    ] {
        // 5.10 and 6.1 have no STRUCT 'bpf_struct_ops_link'.
        let old = ["x86_64-5.10", "x86_64-6.1"].contains(&kernel);
        let plan = plan(if old { "struct_ops/cong_nolink" } else { "struct_ops/cong" }, kernel);
        let ops = &plan.struct_ops()[0];
        assert_eq!((ops.data_offset, ops.image.len()), (64, 256), "{kernel}");
        let member = |name: &str| ops.members.iter().find(|member| member.name == name);
        assert_eq!(member("name").unwrap().kernel_offset, Some(name / 8), "{kernel}");
        for (name, index) in [("ssthresh", ssthresh), ("cong_avoid", cong_avoid), ("init", init)] {
            let callback = ops.callbacks().find(|callback| callback.name == name);
            assert_eq!(callback.map(|callback| callback.member), index, "{kernel} {name}");
        }
    }
}

/// `'snd_cwnd'` of STRUCT 'tcp_sock': bits_offset=12000 on 6.12 of both architectures, 11872 on 7.2. The second
/// instruction of demo_ssthresh reads it.
#[test]
fn a_member_of_a_socket_by_hand() {
    for (kernel, bits) in [("x86_64-6.12", 12000), ("aarch64-6.12", 12000), ("x86_64-7.2", 11872)] {
        let plan = plan("struct_ops/cong", kernel);
        assert_eq!(i32::from(program(&plan, "demo_ssthresh").insns[1].insn.off), bits / 8, "{kernel}");
    }
}

/// s390x has STRUCT 'tcp_congestion_ops' size=256, and no type whose name begins with `bpf_struct_ops_`.
#[test]
fn no_struct_ops_at_all() {
    let object = Object::open(object("struct_ops/cong_nolink", "s390x-6.12")).unwrap();
    let failed = object.plan(&stored("s390x-6.12")).unwrap_err();
    let codes: Vec<&str> = failed.errors().iter().map(|error| error.code()).collect();
    assert_eq!(codes, ["E0407"]);
    assert!(failed.errors()[0].help().unwrap().contains("takes no implementation of it from BPF"));
}

/// The module's BTF, whole, on that of its kernel: `[107336] STRUCT 'bpf_fixture_ops' size=48 vlen=5` with 'sum' at
/// bits_offset=0, 'scale' 64, 'done' 128, 'level' 192, 'name' 224; `[107352] STRUCT 'bpf_struct_ops_bpf_fixture_ops'
/// size=128` with 'data' at 512. `STRUCT 'bpf_fixture_state'` has 'level' at 32 and 'total' at 64.
#[test]
fn struct_ops_of_a_module_by_hand() {
    let plan = plan("module/ops", REFERENCE);
    assert_eq!(plan.modules().collect::<Vec<_>>(), ["bpf_fixture"]);
    assert!(plan.notices().is_empty());
    let ops = &plan.struct_ops()[0];
    assert_eq!((ops.data_offset, ops.image.len()), (64, 128));
    for (of, name) in [
        (&ops.struct_type, "bpf_fixture_ops"),
        (&ops.value_type, "bpf_struct_ops_bpf_fixture_ops"),
        (plan.maps().last().unwrap().kernel_value.as_ref().unwrap(), "bpf_struct_ops_bpf_fixture_ops"),
    ] {
        assert_eq!((of.name.as_str(), of.module.as_deref()), (name, Some("bpf_fixture")));
        // In the module's ids, not in those of the kernel.
        let module = plan.kernel().module("bpf_fixture").unwrap().btf().unwrap();
        assert_eq!(module.get(of.id).unwrap().name(), Ok(name));
        assert!(plan.kernel().btf().unwrap().get(of.id).is_err());
    }
    let offsets: Vec<(&str, Option<u32>)> =
        ops.members.iter().map(|member| (member.name.as_str(), member.kernel_offset)).collect();
    let at = |name, bits: u32| (name, Some(bits / 8));
    assert_eq!(offsets, [at("name", 224), at("level", 192), at("done", 128), at("scale", 64), at("sum", 0)]);
    // 64 and 24 bytes into the value: 100; 28: the name.
    assert_eq!(ops.image[88..96], *b"\x64\0\0\0all\0");
    let members: Vec<(&str, u32)> =
        ops.callbacks().map(|callback| (callback.name.as_str(), callback.member)).collect();
    assert_eq!(members, [("done", 2), ("scale", 1), ("sum", 0)]);
    // CO-RE: state->level is a load of four bytes (0x61), state->total one of eight (0x79).
    let loads = |name: &str, code| -> Vec<i16> {
        let all = program(&plan, name).insns.iter().filter(|insn| insn.insn.code == code);
        all.map(|insn| insn.insn.off).collect()
    };
    assert!(loads("fixture_sum", 0x61).contains(&(32 / 8)));
    assert!(loads("fixture_done", 0x79).contains(&(64 / 8)));
}

/// `'total' type_id=38 bits_offset=64` in the module's `STRUCT 'bpf_fixture_state'`, which no kernel has itself.
#[test]
fn core_in_a_module_by_hand() {
    let with = plan("module/core", REFERENCE);
    assert_eq!(with.modules().collect::<Vec<_>>(), ["bpf_fixture"]);
    // has_state, has_total, total_at, has_task, has_nobody: of the numbers that are no addresses.
    let numbers_with = numbers(&with, "ask");
    assert!(numbers_with.contains(&(64 / 8)), "{numbers_with:?}");
    let ones = |plan: &Plan| numbers(plan, "ask").into_iter().filter(|number| *number == 1).count();
    let without = plan("module/core", "x86_64-6.18");
    assert_eq!(without.modules().count(), 0);
    assert!(!numbers(&without, "ask").contains(&8));
    // The module's type and its member exist no more; the task still does.
    assert_eq!(ones(&with) - ones(&without), 2);
    assert!(ones(&without) >= 1);
}

/// A damaged module beside a good one: it is named, and changes nothing else.
#[test]
fn a_module_cut_short() {
    let stored = stored(REFERENCE);
    let good = stored.module("bpf_fixture").unwrap().btf().unwrap().bytes().to_vec();
    let object = Object::open(object("module/ops", REFERENCE)).unwrap();
    let kernel = |cut: &[u8]| {
        let builder = Kernel::builder().btf(stored.btf().unwrap().clone()).machine(stored.machine().clone());
        builder.module("a_cut_one", cut).module("bpf_fixture", good.clone()).build()
    };
    let whole = object.plan(&stored).unwrap().to_string();
    for end in 0..good.len() {
        let plan = object.plan(&kernel(&good[..end])).unwrap();
        let notices: Vec<&str> = plan.notices().iter().map(|notice| notice.code()).collect();
        assert_eq!(notices, ["E0452"], "cut at {end}");
        let text = plan.to_string();
        let rest: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains("a_cut_one") && !line.starts_with("  at module"))
            .collect();
        assert_eq!(rest, whole.lines().collect::<Vec<_>>(), "cut at {end}");
    }
    let plan = object.plan(&kernel(&good[..good.len() - 1])).unwrap();
    let text = plan.notices()[0].to_string();
    assert!(
        text.starts_with("the BTF of module `a_cut_one` cannot be used, and the module is passed over: "),
        "{text}"
    );
    // What the kernel itself has needs no module, so none is opened, and nothing is said.
    let own = Object::open(self::object("struct_ops/cong", REFERENCE)).unwrap();
    assert!(own.plan(&kernel(&good[..9])).unwrap().notices().is_empty());
}

/// What programs and maps of every kind rest on is in all of these kernels: `'name'` and `'func_info'` in STRUCT
/// 'bpf_prog_aux', `'expected_attach_type'` in 'bpf_prog', `'map_mmap'` and `'map_direct_value_addr'` in 'bpf_map_ops'.
/// So nothing is assumed, and nothing left out: the names, lines and BTF, and the memory-mapped sections.
#[test]
fn programs_and_maps_by_hand() {
    for kernel in OTHERS.into_iter().chain([REFERENCE]) {
        // A struct_ops with a link needs STRUCT 'bpf_struct_ops_link'.
        let links = kernel.ends_with("6.12") && !kernel.starts_with("s390x");
        let struct_ops = links.then_some("bad/no_license");
        for name in ["tracing/raw_tp", "socket/filter_maps", "verifier/reject"].into_iter().chain(struct_ops)
        {
            let plan = plan(name, kernel);
            assert_eq!(plan.assumptions().count(), 0, "{name} on {kernel}");
            assert!(plan.btf().is_some() && plan.programs().iter().all(|program| !program.lines.is_empty()));
            // As much of a name as a kernel takes: 15 bytes.
            let named =
                |program: &PlanProgram| program.kernel_name == program.name[..program.name.len().min(15)];
            assert!(!plan.programs().is_empty() && plan.programs().iter().all(named), "{name} on {kernel}");
        }
        // A section for variables that are written is mapped: BPF_F_MMAPABLE is 1 << 10.
        let plan = plan("tracing/raw_tp", kernel);
        assert!(plan.maps().iter().any(|map| map.name == ".bss" && map.flags & 1 << 10 != 0), "{kernel}");
    }
}

/// What ring buffers and tracepoints rest on is in all of these kernels too. The sizes are those of the sources; pages have
/// 4096 bytes where a stored kernel does not say otherwise. The helpers are 130 to 133 of `enum bpf_func_id`.
#[test]
fn ring_buffers_by_hand() {
    for kernel in OTHERS.into_iter().chain([REFERENCE]) {
        let plan = plan("ring/events", kernel);
        assert_eq!(plan.assumptions().count(), 0, "{kernel}");
        let rings = plan.maps().iter().filter(|map| map.map_type.0 == 27);
        let rings: Vec<_> =
            rings.map(|map| (map.name.as_str(), map.key_size, map.value_size, map.max_entries)).collect();
        assert_eq!(rings, [("execs", 0, 0, 65536), ("small", 0, 0, 4096)], "{kernel}");
        // `call N`: BPF_JMP | BPF_CALL.
        let calls = |name| -> Vec<i32> {
            let insns = program(&plan, name).insns.iter().map(|insn| insn.insn);
            insns.filter(|insn| insn.code == 0x85).map(|insn| insn.imm).collect()
        };
        assert_eq!(
            ["submit", "output", "discard"].map(calls),
            [vec![131, 132], vec![130], vec![131, 133]],
            "{kernel}"
        );
    }
}

/// Of the features whose BTF came later than the oldest kernel: since when. Of STRUCT 'bpf_perf_link', 5.10 has none; the
/// others do, `[10879] STRUCT 'bpf_perf_link' size=72 vlen=2` on 6.1.
#[test]
fn features_by_hand() {
    use bpf_loader::Answer::{No, Yes};
    for (kernel, struct_ops, perf_link, link) in [
        ("x86_64-5.10", Yes, No, No),
        ("x86_64-6.1", Yes, Yes, No),
        ("x86_64-6.12", Yes, Yes, Yes),
        ("x86_64-6.18", Yes, Yes, Yes),
        ("x86_64-7.2", Yes, Yes, Yes),
        ("aarch64-6.12", Yes, Yes, Yes),
        // No STRUCT 'bpf_struct_ops_map', none 'bpf_struct_ops_link'.
        ("s390x-6.12", No, Yes, No),
    ] {
        let value = stored(kernel);
        let answers = [Feature::StructOps, Feature::PerfLink, Feature::StructOpsLink]
            .map(|feature| value.feature(feature));
        assert_eq!(answers, [struct_ops, perf_link, link], "{kernel}");
    }
}

/// An object with BTF that 5.10 does not know: it becomes something older, under the same ids.
#[test]
fn newer_btf_is_rewritten_for_an_older_kernel() {
    let [old, new] = ["x86_64-5.10", "x86_64-6.1"].map(|kernel| plan("socket/newer_btf", kernel));
    assert_eq!(new.btf_lacks(), []);
    let lacks = [Feature::BtfFloat, Feature::BtfDeclTag, Feature::BtfTypeTag, Feature::BtfEnum64];
    assert_eq!(old.btf_lacks(), lacks);
    let (old, new) = (old.btf().unwrap(), new.btf().unwrap());
    let line = |btf: &bpf_btf::Btf, id| bpf_btf::dump::raw_line(&btf.get(bpf_btf::TypeId(id)).unwrap());
    for (id, was, is) in [
        (3, "INT 'int' size=4", "INT 'int' size=4"),
        (6, "DECL_TAG 'a_variable' type_id=5", "INT 'a_variable' size=1"),
        (11, "FLOAT 'float' size=4", "STRUCT '(anon)' size=4 vlen=0"),
        (13, "ENUM64 'wide'", "UNION 'wide' size=8 vlen=1\n\t'WIDE' type_id=25"),
        (15, "ENUM 'negative' encoding=SIGNED", "ENUM 'negative' encoding=UNSIGNED"),
        (20, "TYPE_TAG 'a_type' type_id=3", "CONST '(anon)' type_id=3"),
    ] {
        assert!(line(new, id).starts_with(&format!("[{id}] {was}")), "{}", line(new, id));
        assert!(line(old, id).starts_with(&format!("[{id}] {is}")), "{}", line(old, id));
    }
}
