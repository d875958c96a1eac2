//! Whole definitions in C: one small case for each rule, in both byte orders.

use bpf_btf::dump::c::Order;
use bpf_btf::{Btf, Endian, Kind, TypeId, dump};

use crate::support::{Builder, VOID};

/// All types that `build` makes, as C; the same text in both byte orders, and nothing left out.
#[track_caller]
fn whole(build: impl Fn(&mut Builder)) -> String {
    let [little, big] = [Endian::Little, Endian::Big].map(|endian| {
        let mut b = Builder::new(endian);
        build(&mut b);
        let btf = b.parse();
        let (text, written) = dump::C::new(&btf).all_text();
        assert_eq!(written.left_out, []);
        assert_eq!(written.bytes, text.len() as u64);
        let mut streamed = Vec::new();
        assert_eq!(dump::C::new(&btf).write_all(&mut streamed).unwrap(), written);
        assert_eq!(String::from_utf8(streamed).unwrap(), text);
        text
    });
    assert_eq!(little, big);
    little
}

#[test]
fn what_is_embedded_stands_before_what_is_pointed_to_is_declared() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        // Ids go up: `outer` embeds `inner`, which comes later; both point to each other and to themselves.
        let (outer, inner, later) = (TypeId(2), TypeId(3), TypeId(4));
        b.structure("outer", 24, &[("inner", inner, 0), ("later", TypeId(5), 128)]);
        b.structure("inner", 16, &[("up", TypeId(6), 0), ("n", int, 64)]);
        b.structure("later", 8, &[("self", TypeId(5), 0)]);
        b.ptr(later);
        b.ptr(outer);
    }));
}

#[test]
fn anonymous_types_stand_where_they_are_used() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        let needed = TypeId(7);
        let inner = b.union("", 4, &[("a", int, 0), ("b", int, 0)]);
        // A pointer to a struct without a name: what that embeds has to be complete.
        let pointed = b.structure("", 8, &[("needed", needed, 0), ("n", int, 32)]);
        let pointer = b.ptr(pointed);
        let mode = b.enumeration("", false, &[("OFF", 0), ("ON", 1)]);
        b.structure("outer", 24, &[("", inner, 0), ("p", pointer, 64), ("mode", mode, 128), ("n", int, 160)]);
        assert_eq!(b.structure("needed", 4, &[("n", int, 0)]), needed);
        // Nobody refers to this one: constants.
        b.enumeration("", false, &[("ONE", 1), ("TWO", 2)]);
        b.typedef("pair_t", inner);
    }));
}

#[test]
fn typedefs_stand_where_they_can() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        // A typedef of a function that takes a pointer to a struct that holds the typedef.
        let (ops, callback) = (TypeId(2), TypeId(5));
        b.structure("ops", 8, &[("run", TypeId(6), 0)]);
        let ops = b.ptr(ops);
        let prototype = b.prototype(int, &[("ops", ops)]);
        assert_eq!(b.typedef("callback_t", prototype), callback);
        b.ptr(callback);
        b.typedef("number_t", int);
        // What compilers have is not defined; what old ones describe as `void` is not `void`.
        let built_in = b.typedef("__builtin_va_list", VOID);
        b.typedef("va_list", built_in);
        b.typedef("__gnuc_va_list", VOID);
        b.int("__Poly8_t", 1, false);
        b.typedef("poly8_t", TypeId(11));
    }));
}

#[test]
fn equal_names_are_numbered() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        b.structure("same", 4, &[("first", int, 0)]);
        b.union("same", 4, &[("second", int, 0)]);
        let third = b.enumeration("same", false, &[("SAME_A", 0)]);
        // Typedefs and enumerators share names, with each other and not with structs.
        let typedef = b.typedef("same", third);
        b.typedef("SAME_A", int);
        b.enumeration("other", false, &[("SAME_A", 7)]);
        b.forward("same", false);
        b.structure("user", 8, &[("u", TypeId(3), 0), ("t", typedef, 32)]);
    }));
}

