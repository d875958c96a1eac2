//! The builder: what is written is read again, in both byte orders and on a base; what the kernel would refuse is.

use bpf_btf::build::{BuildError, Builder, Encoding, EnumValues, Extras, Field, FwdKind, in_order, sanitize};
use bpf_btf::{Btf, Endian, Kind, Linkage, SectionVar, Type, TypeId, VarLinkage, dump};

use crate::generate::{Random, random};

const ORDERS: [Endian; 2] = [Endian::Little, Endian::Big];

fn text(btf: &Btf) -> Vec<String> {
    btf.types().map(|found| dump::raw_line(&found)).collect()
}

/// The same blob whatever id it begins at: what stands in the records.
fn names_and_kinds(btf: &Btf) -> Vec<String> {
    btf.types().map(|found| format!("{} {:?} {}", found.kind(), found.name(), found.vlen())).collect()
}

#[test]
fn random_blobs_read_as_written() {
    let mut seen = [0_u32; 20];
    for seed in 0..300 {
        for endian in ORDERS {
            let (builder, want) = random(&mut Random::new(seed), Builder::new(endian), 60);
            let btf = Btf::parse(builder.finish().unwrap()).unwrap();
            assert_eq!((btf.endian(), text(&btf)), (endian, want), "seed {seed}");
            btf.types().for_each(|found| seen[usize::from(found.kind().0)] += 1);
        }
    }
    assert!(seen.iter().skip(1).all(|count| *count > 100), "{seen:?}");
}

#[test]
fn random_blobs_on_a_base() {
    for seed in 0..60 {
        let (base, _) = random(&mut Random::new(seed), Builder::new(Endian::Big), 20);
        let base = Btf::parse(base.finish().unwrap()).unwrap();
        let (split, want) = random(&mut Random::new(seed + 1000), Builder::split(&base), 20);
        let split = Btf::parse_split(split.finish().unwrap(), &base).unwrap();
        assert_eq!((split.first_id().0, text(&split)), (base.last_id().0 + 1, want), "seed {seed}");
    }
}

#[test]
fn strings_are_written_once_and_those_of_the_base_used() {
    let mut builder = Builder::new(Endian::Little);
    let int = builder.add_int("int", 4, Encoding::Signed).unwrap();
    builder.add_typedef("word", int).unwrap();
    builder.add_struct("word", 4, &[Field::new("int", int, 0)]).unwrap();
    let at = builder.add_string("word").unwrap();
    let bytes = builder.finish().unwrap();
    assert!(bytes.ends_with(b"\0int\0word\0"));
    assert_eq!(bytes.len(), 24 + 16 + 12 + 24 + 10);
    let base = Btf::parse(bytes).unwrap();
    assert_eq!(base.string(at), Ok("word"));
    let mut split = Builder::split(&base);
    let name = split.add_string("int").unwrap();
    split.add_typedef("other", int).unwrap();
    let own = split.finish().unwrap();
    assert!(own.ends_with(b"other\0") && own.len() == 24 + 12 + 6);
    assert_eq!(base.string(name), Ok("int"));
    let split = Btf::parse_split(own, &base).unwrap();
    assert_eq!(text(&split), ["[4] TYPEDEF 'other' type_id=1"]);
}

#[test]
fn the_other_byte_order_and_back() {
    for seed in 0..40 {
        let (builder, want) = random(&mut Random::new(seed), Builder::new(Endian::Little), 40);
        let bytes = builder.finish().unwrap();
        let btf = Btf::parse(bytes.clone()).unwrap();
        let big = Btf::parse(in_order(&btf, Endian::Big)).unwrap();
        assert_eq!((big.endian(), text(&big)), (Endian::Big, want));
        assert_eq!(in_order(&big, Endian::Little), bytes);
    }
}

#[test]
fn appended_blobs_move() {
    let (one, _) = random(&mut Random::new(1), Builder::new(Endian::Little), 30);
    let (other, _) = random(&mut Random::new(2), Builder::new(Endian::Big), 30);
    let [one, other] = [one, other].map(|builder| Btf::parse(builder.finish().unwrap()).unwrap());
    let mut builder = Builder::new(Endian::Big);
    assert_eq!(builder.append(&one), Ok(TypeId(1)));
    assert_eq!(builder.append(&other), Ok(TypeId(31)));
    let both = Btf::parse(builder.finish().unwrap()).unwrap();
    assert_eq!(text(&both)[..30], text(&one));
    assert_eq!(names_and_kinds(&both)[30..], names_and_kinds(&other));
    for (moved, there) in both.types().skip(30).zip(other.types()) {
        let want = there.target().map(|id| if id == TypeId::VOID { id } else { TypeId(id.0 + 30) });
        assert_eq!(moved.target(), want);
    }
    // Split BTF needs its base.
    let mut split = Builder::split(&one);
    split.add_ptr(TypeId(3)).unwrap();
    let split = Btf::parse_split(split.finish().unwrap(), &one).unwrap();
    assert_eq!(Builder::new(Endian::Little).append(&split), Err(BuildError::OtherBase));
    assert_eq!(Builder::split(&one).append(&split), Ok(TypeId(31)));
}

