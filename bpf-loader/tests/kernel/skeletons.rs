//! Generated skeletons, used as a program would: variables, maps, programs, struct_ops variables by their fields.

use bpf_loader::Kernel;
use bpf_loader::map::Access;
use bpf_loader::object::{Instances, OpenOptions};
use bpf_loader::skeleton::Bool;
use bpf_loader::struct_ops::MemberValue;
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, holds, is_registered, linked_test, test, transfer};

/// Those that the test `skeletons` compares with what is generated.
mod generated {
    pub(super) mod skeleton {
        include!("../skeletons/generated/skeleton/kinds.rs");
    }
    pub(super) mod maps {
        include!("../skeletons/generated/maps/nested.rs");
    }
    pub(super) mod struct_ops {
        include!("../skeletons/generated/struct_ops/cong.rs");
        include!("../skeletons/generated/struct_ops/cong_optional.rs");
    }
    pub(super) mod instances {
        include!("../skeletons/generated/instances/filter.rs");
    }
    pub(super) mod externs {
        include!("../skeletons/generated/externs/kconfig.rs");
    }
    pub(super) mod tracing {
        include!("../skeletons/generated/tracing/raw_tp.rs");
    }
}
use generated::instances::filter::Filter;
use generated::skeleton::kinds::{Kinds, Mode, OpenKinds, Point, Wide};
use generated::struct_ops::cong::{Cong, StructOpsProgram};
use generated::struct_ops::cong_optional::CongOptional;
use generated::tracing::raw_tp::RawTp;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("skeletons: what is set before loading is seen by the program", settings),
        test("skeletons: what a program writes is read by its type", written),
        test("skeletons: integers in one step", in_one_step),
        test("skeletons: a byte that is no truth value", no_truth),
        linked_test("skeletons: a congestion control, edited and attached", congestion),
        linked_test("skeletons: what is optional has a field, loaded or not", optional),
        test("skeletons: instances", instances),
        test("skeletons: programs one by one, and all", attached),
        #[cfg(feature = "codegen")]
        test("skeletons: what a build.rs compiles", built),
    ]
}

fn run(kinds: &Kinds) -> Result<u32, Failed> {
    Ok(kinds.programs.see.get()?.test_run(TestRun::new().data_in(&[0; 64]))?.retval)
}

fn settings() -> Outcome {
    let mut open: OpenKinds = Kinds::open()?;
    equal("a truth value at first", open.rodata().enabled().get()?, true)?;
    equal("an enumeration at first", open.rodata().wanted().get()?, Mode::MODE_ON)?;
    equal("its name", open.rodata().wanted().get()?.name(), Some("MODE_ON"))?;
    open.rodata().enabled().set(false)?;
    open.rodata().wanted().set(Mode::MODE_LEAST)?;
    open.rodata().limits().set([10, 20, 30])?;
    open.rodata().corner().set(Point { x: 7, y: 8, z: 9, ..Point::default() })?;
    open.bss().runs().set(40)?;
    let kinds = open.load()?;
    run(&kinds)?;
    equal("bool", kinds.bss.enabled_seen.get()?, false)?;
    equal("enum", kinds.bss.wanted_seen.get()?, Mode::MODE_LEAST)?;
    equal("array", kinds.bss.limits_seen.get()?, [10, 20, 30])?;
    equal("an element", kinds.bss.limits_seen.at(2).map(|element| element.get()).transpose()?, Some(30))?;
    holds("no element", kinds.bss.limits_seen.at(3).is_none())?;
    let corner = kinds.bss.corner_seen.get()?;
    equal("struct", (corner.x, corner.y, corner.z), (7, 8, 9))?;
    equal("counted on", kinds.bss.runs.get()?, 41)?;
    equal("still as set", kinds.rodata.limits.get()?, [10, 20, 30])?;
    // The open one is as it was, and can be loaded again.
    let again = open.load()?;
    equal("another has its own", again.bss.runs.get()?, 40)?;
    DONE
}