#[test]
fn declarations_of_every_form() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        let char_ = b.int("char", 1, true);
        let constant = b.constant(char_);
        let text = b.ptr(constant);
        let fixed = b.constant(text);
        let volatile = b.reference(Kind::VOLATILE, "", int);
        let pointer = b.ptr(int);
        let restrict = b.reference(Kind::RESTRICT, "", pointer);
        let row = b.array(int, 3);
        let table = b.array(row, 2);
        let to_row = b.ptr(row);
        let constant_row = b.constant(row);
        let plain = b.callback(VOID, &[]);
        let clang = b.callback(VOID, &[("", VOID)]);
        let variadic = b.callback(int, &[("format", text), ("", VOID)]);
        let callbacks = b.array(variadic, 4);
        let returns = b.callback(variadic, &[("which", int)]);
        let noreturn = b.prototype(VOID, &[]);
        let noreturn = b.reference(Kind::VOLATILE, "", noreturn);
        let noreturn = b.ptr(noreturn);
        let double = b.float("double", 8);
        let any = b.ptr(VOID);
        let any = b.ptr(any);
        let flexible = b.array(char_, 0);
        let members = [
            ("fixed", fixed),
            ("v", volatile),
            ("r", restrict),
            ("table", table),
            ("to_row", to_row),
            ("constant_row", constant_row),
            ("plain", plain),
            ("clang", clang),
            ("variadic", variadic),
            ("callbacks", callbacks),
            ("returns", returns),
            ("noreturn", noreturn),
            ("d", double),
            ("any", any),
            ("flexible", flexible),
        ];
        let starts = [0, 8, 16, 24, 48, 56, 72, 80, 88, 96, 128, 136, 144, 152, 160];
        let members: Vec<_> =
            members.into_iter().zip(starts).map(|((name, id), at)| (name, id, at * 8)).collect();
        b.structure("all", 160, &members);
    }));
}

#[test]
fn tags_and_attributes_of_types() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        let user = b.reference(Kind::TYPE_TAG, "user", int);
        let user = b.ptr(user);
        let constant = b.constant(int);
        let rcu = b.reference(Kind::TYPE_TAG, "rcu", constant);
        let rcu = b.ptr(rcu);
        // With the flag it is an attribute in full.
        let attribute = b.record("address_space(1)", Kind::TYPE_TAG, true, 0, int.0, &[]);
        let attribute = b.ptr(attribute);
        b.structure("tagged", 24, &[("user", user, 0), ("rcu", rcu, 64), ("arena", attribute, 128)]);
    }));
}

#[test]
fn enums_of_every_size() {
    insta::assert_snapshot!(whole(|b| {
        let enumeration = |b: &mut Builder, name: &str, signed, size, value: u32| {
            let name_of_value = b.string(&format!("{name}_value"));
            b.record(name, Kind::ENUM, signed, 1, size, &[name_of_value, value]);
        };
        enumeration(b, "plain", false, 4, u32::MAX);
        enumeration(b, "negative", true, 4, u32::MAX);
        enumeration(b, "byte", false, 1, 255);
        enumeration(b, "word", false, 8, 1);
        b.enumeration64("wide", &[("WIDE", 0x1_0000_0000)]);
        b.enumeration64("narrow", &[("NARROW", 1)]);
        let value = b.string("LOWEST");
        b.record("signed64", Kind::ENUM64, true, 1, 8, &[value, 0, 0x8000_0000]);
        b.enumeration("declared_only", false, &[]);
    }));
}