#[test]
fn one_type_is_copied_with_new_references() {
    let mut from = Builder::new(Endian::Big);
    let int = from.add_int("int", 4, Encoding::Signed).unwrap();
    from.add_struct("pair", 8, &[Field::new("a", int, 0), Field::new("b", int, 32)]).unwrap();
    let from = Btf::parse(from.finish().unwrap()).unwrap();
    let mut to = Builder::new(Endian::Little);
    to.add_ptr(TypeId::VOID).unwrap();
    let pair = from.get(TypeId(2)).unwrap();
    to.append_one(&pair, |_| Some(TypeId(1))).unwrap();
    assert_eq!(to.append_one(&pair, |_| None).unwrap_err().code(), "E0177");
    let to = Btf::parse(to.finish().unwrap()).unwrap();
    assert_eq!(
        text(&to)[1],
        "[2] STRUCT 'pair' size=8 vlen=2\n\t'a' type_id=1 bits_offset=0\n\t'b' type_id=1 bits_offset=32"
    );
}

fn wrong(add: impl FnOnce(&mut Builder, TypeId) -> Result<TypeId, BuildError>, want: &str) {
    let mut builder = Builder::new(Endian::Little);
    let int = builder.add_int("int", 4, Encoding::Signed).unwrap();
    let error = match add(&mut builder, int) {
        Err(error) => {
            assert_eq!(builder.next_id(), TypeId(2), "nothing was added: {want}");
            error
        }
        Ok(_) => builder.finish().expect_err(want),
    };
    assert_eq!(format!("{} {error}", error.code()), want);
}

#[test]
fn names_that_are_refused() {
    wrong(
        |b, _| b.add_int("", 4, Encoding::Signed),
        "E0171 integer [2] cannot have the name \"\": it must not be empty",
    );
    wrong(
        |b, _| b.add_int("a\0b", 4, Encoding::Signed),
        "E0171 integer [2] cannot have the name \"a\\0b\": a NUL ends a name",
    );
    wrong(
        |b, int| b.add_typedef("unsigned int", int),
        "E0171 typedef [2] cannot have the name \"unsigned int\": it has characters other than letters, digits, \
         `_` and `.`",
    );
    wrong(
        |b, _| b.add_struct("1st", 0, &[]),
        "E0171 struct [2] cannot have the name \"1st\": it begins with a digit",
    );
    wrong(
        |b, int| b.add_struct("s", 4, &[Field::new("a b", int, 0)]),
        "E0171 struct [2] cannot have the member name \"a b\": it has characters other than letters, digits, `_` \
         and `.`",
    );
    wrong(
        |b, _| b.add_fwd(&"x".repeat(512), FwdKind::Struct),
        &format!(
            "E0171 forward declaration [2] cannot have the name \"{}\": it has more than 511 bytes",
            "x".repeat(512)
        ),
    );
    wrong(
        |b, _| b.add_datasec("\u{1b}", 0, &[]),
        "E0171 data section [2] cannot have the name \"\\u{1b}\": it has characters that cannot be printed",
    );
    wrong(
        |b, _| b.add_fwd("", FwdKind::Enum),
        "E0171 enum [2] cannot have the name \"\": it must not be empty",
    );
}

