//! Very many of something: everything is found, and nothing is quadratic, or this would not end.

mod common;

use bpf_elf::{ObjectFile, RelocTarget};
use common::build::*;

/// Programs in one section, each calling one of as many subprograms, and loading one of as many variables.
fn big(count: u32) -> Vec<u8> {
    let mut types = Types::new();
    let int = types.int("int", 4);
    let proto = types.add("", bpf_btf::Kind::FUNC_PROTO, 0, int, &[]);
    let mut vars = Vec::new();
    for at in 0..count {
        types.add(&format!("program_{at}"), bpf_btf::Kind::FUNC, 1, proto, &[]);
        vars.push([types.variable(&format!("variable_{at}"), int, 1), 0, 4]);
    }
    types.datasec(".bss", &vars);
    let body = [&CALL_INSN[..], &LD_INSN, &RETURN_ZERO].concat();
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    let text = object.section(".text", ALLOC | EXEC, RETURN_ZERO.repeat(count as usize));
    let code = object.section("socket", ALLOC | EXEC, body.repeat(count as usize));
    let bss = object.bss(".bss", u64::from(count) * 4);
    for at in (0..u64::from(count)).rev() {
        object.symbol(&format!("program_{at}"), GLOBAL_FUNC, code, at * 40, 40);
    }
    let functions: Vec<u32> = (0..u64::from(count))
        .map(|at| object.symbol(&format!("function_{at}"), LOCAL_FUNC, text, at * 16, 16))
        .collect();
    let variables: Vec<u32> = (0..u64::from(count))
        .map(|at| object.symbol(&format!("variable_{at}"), GLOBAL_OBJECT, bss, at * 4, 4))
        .collect();
    for at in 0..count as usize {
        object.reloc(code, at as u64 * 40, CALL, functions[at]);
        object.reloc(code, at as u64 * 40 + 8, LD_IMM64, variables[count as usize - 1 - at]);
    }
    object.finish()
}

#[test]
fn ten_thousand_of_everything() {
    let object = ObjectFile::parse(&big(10_000)).expect("opens");
    assert_eq!(
        (object.programs().len(), object.functions().len(), object.globals().len()),
        (10_000, 20_000, 10_000)
    );
    let last = object.program_named("program_9999").expect("there");
    let function = object.function(last.function).expect("there");
    let map = object.map_named(".bss").expect("there").id;
    assert_eq!(function.relocs[1].target, RelocTarget::MapValue { map, offset: 0 });
    let RelocTarget::Call(callee) = function.relocs[0].target else { panic!() };
    assert_eq!(object.function(callee).expect("there").name, "function_9999");
    assert_eq!(object.global_named("variable_77").expect("there").offset, 308);
    assert!(object.btf().is_some());
}