#[test]
fn gaps_are_filled_where_the_compiler_would_not() {
    insta::assert_snapshot!(whole(|b| {
        let long = b.int("long", 8, true);
        let int = b.int("int", 4, true);
        let short = b.int("short", 2, true);
        let char_ = b.int("char", 1, true);
        b.structure("natural", 16, &[("c", char_, 0), ("l", long, 64)]);
        b.structure("behind", 64, &[("l", long, 0)]);
        b.structure("between", 24, &[("c", char_, 0), ("i", int, 64), ("d", char_, 160)]);
        b.structure("to_the_long", 16, &[("i", int, 0), ("c", char_, 64)]);
        b.structure("packed", 7, &[("c", char_, 0), ("i", int, 8), ("s", short, 40)]);
        b.structure("packed_by_size", 5, &[("i", int, 0), ("c", char_, 32)]);
        b.structure("only_padding", 4, &[]);
        b.structure("empty", 0, &[]);
        b.union("either", 8, &[("c", char_, 0), ("l", long, 0)]);
        let odd = b.structure("odd", 3, &[("s", short, 0), ("c", char_, 16)]);
        b.structure("holds_odd", 8, &[("o", odd, 0), ("i", int, 32)]);
        b.structure("aligned", 128, &[("i", int, 0), ("j", int, 512)]);
    }));
}

#[test]
fn bitfields_keep_their_places() {
    insta::assert_snapshot!(whole(|b| {
        let int = b.int("int", 4, true);
        let char_ = b.int("char", 1, true);
        let long = b.int("long", 8, true);
        b.bitfields("touching", 4, &[("a", int, 0, 3), ("b", int, 3, 29)]);
        b.bitfields("apart", 8, &[("a", int, 0, 3), ("b", int, 8, 4), ("c", int, 32, 7)]);
        b.bitfields("far", 16, &[("a", int, 0, 1), ("b", int, 64, 1)]);
        b.bitfields("mixed", 8, &[("a", char_, 0, 1), ("c", char_, 8, 0), ("i", int, 32, 0)]);
        b.bitfields("long_bits", 16, &[("a", long, 0, 33), ("b", long, 64, 40)]);
        b.bitfields("packed_bits", 5, &[("i", int, 0, 0), ("a", int, 32, 3)]);
    }));
}

/// A kernel in small: some functions are for programs, one of them keeps registers.
fn kernel(b: &mut Builder) -> TypeId {
    let int = b.int("int", 4, true);
    let task = b.structure("task", 4, &[("pid", int, 0)]);
    let task_pointer = b.ptr(task);
    let release = b.prototype(VOID, &[("task", task_pointer)]);
    let get = b.prototype(task_pointer, &[("pid", int)]);
    let get = b.function("bpf_task_get", get, 1);
    let release = b.function("bpf_task_release", release, 1);
    let other = b.prototype(VOID, &[]);
    b.function("schedule", other, 1);
    for tag in ["bpf_kfunc", "bpf_fastcall"] {
        b.decl_tag(tag, release, u32::MAX);
    }
    b.decl_tag("bpf_kfunc", get, u32::MAX);
    b.decl_tag("bpf_kfunc", get, 0);
    b.decl_tag("something", get, u32::MAX);
    task
}

#[test]
fn the_frame_of_a_header() {
    let mut b = Builder::default();
    kernel(&mut b);
    let btf = b.parse();
    let header = dump::C::new(&btf).guard("__VMLINUX_H__").preserve_access_index(true).kfuncs(true);
    insta::assert_snapshot!(header.all_text().0);
}

#[test]
fn by_name_and_not_by_id() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    b.structure("zebra", 4, &[("n", int, 0)]);
    b.typedef("zebra_t", TypeId(2));
    b.structure("ape", 8, &[("zebra", TypeId(2), 0), ("n", int, 32)]);
    b.enumeration("", false, &[("LAST", 1)]);
    b.enumeration("", false, &[("FIRST", 1)]);
    b.enumeration("named", false, &[("NAMED", 1)]);
    b.typedef("ape_t", int);
    let btf = b.parse();
    insta::assert_snapshot!(dump::C::new(&btf).order(Order::Names).all_text().0);
}