#[test]
fn numbers_that_are_refused() {
    let field = |at| Field::new("a", TypeId(1), at);
    wrong(
        |b, _| b.add_int("int", 3, Encoding::Signed),
        "E0172 integer [2] `int` cannot have the size 3: it is 1, 2, 4, 8 or 16",
    );
    wrong(
        |b, _| b.add_float("f", 6),
        "E0172 floating-point number [2] `f` cannot have the size 6: it is 2, 4, 8, 12 or 16",
    );
    wrong(
        |b, _| b.add_enum("e", 3, EnumValues::Signed(&[])),
        "E0172 enum [2] `e` cannot have the size 3: it is 1, 2, 4 or 8",
    );
    wrong(
        |b, _| b.add_enum("e", 4, EnumValues::Unsigned(&[("A", 1 << 32)])),
        "E0172 enum [2] `e` cannot have the value 4294967296: it needs more than 32 bits: `add_enum64`",
    );
    wrong(
        |b, _| b.add_enum("e", 4, EnumValues::Signed(&[("A", 1 << 31)])),
        "E0172 enum [2] `e` cannot have the value 2147483648: it needs more than 32 bits: `add_enum64`",
    );
    wrong(
        |b, _| b.add_struct("s", 8, &[field(32), field(0)]),
        "E0172 struct [2] `s` cannot have the bit offset 0: it is before that of the member above",
    );
    wrong(
        |b, _| b.add_struct("s", 4, &[field(33)]),
        "E0172 struct [2] `s` cannot have the bit offset 33: the member ends outside",
    );
    wrong(
        |b, _| b.add_struct("s", 1 << 24, &[field(1 << 24).bits(1)]),
        "E0172 struct [2] `s` cannot have the bit offset 16777216: beside bitfields it has 24 bits",
    );
    wrong(
        |b, _| b.add_union("u", 8, &[field(8)]),
        "E0172 union [2] `u` cannot have the bit offset 8: in a union it is 0",
    );
    wrong(
        |b, _| b.add_func_proto(TypeId::VOID, &[("", TypeId::VOID), ("a", TypeId(1))]),
        "E0172 function prototype [2] `` cannot have the parameter type 0: only the last is void, and has no name \
         then",
    );
    wrong(
        |b, int| b.add_var("v", VarLinkage::Unknown(3), int),
        "E0172 variable [2] `v` cannot have the linkage 3: it is static, global or extern",
    );
    let var = |offset, size| SectionVar { type_id: TypeId(1), offset, size };
    wrong(
        |b, _| b.add_datasec(".data", 8, &[var(0, 4), var(2, 4)]),
        "E0172 data section [2] `.data` cannot have the variable offset 2: the variable above ends after it",
    );
    wrong(
        |b, _| b.add_datasec(".data", 8, &[var(0, 4), var(6, 4)]),
        "E0172 data section [2] `.data` cannot have the variable size 4: the variable ends outside",
    );
    wrong(
        |b, int| b.add_decl_tag("t", int, Some(1 << 31)),
        "E0172 declaration tag [2] `t` cannot have the component 2147483648: it has 31 bits",
    );
}

#[test]
fn references_that_are_refused() {
    let field = Field::new("a", TypeId(1), 0);
    wrong(|b, _| b.add_ptr(TypeId(9)), "E0174 pointer [2] `` refers to type [9], the last is [2]");
    wrong(
        |b, _| b.add_struct("s", 4, &[Field::new("a", TypeId(3), 0)]),
        "E0174 struct [2] `s` refers to type [3], the last is [2]",
    );
    wrong(
        |b, int| b.add_func("f", Linkage::Static, int),
        "E0175 function [2] `f` refers to [1], an integer: it needs a function prototype",
    );
    wrong(
        |b, _| b.add_var("v", VarLinkage::Static, TypeId::VOID),
        "E0175 variable [2] `v` refers to [0], a void: it needs the type of a value",
    );
    wrong(
        |b, int| b.add_datasec(".data", 0, &[SectionVar { type_id: int, offset: 0, size: 4 }]),
        "E0175 data section [2] `.data` refers to [1], an integer: it needs variables or functions",
    );
    wrong(
        |b, int| b.add_decl_tag("t", int, None),
        "E0175 declaration tag [2] `t` refers to [1], an integer: it needs a struct, union, typedef, variable or \
         function",
    );
    wrong(
        |b, _| b.add_struct("s", 4, &[field]).and_then(|id| b.add_decl_tag("t", id, Some(1))),
        "E0176 declaration tag [3] `t` is on element 1 of [2], which has 1",
    );
}

#[test]
fn more_elements_than_fit() {
    let names: Vec<String> = (0..=0xffff).map(|index| format!("V{index}")).collect();
    let values: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(0..).collect();
    let error = Builder::new(Endian::Little).add_enum("e", 4, EnumValues::Unsigned(&values)).unwrap_err();
    assert_eq!(error.to_string(), "enum [1] `e` has 65536 elements, a record can have 65535");
    assert!(error.help().is_some());
    let mut wide = Builder::new(Endian::Little).wide();
    wide.add_enum("e", 4, EnumValues::Unsigned(&values)).unwrap();
    let btf = Btf::parse(wide.finish().unwrap()).unwrap();
    let last = btf.get(TypeId(1)).unwrap().enumerators().last().unwrap();
    assert_eq!((last.name(), last.value), (Ok("V65535"), 0xffff));
}

