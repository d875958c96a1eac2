//! struct_ops variables.

use crate::check;
use crate::common::build::*;
use bpf_btf::Kind;
use bpf_elf::ObjectFile;

#[test]
fn struct_ops() {
    let object = |member: &'static str, target: &'static str| {
        let mut types = Types::new();
        let int = types.int("long", 8);
        let proto = types.add("", Kind::FUNC_PROTO, 0, 0, &[]);
        let callback = types.pointer(proto);
        let ops = types.structure("some_ops", &[("number", int), ("callback", callback)]);
        let var = types.variable("ops", ops, 1);
        types.datasec(".struct_ops.link", &[[var, 0, 16]]);
        let mut object = Object::new();
        object.section(".BTF", 0, types.finish());
        let section = object.section(".struct_ops.link", ALLOC, [0; 16]);
        let ops = object.symbol("ops", GLOBAL_OBJECT, section, 0, 16);
        object.program("struct_ops", "program", &RETURN_ZERO);
        let target = match target {
            "ops" => ops,
            "absent" => object.symbol("absent", GLOBAL_NOTYPE, 0, 0, 0),
            _ => ops + 1,
        };
        let offset = match member {
            "number" => 0,
            "callback" => 8,
            "outside" => 16,
            _ => 4,
        };
        object.reloc(section, offset, ABS64, target);
        object.finish()
    };
    let good = ObjectFile::parse(&object("callback", "program")).expect("opens");
    assert_eq!(good.struct_ops()[0].callbacks, [(8, good.functions()[0].id)]);
    check(
        &object("number", "program"),
        "E0274 struct_ops section `.struct_ops.link`: `program` is assigned to `ops.number`, which is not a pointer to a function",
    );
    check(
        &object("middle", "program"),
        "E0274 struct_ops section `.struct_ops.link`: `program` is assigned to `ops.<offset 4>`, which is not a pointer to a function",
    );
    check(
        &object("callback", "ops"),
        "E0275 struct_ops section `.struct_ops.link`: `ops.callback` is set to `ops`, which is not a function of this object",
    );
    check(
        &object("callback", "absent"),
        "E0275 struct_ops section `.struct_ops.link`: `ops.callback` is set to `absent`, which is not a function of this object",
    );
    check(
        &object("outside", "program"),
        "E0273 struct_ops section `.struct_ops.link`: the relocation against `program` at 0x10 is in no variable",
    );
}

#[test]
fn struct_ops_variables_do_not_share_bytes() {
    let mut types = Types::new();
    let int = types.int("long", 8);
    let ops = types.structure("some_ops", &[("a", int), ("b", int)]);
    let (first, second) = (types.variable("first", ops, 1), types.variable("second", ops, 1));
    types.datasec(".struct_ops", &[[first, 0, 16], [second, 8, 16]]);
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    let section = object.section(".struct_ops", ALLOC, [0; 24]);
    object.symbol("first", GLOBAL_OBJECT, section, 0, 16);
    object.symbol("second", GLOBAL_OBJECT, section, 8, 16);
    check(&object.finish(), "E0217 variables `first` and `second` of section `.struct_ops` overlap");
    let mut types = Types::new();
    let int = types.int("long", 8);
    let var = types.variable("number", int, 1);
    types.datasec(".struct_ops", &[[var, 0, 8]]);
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    let section = object.section(".struct_ops", ALLOC, [0; 8]);
    object.symbol("number", GLOBAL_OBJECT, section, 0, 8);
    check(
        &object.finish(),
        "E0272 struct_ops section `.struct_ops`: variable `number` must be a struct with a name; found: integer",
    );
}