#[test]
fn some_types_alone() {
    let mut b = Builder::default();
    let task = kernel(&mut b);
    let list = b.structure("list", 16, &[("task", TypeId(3), 0), ("next", TypeId(0), 64)]);
    let constants = b.enumeration("", false, &[("ONE", 1)]);
    let btf = b.parse();
    let text = |ids: &[TypeId]| dump::C::new(&btf).types_text(ids).0;
    assert_eq!(text(&[task]), "struct task {\n\tint pid;\n};\n\n");
    assert_eq!(text(&[task, task]), text(&[task]));
    assert_eq!(text(&[constants]), "enum {\n\tONE = 1,\n};\n\n");
    assert!(text(&[list]).starts_with("struct task;\n\nstruct list {\n\tstruct task *task;\n"));
    assert_eq!(text(&[]), "");
    let mut out = Vec::new();
    let written = dump::C::new(&btf).write_types(&[task], &mut out).unwrap();
    assert_eq!((out, written.bytes), (text(&[task]).into_bytes(), 28));
}

#[test]
fn a_module_prints_its_own_and_what_it_needs() {
    let mut base = Builder::default();
    let int = base.int("int", 4, true);
    let task = base.structure("task", 4, &[("pid", int, 0)]);
    base.structure("unrelated", 4, &[("n", int, 0)]);
    let base = base.parse();
    let mut module = Builder::on(&base);
    module.structure("state", 8, &[("task", task, 0), ("n", int, 32)]);
    module.structure("task", 4, &[("mine", int, 0)]);
    let module = Btf::parse_split(module.bytes(), &base).unwrap();
    let (text, written) = dump::C::new(&module).all_text();
    assert!(written.is_whole());
    insta::assert_snapshot!(text);
}

#[test]
fn one_declaration() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    let constant = b.constant(int);
    let pointer = b.ptr(constant);
    let inner = b.structure("", 8, &[("a", int, 0), ("b", pointer, 0)]);
    let named = b.structure("named", 4, &[("a", int, 0)]);
    let volatile = b.reference(Kind::VOLATILE, "", pointer);
    let btf = b.parse();
    let decl = |id, name, strip| dump::type_decl(&btf, id).name(name).strip_qualifiers(strip).text().unwrap();
    assert_eq!(decl(pointer, "p", false), "const int *p");
    assert_eq!(decl(pointer, "", false), "const int *");
    assert_eq!(decl(pointer, "p", true), "int *p");
    assert_eq!(decl(volatile, "p", false), "const int * volatile p");
    assert_eq!(decl(volatile, "p", true), "int *p");
    assert_eq!(decl(named, "n", false), "struct named n");
    assert_eq!(decl(VOID, "", false), "void");
    let indented = dump::type_decl(&btf, inner).name("s").indent(1).strip_qualifiers(true).text().unwrap();
    assert_eq!(indented, "struct {\n\t\tint a;\n\t\tint *b;\n\t} s");
    let missing = dump::type_decl(&btf, TypeId(99)).text().unwrap_err();
    assert_eq!(missing.code(), "E0121");
}

#[test]
fn names_that_no_compiler_would_take_do_no_harm() {
    let text = whole(|b| {
        let int = b.int("int", 4, true);
        b.structure("evil\n#include\u{1b}[2J", 4, &[("ü", int, 0)]);
    });
    assert_eq!(text, "struct evil\u{fffd}#include\u{fffd}[2J {\n\tint ü;\n};\n\n");
}

/// A writer that takes so much.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(std::io::Error::other("full")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told() {
    let mut b = Builder::default();
    kernel(&mut b);
    let btf = b.parse();
    assert_eq!(dump::C::new(&btf).write_all(&mut Full(10)).unwrap_err().to_string(), "full");
    assert!(dump::C::new(&btf).write_all(&mut Full(1000)).is_ok());
}