fn written() -> Outcome {
    let kinds = Kinds::open()?.load()?;
    equal("a section of its own", (run(&kinds)?, run(&kinds)?), (4, 5))?;
    equal("the same by its field", kinds.data_own.own.get()?, 5)?;
    let bits = kinds.bss.bits.get()?;
    equal("unsigned bits", (bits.small(), bits.large()), (5, 0x12_3456_789a))?;
    equal("signed bits", bits.negative(), -3)?;
    equal("other bits", (bits.on(), bits.mode(), bits.plain), (true, Mode::MODE_ON, 9))?;
    let tight = kinds.bss.tight.get()?;
    equal("packed", (tight.kind, tight.length(), tight.tail()), (1, 0x0102_0304, 0x0506))?;
    let either = kinds.data.either.get()?;
    equal("a union", (either.number().to_ne_bytes(), either.bytes()), ([1, 2, 3, 4], [1, 2, 3, 4, 5, 6]))?;
    let outer = kinds.bss.outer.get()?;
    equal("arrays of arrays", outer.points[1][2].y, 77)?;
    equal("anonymous members", (outer.anon.high, outer.anon_2.word()), (0x1234, 0x0a0b_0c0d))?;
    equal("bool inside", (outer.flag, outer.aligned), (Bool::TRUE, 32))?;
    equal("128 bits", kinds.data.huge.get()?, 1)?;
    equal("64 bits", kinds.data.wide.get()?, Wide::WIDE_ALL)?;
    holds("a float", (kinds.data.ratio.get()? - 0.5).abs() < f64::EPSILON)?;
    equal(
        "static variables of one name",
        (kinds.bss.see_calls.get()?, kinds.bss.other_calls.get()?),
        (2, 0),
    )?;
    kinds.programs.other.get()?.test_run(TestRun::new().data_in(&[0; 64]))?;
    equal("each its own", (kinds.bss.see_calls.get()?, kinds.bss.other_calls.get()?), (2, 1))?;
    DONE
}

fn in_one_step() -> Outcome {
    let kinds = Kinds::open()?.load()?;
    if kinds.bss.runs.access() == Access::BySyscall {
        return Ok(Completion::ignored_with("needs Linux 5.5: arrays in shared memory"));
    }
    kinds.bss.runs.store(10)?;
    run(&kinds)?;
    equal("before", kinds.bss.runs.fetch_add(5)?, 11)?;
    equal("after", kinds.bss.runs.load()?, 16)?;
    equal("signed", (kinds.data.below.fetch_add(-1)?, kinds.data.far_below.fetch_add(-1)?), (-8, -8))?;
    equal("signed, after", (kinds.data.below.load()?, kinds.data.far_below.load()?), (-9, -9))?;
    let element = kinds.bss.limits_seen.at(1).ok_or("no element")?;
    equal("an element", (element.fetch_add(1)?, element.load()?), (2, 3))?;
    kinds.bss.corner_seen.set(Point { y: 5, ..Point::default() })?;
    equal("a struct", kinds.bss.corner_seen.get()?.y, 5)?;
    DONE
}

fn no_truth() -> Outcome {
    let kinds = Kinds::open()?.load()?;
    kinds.bss.enabled_seen.set(true)?;
    equal("set", kinds.bss.enabled_seen.get()?, true)?;
    kinds.bss.enabled_seen.global().set(&2_u8)?;
    equal("2", kinds.bss.enabled_seen.get().map_err(|error| error.code()), Err("E1014"))?;
    DONE
}

fn congestion() -> Outcome {
    let mut open = Cong::open()?;
    open.rodata().initial_cwnd().set(16)?;
    let structs = open.struct_ops();
    let mut variable = structs.bpf_demo_cc()?;
    let mut name = [0; 16];
    name[..12].copy_from_slice(b"bpf_skeleton");
    variable.name().set(name)?;
    equal("flags at first", variable.flags().get()?, 0)?;
    // TCP_CONG_NEEDS_ECN: connections ask for it from now on.
    variable.flags().set(2)?;
    equal("a callback", variable.pkts_acked().program()?, Some("demo_pkts_acked"))?;
    variable.pkts_acked().clear()?;
    variable.set_state().clear()?;
    variable.cwnd_event().assign(StructOpsProgram::DemoSetState)?;
    equal("another callback", variable.cwnd_event().program()?, Some("demo_set_state"))?;
    equal(
        "a program that there is not",
        variable.init().assign("demo_inti").map_err(|error| error.help()),
        Err(Some("did you mean `demo_init`?".into())),
    )?;
    let cong = open.load()?;
    holds("a cleared callback's program is left out", !cong.programs.demo_pkts_acked.is_loaded())?;
    equal(
        "it says so",
        cong.programs.demo_pkts_acked.attach().map(drop).map_err(|e| e.code()),
        Err("E1015"),
    )?;
    let attached = cong.attach()?;
    holds("registered", is_registered("bpf_skeleton")?)?;
    transfer("bpf_skeleton", 4)?;
    holds("counted", attached.bss.acks_seen.load()? > 0 && attached.bss.connections_opened.get()? > 0)?;
    equal("never called", attached.bss.rtt_min_us.get()?, 0)?;
    let members = attached.struct_ops.bpf_demo_cc.get()?.info()?.members;
    let named = |wanted: &str| {
        members.iter().find_map(|member| match member {
            MemberValue::Callback { name, program } if name == wanted => {
                Some(program.as_ref().map(|p| p.name.clone()))
            }
            _ => None,
        })
    };
    equal("a replaced callback", named("cwnd_event"), Some(Some("demo_set_state".into())))?;
    equal("a cleared callback", named("set_state"), Some(None))?;
    let flags = members.iter().find_map(|member| match member {
        MemberValue::Data { name, value, .. } if name == "flags" => Some(value.as_str()),
        _ => None,
    });
    equal("flags in the kernel", flags, Some("2"))?;
    attached.data.segments_per_round.store(4)?;
    let cong = attached.detach()?;
    holds("gone", !is_registered("bpf_skeleton")?)?;
    equal("its variables stay", cong.data.segments_per_round.get()?, 4)?;
    let link = cong.struct_ops.bpf_demo_cc.attach()?;
    holds("registered by itself", is_registered("bpf_skeleton")?)?;
    drop(link);
    holds("gone again", !is_registered("bpf_skeleton")?)?;
    let attached = cong.attach()?;
    holds("registered once more", is_registered("bpf_skeleton")?)?;
    drop(attached);
    holds("dropping it is enough", !is_registered("bpf_skeleton")?)?;
    DONE
}

