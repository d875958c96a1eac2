//! Instances of programs: what they are made from, how they are edited, what follows the edit, what is refused. The
//! numbers come from `fixtures/instances/filter.bpf.c` and the instructions that clang made of it:
//!
//! ```text
//! pick:   0 call large   1-2 r1 = &number   3 r1 = *r1   4 w1 += w0   5 w0 = w1   6 exit
//! large:  7 r1 = len     8 w0 = 100         9 if w1 > 64 goto 11      10 w0 = 0   11 exit
//! ```

use bpf_btf::Endian;
use bpf_elf::InsnIndex;
use bpf_loader::object::{Instances, Rewrite, SpecError};
use bpf_loader::plan::{
    EditInsn, EditStream, InstanceProblem, Notice, PlanError, PlanInsn, PlanProgram, Ref,
};
use bpf_loader::uapi::{AttachType, Insn, ProgramType};
use bpf_loader::{Answer, Diagnostic, Feature, Kernel, Object, Plan};

use crate::stored::stored;
use crate::support::{ORDERS, fixtures, kernel, path};

const NAME: &str = "instances/filter";

fn object(order: &str) -> Object {
    Object::open(path(NAME, order)).unwrap()
}

/// The plan of an object for a kernel of its byte order that says nothing of itself.
fn plan(object: &Object) -> Plan {
    object.plan(&bare(object)).unwrap()
}

fn bare(object: &Object) -> Kernel {
    kernel("recent", if object.file().endian() == Endian::Little { "el" } else { "eb" })
}

/// The instances of a program of the fixture that a function rewrites.
fn rewritten(
    order: &str,
    program: &str,
    count: u32,
    rewrite: impl Fn(u32, EditStream) -> Rewrite + Send + Sync + 'static,
) -> Object {
    let mut object = object(order);
    object.set_instances(program, Instances::new(count).rewrite(rewrite)).unwrap();
    object
}

fn instance<'a>(plan: &'a Plan, name: &str, index: u32) -> &'a PlanProgram {
    let id = plan.object().programs().iter().find(|spec| spec.name() == name).unwrap().id();
    plan.instance(id, index).unwrap()
}

fn starts(program: &PlanProgram) -> Vec<(&str, u32)> {
    program.functions.iter().map(|placed| (placed.name.as_str(), placed.start.0)).collect()
}

/// Line numbers, by instruction.
fn lines(program: &PlanProgram) -> Vec<(u32, u32)> {
    program.lines.iter().map(|line| (line.insn.0, line.line)).collect()
}