/// What each of the rules of `sanitize` makes of a blob with every kind.
#[test]
fn sanitized_for_kernels_of_all_ages() {
    let mut b = Builder::new(Endian::Little);
    let int = b.add_int("int", 4, Encoding::Signed).unwrap();
    let float = b.add_float("float", 4).unwrap();
    let tagged = b.add_type_tag("rcu", int).unwrap();
    b.add_ptr(tagged).unwrap();
    b.add_enum("small", 4, EnumValues::Signed(&[("MINUS", -1)])).unwrap();
    b.add_enum64("big", 8, EnumValues::Unsigned(&[("BIG", 1 << 40), ("ONE", 1)])).unwrap();
    let proto = b.add_func_proto(int, &[("a", float), ("", int)]).unwrap();
    let func = b.add_func("f", Linkage::Global, proto).unwrap();
    b.add_decl_tag("tag", func, Some(0)).unwrap();
    let var = b.add_var("v", VarLinkage::Global, int).unwrap();
    b.add_datasec("?.data.x", 8, &[SectionVar { type_id: var, offset: 4, size: 4 }]).unwrap();
    let btf = Btf::parse(b.finish().unwrap()).unwrap();
    let check = |choose: fn(&mut Extras), want: &[&str]| {
        let mut missing = Extras::default();
        choose(&mut missing);
        let new = Btf::parse(sanitize(&btf, missing)).unwrap();
        let (old, new) = (text(&btf), text(&new));
        let changed: Vec<_> = new.iter().filter(|line| !old.contains(line)).collect();
        assert_eq!(changed, want);
    };
    check(|_| {}, &[]);
    check(|m| m.layout = true, &[]);
    check(
        |m| m.func = true,
        &[
            "[7] ENUM '(anon)' encoding=UNSIGNED size=4 vlen=2\n\t'a' val=2\n\t'_' val=1",
            "[8] TYPEDEF 'f' type_id=7",
        ],
    );
    check(|m| m.global_func = true, &["[8] FUNC 'f' type_id=7 linkage=static"]);
    check(|m| m.float = true, &["[2] STRUCT '(anon)' size=4 vlen=0"]);
    check(|m| m.type_tag = true, &["[3] CONST '(anon)' type_id=1"]);
    check(|m| m.decl_tag = true, &["[9] INT 'tag' size=1 bits_offset=0 nr_bits=8 encoding=(none)"]);
    check(
        |m| m.enum64 = true,
        &[
            "[5] ENUM 'small' encoding=UNSIGNED size=4 vlen=1\n\t'MINUS' val=4294967295",
            "[6] UNION 'big' size=8 vlen=2\n\t'BIG' type_id=12 bits_offset=0\n\t'ONE' type_id=12 bits_offset=0",
            "[12] INT 'enum64_placeholder' size=1 bits_offset=0 nr_bits=8 encoding=(none)",
        ],
    );
    check(
        |m| m.qmark_datasec = true,
        &["[11] DATASEC '_.data.x' size=8 vlen=1\n\ttype_id=10 offset=4 size=4 (VAR 'v')"],
    );
    check(
        |m| m.datasec = true,
        &[
            "[10] INT 'v' size=1 bits_offset=0 nr_bits=8 encoding=(none)",
            "[11] STRUCT '__data_x' size=8 vlen=1\n\t'v' type_id=10 bits_offset=32",
        ],
    );
}

#[test]
fn sanitized_random_blobs_have_nothing_that_is_missing() {
    let too_new =
        |found: &Type<'_>| found.kind() > Kind::RESTRICT || found.kind() == Kind::ENUM && found.kflag();
    for seed in 0..200 {
        let endian = ORDERS[seed as usize % 2];
        let (builder, _) = random(&mut Random::new(seed), Builder::new(endian), 60);
        let btf = Btf::parse(builder.finish().unwrap()).unwrap();
        let clean = Btf::parse(sanitize(&btf, Extras::all())).unwrap();
        assert_eq!((clean.endian(), Extras::of(&clean)), (endian, Extras::default()), "seed {seed}");
        assert_eq!(clean.types().find(too_new).map(|found| found.id()), None, "seed {seed}");
        // At most the integer for former enumerators is new, and what was a struct, pointer … still is.
        assert!(clean.last_id().0 - btf.last_id().0 <= 1);
        for (old, new) in btf.types().zip(clean.types()).filter(|(old, _)| !too_new(old)) {
            assert_eq!(dump::raw_line(&old), dump::raw_line(&new), "seed {seed}");
        }
    }
}