fn optional() -> Outcome {
    let open = CongOptional::open()?;
    let loaded = open.load()?;
    let loaded_now = loaded.loaded().struct_ops_variables().count();
    let fields = [loaded.struct_ops.bpf_always.is_loaded(), loaded.struct_ops.bpf_on_request.is_loaded()];
    equal("as many as are loaded", fields.iter().filter(|loaded| **loaded).count(), loaded_now)?;
    holds("not all", fields.contains(&false))?;
    DONE
}

fn instances() -> Outcome {
    let mut open = Filter::open()?;
    if Kernel::running().machine().release.as_deref().is_some_and(|release| release.starts_with("5.1")) {
        open.programs().loops()?.set_autoload(false);
    }
    open.programs().pick_instances(Instances::new(3).global("number", |index| index + 20))?;
    let filter = open.load()?;
    for index in 0..3 {
        let program = filter.programs.pick.instance(index)?;
        let output = program.test_run(TestRun::new().data_in(&[0; 64]))?;
        equal("its number", output.retval, index + 20)?;
    }
    equal("beyond", filter.programs.pick.instance(3).map(drop).map_err(|error| error.code()), Err("E0713"))?;
    equal("one of one", filter.programs.counted.instance(0)?.name(), "counted")?;
    DONE
}

fn attached() -> Outcome {
    let mut open = RawTp::open_with(OpenOptions::new().name("renamed"))?;
    open.rodata().target_tgid().set(std::process::id())?;
    open.maps().by_number()?.set_max_entries(512)?;
    let raw_tp = open.load()?;
    equal("its name", raw_tp.loaded().plan().object().name(), "renamed")?;
    let attached = raw_tp.attach()?;
    equal("one program is attached", attached.links().links().len(), 1)?;
    std::thread::yield_now();
    let counted: Vec<(u32, u64)> = attached.maps.by_number.iter().collect::<Result<_, _>>()?;
    holds("a map has its types", counted.iter().any(|(_, count)| *count >= 1))?;
    holds("all were counted", attached.bss.calls.load()? >= 1)?;
    let (raw_tp, links) = attached.into_parts();
    links.detach()?;
    let calls = raw_tp.bss.calls.load()?;
    std::thread::yield_now();
    equal("nothing more is counted", raw_tp.bss.calls.load()?, calls)?;
    DONE
}

/// All of it: a source that asks for the kernel's types, compiled, loaded, run.
#[cfg(feature = "codegen")]
fn built() -> Outcome {
    let folder = std::env::temp_dir().join(format!("bpf-loader-built-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = built_in(&folder);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

#[cfg(feature = "codegen")]
fn built_in(folder: &std::path::Path) -> Outcome {
    let source = folder.join("app.bpf.c");
    std::fs::write(
        &source,
        "#include \"vmlinux.h\"\n#define SEC(name) __attribute__((section(name), used))\n\
         const volatile int answer = 42;\nSEC(\"socket\") int see(struct __sk_buff *skb) { return answer; }\n\
         char _license[] SEC(\"license\") = \"GPL\";\n",
    )?;
    let builder = bpf_loader::SkeletonBuilder::new().source(&source).out_dir(folder.join("out")).cargo(false);
    let built = match builder.build() {
        Err(error) if error.code() == "E1007" => {
            return Ok(Completion::ignored_with("no clang that compiles for BPF"));
        }
        other => other.map_err(|error| format!("{error:?}"))?,
    };
    equal("warnings", built.warnings.as_str(), "")?;
    let text = std::fs::read_to_string(built.skeleton)?;
    holds("the variable has its type", text.contains("pub answer: skeleton::ReadVar<i32>"))?;
    let loaded = bpf_loader::Object::open(built.object)?.load()?;
    let output = loaded.program("see")?.test_run(TestRun::new().data_in(&[0; 64]))?;
    equal("it runs", output.retval, 42)?;
    DONE
}