fn text(plan: &Plan, program: &PlanProgram) -> Vec<String> {
    let whole = plan.to_string();
    let name = program.name.as_str();
    let of = |block: &&str| block.starts_with(&format!("program {name}, instance {}:", program.instance));
    let block = whole.split("\n\n").find(of).unwrap();
    block.lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

/// One instance whose stream is given back as it came is the program, in every fixture: instructions, functions, lines,
/// what is unresolved.
#[test]
fn identity() {
    let mut seen = 0;
    for name in fixtures() {
        for order in ORDERS {
            let (Ok(object), kernel) = (Object::open(path(&name, order)), kernel("recent", order)) else {
                continue;
            };
            let Ok(plain) = object.plan(&kernel) else { continue };
            let mut same = object.clone();
            for program in
                plain.programs().iter().filter(|found| found.program_type != ProgramType::STRUCT_OPS)
            {
                let instances = Instances::new(1).rewrite(|_, stream| Rewrite::Replace(stream));
                same.set_instances(&program.name, instances).unwrap();
                seen += 1;
            }
            let again = same.plan(&kernel).unwrap();
            assert_eq!(again.to_string(), plain.to_string(), "{name}.{order}");
            assert_eq!(again.to_json(), plain.to_json(), "{name}.{order}");
            for (again, plain) in again.programs().iter().zip(plain.programs()) {
                assert_eq!(again.insns, plain.insns, "{name}.{order}");
                assert_eq!(again.func_info, plain.func_info, "{name}.{order}");
                assert_eq!(again.lines, plain.lines, "{name}.{order}");
                assert_eq!(again.poisons, plain.poisons, "{name}.{order}");
                assert_eq!((again.instance, &again.modules), (0, &plain.modules), "{name}.{order}");
            }
        }
    }
    assert!(seen > 60, "{seen} programs");
}

/// Each instance of `pick` returns its number at once; `large` is called no more, and gone.
#[test]
fn each_returns_its_index() {
    for order in ORDERS {
        let object = rewritten(order, "pick", 3, |index, mut stream| {
            let end = stream.function("pick").unwrap().end;
            let number = Insn::mov64_imm(0, index.cast_signed());
            stream.replace(0..end, [number, Insn::exit()].map(EditInsn::new));
            Rewrite::Replace(stream)
        });
        let plan = plan(&object);
        assert_eq!(plan.programs().len(), 3 + 2, "{order}");
        for index in 0..3 {
            let program = instance(&plan, "pick", index);
            let insns: Vec<Insn> = program.insns.iter().map(|planned| planned.insn).collect();
            assert_eq!(insns, [Insn::mov64_imm(0, index.cast_signed()), Insn::exit()], "{order}");
            assert_eq!(starts(program), [("pick", 0)], "{order}");
            let original = object.file().functions().iter().find(|function| function.name == "pick").unwrap();
            assert_eq!(program.func_info, [(InsnIndex(0), original.type_id.unwrap())], "{order}");
            // Nothing is left that had a line.
            assert_eq!(lines(program), [], "{order}");
        }
        // The other programs are what they were.
        assert_eq!(starts(instance(&plan, "loops", 0)), [("loops", 0), ("add", 11)], "{order}");
    }
}

/// Two instructions are put before the last but one of `large`, and two at its beginning: the branch is longer, the call
/// goes to the new beginning, and everything behind stands later. `number` is loaded at 1 on line 33 still.
#[test]
fn what_stands_behind_moves() {
    for order in ORDERS {
        let object = rewritten(order, "pick", 2, |index, mut stream| {
            if index == 0 {
                return Rewrite::Keep;
            }
            let large = stream.function("large").unwrap();
            assert_eq!(large, 7..12);
            let nothing = || EditInsn::new(Insn::mov64_reg(2, 1));
            stream.insert(large.start + 3, [nothing(), nothing()]);
            stream.insert(large.start, [nothing(), nothing()]);
            assert_eq!(stream.function("large"), Some(7..16));
            Rewrite::Replace(stream)
        });
        let plan = plan(&object);
        let (kept, edited) = (instance(&plan, "pick", 0), instance(&plan, "pick", 1));
        let want = [
            "pick:",
            "0: (85) call large",
            "1: (18) r1 = &.rodata[number]",
            "2:      (upper half)",
            "3: (61) r1 = *(u32 *)(r1 +0)",
            "4: (0c) w1 += w0",
            "5: (bc) w0 = w1",
            "6: (95) exit",
            "large:",
            "7: (bf) r2 = r1",
            "8: (bf) r2 = r1",
            "9: (61) r1 = *(u32 *)(r1 +0)",
            "10: (b4) w0 = 100",
            "11: (26) if w1 > 0x40 goto pc+3",
            "12: (bf) r2 = r1",
            "13: (bf) r2 = r1",
            "14: (b4) w0 = 0",
            "15: (95) exit",
        ];
        assert_eq!(text(&plan, edited), want, "{order}");
        assert_eq!(starts(edited), [("pick", 0), ("large", 7)], "{order}");
        let types: Vec<_> = kept.func_info.iter().map(|(_, type_id)| *type_id).collect();
        assert_eq!(edited.func_info, [(InsnIndex(0), types[0]), (InsnIndex(7), types[1])], "{order}");
        // A line's first instruction keeps it; `large` begins with the line of its first instruction of before.
        let moved = lines(kept).into_iter().map(|(at, line)| match at {
            7 => (7, line),
            8 | 9 => (at + 2, line),
            10.. => (at + 4, line),
            _ => (at, line),
        });
        assert_eq!(lines(edited), moved.collect::<Vec<_>>(), "{order}");
        // `if (skb->len > 64)` is on line 23 of the source, `return number + more` on 33, the end of `large` on 26.
        let want = [(0, 31), (1, 33), (4, 33), (5, 33), (7, 23), (15, 26)];
        assert_eq!(lines(edited), want, "{order}");
        assert_eq!(edited.insns[9].origin, Some(InsnIndex(7)), "{order}");
        assert_eq!(edited.insns[7].origin, None, "{order}");
    }
}

/// Where the instruction that a line began with goes, the next one of that line begins it.
#[test]
fn a_line_without_its_first_instruction() {
    let object = rewritten("el", "pick", 2, |index, mut stream| {
        if index == 1 {
            // `return number + more`: its first instruction is the first half of the load.
            stream.replace(1..4, [EditInsn::new(Insn::mov64_imm(1, 7))]);
        }
        Rewrite::Replace(stream)
    });
    let plan = plan(&object);
    let line = |index, at| {
        let found = lines(instance(&plan, "pick", index)).into_iter().rfind(|(insn, _)| *insn <= at);
        found.map(|(_, line)| line)
    };
    assert_eq!((line(0, 0), line(0, 1), line(0, 4)), (Some(31), Some(33), Some(33)));
    // The addition stands at 2 now.
    assert_eq!((line(1, 0), line(1, 2)), (Some(31), Some(33)));
}

/// `caught`, which nothing calls, stays with what it calls; `check` goes with its only call.
#[test]
fn what_the_kernel_calls_stays() {
    for (order, kernel) in ORDERS.into_iter().zip(["x86_64-6.12", "s390x-6.12"]) {
        let mut object = Object::open(path("functions/throws", order)).unwrap();
        let instances = Instances::new(2).rewrite(|index, mut stream| {
            let name = if index == 0 { "throws" } else { return Rewrite::Skip };
            let at = stream.function(name).unwrap().start;
            stream.replace(at..at + 1, [EditInsn::new(Insn::mov64_imm(0, 1))]);
            Rewrite::Replace(stream)
        });
        object.set_instances("throws", instances).unwrap();
        let plan = object.plan(&stored(kernel)).unwrap();
        let program = instance(&plan, "throws", 0);
        let names: Vec<&str> = program.functions.iter().map(|placed| placed.name.as_str()).collect();
        assert_eq!(names, ["throws", "caught", "plus_64"], "{kernel}");
        assert_eq!(program.func_info.len(), 3, "{kernel}");
        // A call of `bpf_throw` was in `check` only, and was of the kernel itself.
        assert_eq!(plan.skipped(program.id), [1], "{kernel}");

        let mut object = Object::open(path("functions/throws", order)).unwrap();
        let instances = Instances::new(1).rewrite(|_, mut stream| {
            stream.remove(stream.function("caught").unwrap());
            Rewrite::Replace(stream)
        });
        object.set_instances("throws", instances).unwrap();
        let failed = object.plan(&stored(kernel)).unwrap_err();
        let [PlanError::Instance(error)] = failed.errors() else { panic!("{failed:?}") };
        assert_eq!(error.problem, InstanceProblem::Gone { function: "caught".into() }, "{kernel}");
        assert_eq!(failed.code(), "E0472", "{kernel}");
    }
}

/// What goes wrong in an edit of `pick`, its code, and how it is said.
#[test]
fn refused_edits() {
    type Edit = fn(&mut EditStream);
    let cases: &[(&str, &str, Edit)] = &[
        (
            "E0471",
            "instruction 9, `(26) if w1 > 0x40 goto pc+1`, goes to an instruction that is not there",
            |stream| {
                stream.remove(11..12);
            },
        ),
        ("E0471", "instruction 9, `(26) if w1 > 0x40 goto pc+1`, goes to another function", |stream| {
            let other = stream.label(4).unwrap();
            stream.insns_mut()[9].jump = Some(other);
        }),
        (
            "E0472",
            "instruction 0, `(85) call pc+0`, refers to function `large`, which is not there",
            |stream| {
                stream.remove(7..8);
            },
        ),
        ("E0473", "instruction 5, `(05) goto pc+0`, has no label to go to", |stream| {
            stream.insert(5, [EditInsn::new(Insn { code: 0x05, ..Insn::default() })]);
        }),
        ("E0473", "instruction 6, `(95) exit`, is no branch, and has a label to go to", |stream| {
            let label = stream.label(1).unwrap();
            stream.insns_mut()[6].jump = Some(label);
        }),
        ("E0473", "instruction 0, `(85) call pc+3`, says by distance which function it means", |stream| {
            let call = Insn { code: 0x85, src: 1, imm: 3, ..Insn::default() };
            stream.replace(0..1, [EditInsn::new(call)]);
        }),
        ("E0474", "instruction 9, `(26) if w1 > 0x40 goto pc+1`, goes 40001 instructions far", |stream| {
            stream.insert(10, std::iter::repeat_n(EditInsn::new(Insn::mov64_reg(2, 1)), 40_000));
        }),
        ("E0475", "instruction 1 is the second half without the first of a 16-byte instruction", |stream| {
            stream.remove(1..2);
        }),
        ("E0475", "instruction 2 is behind the first half of a 16-byte instruction", |stream| {
            stream.remove(2..3);
        }),
        ("E0475", "instruction 5 is a branch into the middle of a 16-byte instruction", |stream| {
            let middle = stream.label(2).unwrap();
            let jump = EditInsn::new(Insn { code: 0x05, ..Insn::default() });
            stream.insert(5, [jump.to(middle)]);
        }),
        ("E0475", "instruction 12 is the first half without the second of a 16-byte instruction", |stream| {
            stream.insert(12, [EditInsn::new(Insn::ld_imm64(1, 0, 5)[0])]);
        }),
        ("E0476", "the stream does not begin with the program itself", |stream| {
            stream.remove(0..1);
        }),
        ("E0476", "the stream does not begin with the program itself", |stream| stream.insns_mut().clear()),
        ("E0477", "instructions 7 and 12 begin the same function", |stream| {
            let copy = stream.insns()[7..].to_vec();
            stream.insns_mut().extend(copy);
        }),
        ("E0477", "instructions 11 and 12 have the same label", |stream| {
            let copy = stream.insns()[11];
            stream.insns_mut().push(copy);
        }),
        (
            "E0478",
            "instruction 1, `(18) r1 = map_value[fd:0]`, refers to a map that is not in the plan",
            |stream| {
                let reference = Ref::Map(bpf_elf::MapId(99));
                stream.insns_mut()[1].reference = Some(reference);
            },
        ),
        (
            "E0478",
            "instruction 3, `(85) call kernel-function#0`, refers to something of the kernel that is not in the plan",
            |stream| {
                let call = Insn { code: 0x85, src: 2, ..Insn::default() };
                stream.insert(3, [EditInsn::new(call).refers(Ref::Extern(bpf_elf::ExternId(5)))]);
            },
        ),
    ];
    for (order, kernel) in ORDERS.into_iter().map(|order| (order, kernel("recent", order))) {
        for (code, want, edit) in cases {
            let object = rewritten(order, "pick", 2, |index, mut stream| {
                if index == 1 {
                    edit(&mut stream);
                }
                Rewrite::Replace(stream)
            });
            let failed = object.plan(&kernel).unwrap_err();
            let [error] = failed.errors() else { panic!("{want}: {failed:?}") };
            let what = error.to_string();
            assert_eq!(
                (error.code(), what.as_str()),
                (*code, &*format!("program `pick`, instance 1: {want}"))
            );
            assert!(error.help().is_some(), "{want}");
            let labels: Vec<String> = error.labels().iter().map(ToString::to_string).collect();
            assert_eq!(&labels[..2], ["program pick", "instance 1"], "{want}");
        }
    }
}

/// Handing a label on is what keeps a branch.
#[test]
fn labels_are_handed_on() {
    let object = rewritten("el", "pick", 2, |index, mut stream| {
        if index == 0 {
            // The exit that is gone to is replaced by two instructions.
            stream.replace(11..12, [Insn::mov64_reg(2, 1), Insn::exit()].map(EditInsn::new));
        } else {
            // Or another is gone to, before the one is taken out.
            let (old, new) = (stream.label(11).unwrap(), stream.label(8).unwrap());
            stream.retarget(old, new);
            stream.insns_mut()[11].label = None;
        }
        Rewrite::Replace(stream)
    });
    let plan = plan(&object);
    let offset = |index: u32| instance(&plan, "pick", index).insns[9].insn.off;
    assert_eq!((offset(0), offset(1)), (1, -2));
}

/// Each instance has a section of its own with its number in it; what was not set there is as in the file. The plan's
/// own `.rodata` is as it was, for whoever else uses it.
#[test]
fn values_of_their_own() {
    for order in ORDERS {
        let mut object = object(order);
        // Values are in this machine's order, as they are where a global is set: the kernel will be this machine's.
        object.set_instances("pick", Instances::new(2).global("number", |index| 20 + index)).unwrap();
        let plan = plan(&object);
        let names = |map: &bpf_loader::plan::PlanMap| (map.name.clone(), map.copy.map(|copy| copy.instance));
        let maps: Vec<_> = plan.maps().iter().map(names).collect();
        let rodata = || ".rodata".to_owned();
        assert_eq!(maps, [(rodata(), None), (".bss".into(), None), (rodata(), Some(0)), (rodata(), Some(1))]);
        let original = plan.maps()[0].contents.clone().unwrap();
        assert_eq!(original, object.maps()[0].contents().unwrap());
        for index in 0..2_u32 {
            let copy = &plan.maps()[2 + usize::try_from(index).unwrap()];
            let contents = copy.contents.as_deref().unwrap();
            assert_eq!(
                (&contents[..4], &contents[4..]),
                ((20 + index).to_ne_bytes().as_slice(), &original[4..])
            );
            assert!(copy.freeze && copy.copy.unwrap().of == plan.maps()[0].id);
            assert_eq!(plan.map(copy.id).unwrap().copy, copy.copy);
            let program = instance(&plan, "pick", index);
            assert_eq!(program.insns[1].reference, Some(Ref::MapValue { map: copy.id, offset: 0 }));
            assert_eq!(text(&plan, program)[2], "1: (18) r1 = &.rodata[number]");
        }
        assert!(object.map(plan.maps()[2].id).is_none());
    }
    let mut object = object("el");
    object.set_instances("counted", Instances::new(2).global("number", |index| index)).unwrap();
    let plan = plan(&object);
    assert_eq!(plan.maps().len(), 2);
    let unused = Notice::UnusedGlobal { program: "counted".into(), variable: "number".into() };
    assert_eq!((plan.notices(), unused.code()), ([unused.clone()].as_slice(), "E0458"));
}

#[test]
fn what_cannot_be_set() {
    let mut object = object("el");
    let one = || Instances::new(1);
    let mut refused = |name: &str, instances| object.set_instances(name, instances).map(|_| ()).unwrap_err();
    assert_eq!(refused("pick", Instances::new(0)).code(), "E0342");
    assert_eq!(refused("pikc", one()).to_string(), "there is no program `pikc`");
    assert_eq!(refused("pick", one().global("runs", |index| index)).code(), "E0343");
    let size = SpecError::Size { name: "number".into(), expected: 4, found: 8 };
    assert_eq!(refused("pick", one().global("number", |_| 5_u64)), size);
    assert_eq!(refused("pick", one().global("nmuber", |_| 5_u32)).help().unwrap(), "did you mean `number`?");
    // What was refused was not set; what is set is set once.
    object.set_instances("pick", one()).unwrap();
    let twice = object.set_instances("pick", one()).unwrap_err();
    assert_eq!((twice.code(), twice.to_string()), ("E0341", "program `pick` has instances already".into()));

    let mut ops = Object::open(path("struct_ops/cong", "el")).unwrap();
    let name = ops.plan(&kernel("recent", "el")).unwrap().programs()[0].name.clone();
    ops.set_instances(&name, one()).unwrap();
    let failed = ops.plan(&kernel("recent", "el")).unwrap_err();
    assert_eq!((failed.code(), failed.errors().len()), ("E0470", 1));
}

/// An index that was left out is another thing than one out of range; a program without an instance is a notice.
#[test]
fn some_are_left_out() {
    let odd = |index: u32, _| if index % 2 == 1 { Rewrite::Keep } else { Rewrite::Skip };
    let plan = plan(&rewritten("el", "counted", 5, odd));
    let id = plan.object().programs()[2].id();
    assert_eq!(plan.skipped(id), [0, 2, 4]);
    assert_eq!(plan.instances_of(id).unwrap().count, 5);
    let found: Vec<u32> = (0..7).filter(|index| plan.instance(id, *index).is_some()).collect();
    assert_eq!(found, [1, 3]);
    assert_eq!(plan.program(id).unwrap().instance, 1);
    assert!(plan.kept(id).is_none());

    let plan = self::plan(&rewritten("el", "counted", 2, |_, _| Rewrite::Skip));
    assert_eq!(plan.notices(), [Notice::AllSkipped { program: "counted".into() }]);
    assert!(plan.program(id).is_none() && plan.skipped(id) == [0, 1]);
}

/// The function sees what would be sent: helpers that this kernel lacks are replaced, fields are where it has them.
#[test]
fn edits_come_last() {
    let calls = |stream: &EditStream| -> Vec<i32> {
        stream.insns().iter().filter(|insn| insn.insn.is_helper_call()).map(|insn| insn.insn.imm).collect()
    };
    let mut object = Object::open(path("functions/probe_read", "el")).unwrap();
    let instances = Instances::new(1).rewrite(move |_, stream| {
        if calls(&stream) == [4, 4, 4, 45, 45] { Rewrite::Keep } else { Rewrite::Skip }
    });
    object.set_instances("reads", instances).unwrap();
    let kernel = Kernel::builder().btf(stored("x86_64-6.12").btf().unwrap().clone());
    let kernel = kernel.feature(Feature::ProbeReadKernel, Answer::No).build();
    assert!(object.plan(&kernel).unwrap().programs().iter().any(|program| program.name == "reads"));
}

/// What is unresolved stands where it was moved to, or is gone.
#[test]
fn unresolved_instructions_move() {
    let mut object = Object::open(path("core/guarded", "el")).unwrap();
    let instances = Instances::new(2).rewrite(|index, mut stream| {
        if index == 0 {
            stream.insert(0, [EditInsn::new(Insn::mov64_imm(5, 1))]);
        } else {
            stream.replace(6..7, [EditInsn::new(Insn::mov64_imm(0, 1))]);
        }
        Rewrite::Replace(stream)
    });
    object.set_instances("checked_first", instances).unwrap();
    let plan = object.plan(&stored("x86_64-6.12")).unwrap();
    let found = |index| -> Vec<(u32, String)> {
        let poisons = instance(&plan, "checked_first", index).poisons.iter();
        poisons.map(|poison| (poison.at.0, poison.missing.path().to_owned())).collect()
    };
    let (gone, member) = ("sk_buff.zzz_gone".to_owned(), "zzz_no_such_struct.member".to_owned());
    assert_eq!(found(0), [(7, gone), (14, member.clone())]);
    assert_eq!(found(1), [(13, member)]);
    assert_eq!(instance(&plan, "checked_first", 1).insns[13].reference, Some(Ref::Poison(0)));
}

/// A table's entries follow the instructions that they were: `choose_1`, `choose_2` and `choose_3` at 13, 15 and 17,
/// `of_two_odd` at 30. A table goes with the function that jumps by it.
#[test]
fn jump_tables_move() {
    let object = |edit: fn(u32, &mut EditStream)| {
        let mut object = Object::open(path("jump/table", "el")).unwrap();
        let instances = Instances::new(2).rewrite(move |index, mut stream| {
            edit(index, &mut stream);
            Rewrite::Replace(stream)
        });
        object.set_instances("choose", instances).unwrap();
        object
    };
    let edited = object(|index, stream| {
        let nothing = EditInsn::new(Insn::mov64_imm(2, 0));
        if index == 0 {
            stream.insert(30, [nothing; 2]);
            stream.insert(13, [nothing]);
        } else {
            stream.replace(2..3, [EditInsn::new(Insn::mov64_imm(0, 0))]);
        }
    });
    let plan = edited.plan(&kernel("recent", "el")).unwrap();
    let tables = |index| -> Vec<(&str, Vec<u32>)> {
        let tables = instance(&plan, "choose", index).jump_tables.iter();
        tables.map(|table| (&*table.name, table.targets.iter().map(|at| at.0).collect())).collect()
    };
    assert_eq!(tables(0), [("CHOOSE", vec![11, 14, 16, 18]), ("OF_TWO", vec![29, 33])]);
    assert_eq!(tables(1), [("CHOOSE", vec![11, 13, 15, 17])]);
    assert_eq!(instance(&plan, "choose", 1).insns[6].reference, Some(Ref::JumpTable(0)));

    let gone = object(|_, stream| stream.remove(15..16));
    let failed = gone.plan(&kernel("recent", "el")).unwrap_err();
    let codes: Vec<&str> = failed.errors().iter().map(PlanError::code).collect();
    assert_eq!(codes, ["E0479", "E0479"]);
    let want = "program `choose`, instance 0: jump table `CHOOSE` goes to an instruction that is not there";
    assert_eq!(failed.errors()[0].to_string(), want);
}

/// Each instance is for a function of its own; a kernel that is cut to the object has both.
#[test]
fn targets_of_their_own() {
    let mut object = Object::open(path("targets/trampoline", "el")).unwrap();
    let own = |index| ["bpf_fentry_test1", "bpf_modify_return_test"][usize::from(index == 1)];
    object.set_instances("on_exit", Instances::new(2).target(own)).unwrap();
    let whole = stored("x86_64-6.12");
    for kernel in [whole.cut_to([&object]).unwrap(), whole] {
        let plan = object.plan(&kernel).unwrap();
        let exits = plan.programs().iter().filter(|program| program.name == "on_exit");
        let attached: Vec<String> = exits.map(|program| program.attach.to_string()).collect();
        assert_eq!(attached, ["trace_fexit bpf_fentry_test1", "trace_fexit bpf_modify_return_test"]);
        assert_eq!(instance(&plan, "on_exit", 1).target.as_deref(), Some("bpf_modify_return_test"));
    }
    let mut object = Object::open(path("targets/trampoline", "el")).unwrap();
    object
        .set_instances(
            "on_exit",
            Instances::new(2).target(|index| format!("bpf_fentry_test{}", index * 99 + 1)),
        )
        .unwrap();
    let failed = object.plan(&stored("x86_64-6.12")).unwrap_err();
    assert_eq!(failed.to_string(), "program `on_exit`: this kernel has no function `bpf_fentry_test100`");
}

/// What a program is loaded as is what was set, whatever its section says.
#[test]
fn setters() {
    let mut object = object("el");
    let (map, spec) = (object.maps()[1].id(), object.program_mut("pick").unwrap());
    assert_eq!((spec.program_type(), spec.attach_type()), (Some(ProgramType::SOCKET_FILTER), None));
    spec.set_program_type(ProgramType::CGROUP_SKB).set_attach_type(AttachType::CGROUP_INET_EGRESS);
    spec.set_flags(0x40).set_ifindex(3).set_log_level(2).set_log_size(4096);
    let [first, second] = Insn::ld_imm64(1, 0, 0);
    let address = PlanInsn { reference: Some(Ref::MapValue { map, offset: 0 }), ..first.into() };
    let count = Insn { code: 0x61, dst: 0, src: 1, off: 0, imm: 0 };
    spec.set_insns([address, second.into(), count.into(), Insn::exit().into()]);
    let found = plan(&object);
    let program = found.programs().iter().find(|program| program.name == "pick").unwrap();
    assert_eq!(program.program_type, ProgramType::CGROUP_SKB);
    assert_eq!(program.attach.to_string(), "cgroup_inet_egress");
    assert_eq!((program.flags, program.ifindex, program.log_level), (0x40, 3, 2));
    assert_eq!(program.log_size, Some(4096));
    assert_eq!((starts(program), lines(program)), (vec![("pick", 0)], vec![]));
    assert_eq!((program.insns.len(), program.insns[1].reference), (4, Some(Ref::Upper)));
    assert_eq!(program.func_info.len(), 1);

    let past = Insn { code: 0x05, off: 7, ..Insn::default() };
    object.program_mut("pick").unwrap().set_insns([past, Insn::exit()]);
    let failed = object.plan(&bare(&object)).unwrap_err();
    let want = "program `pick`: instruction 0, `(05) goto pc+7`, goes to an instruction that is not there";
    assert_eq!((failed.code(), failed.to_string().as_str()), ("E0471", want));
}
