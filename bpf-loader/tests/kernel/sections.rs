//! What stands in sections of its own: maps of the old kind, variables in an arena, jump tables.

use bpf_loader::map::Access;
use bpf_loader::{Diagnostic, Feature, LoadError};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Outcome, equal, holds, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("sections: maps of the old kind are used", legacy_maps),
        test("sections: variables in an arena are set before, and read while it runs", arena),
        test("sections: variables far into an arena stand where the kernel takes them", far_arena),
        test("sections: a program jumps by tables", jump_tables),
    ]
}

fn legacy_maps() -> Outcome {
    let loaded = load("maps/legacy")?;
    let program = loaded.program("count")?;
    let run = |len: usize| program.test_run(TestRun::new().data_in(&vec![0; len])).map(|ran| ran.retval);
    equal("first of its length", run(114)?, 100)?;
    equal("second of its length", run(114)?, 101)?;
    equal("third of its length", run(114)?, 102)?;
    let zero = 0_u32.to_ne_bytes();
    equal("plain[0]", loaded.map("plain")?.lookup(&zero)?, Some(3_u32.to_ne_bytes().to_vec()))?;
    equal("modern[0]", loaded.map("modern")?.lookup(&zero)?, Some(6_u32.to_ne_bytes().to_vec()))?;
    let info = loaded.map("sizes")?.info()?;
    equal("sizes", (info.key_size, info.value_size, info.max_entries), (4, 8, 64))?;
    DONE
}

fn arena() -> Outcome {
    let mut object = open("arena/globals")?;
    object.global_mut("counter")?.set(&100_u32)?;
    let loaded = match object.load() {
        Err(LoadError::Refused { .. }) if !knows_arenas() => {
            return Ok(Completion::ignored_with("needs Linux 6.9: arenas"));
        }
        loaded => loaded?,
    };
    let counter = loaded.global("counter")?;
    equal("an arena is in memory", counter.access(), Access::Mapped)?;
    let run = || loaded.program("use").and_then(|program| program.test_run(TestRun::new()));
    // counter + 1 + quiet, which is 3.
    equal("the first run", run()?.retval, 104)?;
    counter.set(&500_u32)?;
    equal("the second run", run()?.retval, 504)?;
    equal("counter", counter.get::<u32>()?, 501)?;
    let mut big = vec![0; 4800];
    loaded.global("big")?.read(&mut big)?;
    equal("big[3]", &big[24..32], &501_u64.to_ne_bytes())?;
    equal("all else of it", big.iter().filter(|byte| **byte != 0).count(), 2)?;
    equal("calls, which is not in the arena", loaded.global("calls")?.get::<u32>()?, 2)?;
    DONE
}

/// One page more than 512 MiB: kernels before 7.0 refuse the program, and the variables go to the start.
fn far_arena() -> Outcome {
    let mut object = open("arena/globals")?;
    object.map_mut("arena")?.set_max_entries(131_073)?;
    let loaded = match object.load() {
        Err(LoadError::Refused { .. }) if !knows_arenas() => {
            return Ok(Completion::ignored_with("needs Linux 6.9: arenas"));
        }
        loaded => loaded?,
    };
    let arena = loaded.plan().maps().iter().find_map(|map| map.arena).ok_or("there is no arena")?;
    let page = arena.len / 131_073;
    let last = arena.len - 4812_u64.next_multiple_of(page);
    holds("at the end or at the start", arena.globals_at == 0 || u64::from(arena.globals_at) == last)?;
    let assumed = loaded.plan().assumptions().any(|(feature, _)| feature == Feature::WideOffsets);
    equal("what was assumed holds, or was probed", arena.globals_at != 0, assumed)?;
    equal("counter + 1 + 3", loaded.program("use")?.test_run(TestRun::new())?.retval, 44)?;
    equal("counter", loaded.global("counter")?.get::<u32>()?, 41)?;
    DONE
}

fn knows_arenas() -> bool {
    let arena = bpf_sys::MapCreate::new(bpf_sys::uapi::MapType::ARENA, 0, 0, 1);
    arena.flags(bpf_sys::uapi::flags::BPF_F_MMAPABLE).create().is_ok()
}

fn jump_tables() -> Outcome {
    let object = open("jump/table")?;
    let loaded = match object.load() {
        Err(error) if error.to_string().contains("insn_array") => {
            equal("the code", error.code(), "E0463")?;
            return Ok(Completion::ignored_with("needs Linux 6.19: maps of type insn_array"));
        }
        loaded => loaded?,
    };
    let program = loaded.program("choose")?;
    for (rest, expected) in [(0, 15), (1, 27), (2, 35), (3, 47)] {
        let ran = program.test_run(TestRun::new().data_in(&vec![0; 14 + 40 + rest]))?;
        equal("what the tables lead to", ran.retval, expected)?;
    }
    DONE
}
