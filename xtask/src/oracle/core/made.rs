//! A kernel that never was: types changed from those of one, with flavors and with several under one name; and forms that
//! kernels have seldom or never.

use bpf_loader::btf::build::{BuildError, Builder, Encoding, EnumValues, Field, FwdKind};
use bpf_loader::btf::{Btf, IntEncoding, TypeId};

use super::mirror::Mirror;
use super::roots;

/// What the names of the seldom forms begin with.
pub(super) const PREFIX: &str = "made_";
/// And of those among them that are of use only as they are: the object's are not changed.
pub(super) const DEEP: &str = "made_deep_";

/// Types that are made twice, and differ.
const TWICE: u32 = 25;

pub(super) fn kernel(model: &Btf, seed: u64) -> Option<Btf> {
    let mut mirror = Mirror::new(model, seed);
    for id in roots::choose(model, &mut mirror.rng) {
        let times = 1 + u32::from(mirror.rng.percent(TWICE));
        for _ in 0..times {
            // What BTF cannot hold is left out.
            let _ = mirror.root(id);
        }
    }
    let mut builder = mirror.builder;
    seldom(&mut builder).ok()?;
    Btf::parse(builder.finish().ok()?).ok()
}

type Built<T> = Result<T, BuildError>;

fn seldom(b: &mut Builder) -> Built<()> {
    let u32_ = b.add_int("u32", 4, Encoding::Unsigned)?;
    let u64_ = b.add_int("u64", 8, Encoding::Unsigned)?;
    numbers(b)?;
    pointers(b, u32_)?;
    arrays(b, u32_)?;
    bitfields(b, u32_, u64_)?;
    namesakes(b, u32_, u64_)?;
    deep(b, u32_)
}

fn numbers(b: &mut Builder) -> Built<()> {
    let mut fields = Vec::new();
    let (mut names, mut at) = (Vec::new(), 0);
    for size in [1, 2, 4, 8, 16] {
        for (letter, encoding) in [('u', Encoding::Unsigned), ('s', Encoding::Signed)] {
            let name = format!("{letter}{}", size * 8);
            names.push((b.add_int(&name, size, encoding)?, name, size));
        }
    }
    for (id, name, size) in &names {
        at = u32::next_multiple_of(at, size * 8);
        fields.push(Field::new(name, *id, at));
        at += size * 8;
    }
    b.add_struct("made_numbers", at / 8, &fields)?;
    let (float, double) = (b.add_float("made_float", 4)?, b.add_float("double", 8)?);
    b.add_struct("made_floats", 16, &[Field::new("one", float, 0), Field::new("two", double, 64)])?;
    // An integer that is a bitfield by itself, as compilers wrote them once.
    let encoding = IntEncoding { signed: false, char: false, bool: false, offset: 3, bits: 5 };
    let old = b.add_int_bits("old", 4, encoding)?;
    let plain = b.add_int_bits("narrow", 4, IntEncoding { signed: true, offset: 0, bits: 12, ..encoding })?;
    b.add_struct("made_old", 8, &[Field::new("old", old, 0), Field::new("narrow", plain, 32)])?;
    b.add_typedef("made_old_t", old)?;
    Ok(())
}

fn pointers(b: &mut Builder, u32_: TypeId) -> Built<()> {
    let list = b.next_id();
    let pointer = TypeId(list.0 + 1);
    b.add_struct("made_list", 16, &[Field::new("next", pointer, 0), Field::new("value", u32_, 64)])?;
    b.add_ptr(list)?;
    let one = b.next_id();
    let [other, to_one, to_other] = [1, 2, 3].map(|more| TypeId(one.0 + more));
    b.add_struct("made_one", 8, &[Field::new("other", to_other, 0)])?;
    b.add_struct("made_other", 8, &[Field::new("one", to_one, 0)])?;
    b.add_ptr(one)?;
    b.add_ptr(other)?;
    let declared = b.add_fwd("made_declared", FwdKind::Struct)?;
    b.add_struct("made_declared", 4, &[Field::new("value", u32_, 0)])?;
    let to_declared = b.add_ptr(declared)?;
    let proto = b.add_func_proto(u32_, &[("a", to_declared), ("b", pointer), ("", TypeId::VOID)])?;
    let call = b.add_ptr(proto)?;
    b.add_typedef("made_call_t", call)?;
    b.add_struct("made_calls", 16, &[Field::new("call", call, 0), Field::new("to", to_declared, 64)])?;
    Ok(())
}

fn arrays(b: &mut Builder, u32_: TypeId) -> Built<()> {
    let [four, none] = [b.add_array(u32_, u32_, 4)?, b.add_array(u32_, u32_, 0)?];
    let matrix = b.add_array(four, u32_, 3)?;
    let inner = b.add_struct("", 8, &[Field::new("x", u32_, 0), Field::new("y", u32_, 32)])?;
    let inners = b.add_array(inner, u32_, 2)?;
    let fields =
        [Field::new("matrix", matrix, 0), Field::new("inner", inners, 384), Field::new("rest", none, 512)];
    b.add_struct("made_arrays", 64, &fields)?;
    b.add_struct("made_middle", 4, &[Field::new("none", none, 0), Field::new("last", u32_, 0)])?;
    let flexible = b.add_struct("", 4, &[Field::new("count", u32_, 0), Field::new("data", none, 32)])?;
    b.add_struct("made_inside", 8, &[Field::new("first", u32_, 0), Field::new("", flexible, 32)])?;
    b.add_union("made_union", 48, &[Field::new("matrix", matrix, 0), Field::new("", inner, 0)])?;
    b.add_typedef("made_array_t", matrix)?;
    Ok(())
}

fn bitfields(b: &mut Builder, u32_: TypeId, u64_: TypeId) -> Built<()> {
    let u8_ = b.add_int("u8", 1, Encoding::Unsigned)?;
    let s32 = b.add_int("s32", 4, Encoding::Signed)?;
    let signed = b.add_enum("made_signed", 4, EnumValues::Signed(&[("MADE_LOW", -3), ("MADE_HIGH", 3)]))?;
    let unsigned = b.add_enum("made_unsigned", 4, EnumValues::Unsigned(&[("MADE_TOP", 0xffff_fff0)]))?;
    let fields = [
        Field::new("crosses_bytes", u8_, 5).bits(7),
        Field::new("signed", s32, 12).bits(3),
        Field::new("low", signed, 15).bits(5),
        Field::new("crosses_words", u32_, 20).bits(30),
        Field::new("high", unsigned, 50).bits(9),
        Field::new("crosses_all", u64_, 59).bits(64),
        Field::new("wide", u64_, 128).bits(61),
        Field::new("bit", u8_, 189).bits(1),
        Field::new("plain", u32_, 192),
    ];
    b.add_struct("made_bits", 28, &fields)?;
    Ok(())
}

/// Several types under one name, whose answers agree or not.
fn namesakes(b: &mut Builder, u32_: TypeId, u64_: TypeId) -> Built<()> {
    for name in ["made_same", "made_same___copy"] {
        b.add_struct(name, 8, &[Field::new("a", u32_, 0), Field::new("b", u32_, 32)])?;
    }
    b.add_struct("made_apart", 8, &[Field::new("a", u32_, 0), Field::new("b", u32_, 32)])?;
    b.add_struct("made_apart", 12, &[Field::new("b", u32_, 0), Field::new("a", u32_, 64)])?;
    b.add_struct("made_part", 8, &[Field::new("a", u32_, 0), Field::new("b", u32_, 32)])?;
    b.add_struct("made_part___long", 16, &[Field::new("a", u64_, 0), Field::new("c", u64_, 64)])?;
    b.add_struct("made_kinds", 4, &[Field::new("a", u32_, 0)])?;
    b.add_union("made_kinds", 4, &[Field::new("a", u32_, 0)])?;
    b.add_typedef("made_kinds", u32_)?;
    let values = [("MADE_A", 1), ("MADE_B", 2), ("MADE_C___old", 3)];
    b.add_enum("made_values", 4, EnumValues::Unsigned(&values))?;
    b.add_enum64("made_values___wide", 8, EnumValues::Unsigned(&[("MADE_A", 1), ("MADE_B", 1 << 40)]))?;
    b.add_enum64("made_wide", 8, EnumValues::Signed(&[("MADE_MIN", i64::MIN), ("MADE_MINUS", -1)]))?;
    Ok(())
}

/// Around where both stop to follow types.
fn deep(b: &mut Builder, u32_: TypeId) -> Built<()> {
    let (mut pointer, mut proto, mut nested, mut hidden) = (u32_, u32_, u32_, u32_);
    for level in 1..=40 {
        pointer = b.add_ptr(pointer)?;
        let called = b.add_func_proto(u32_, &[("f", proto)])?;
        proto = b.add_ptr(called)?;
        nested = b.add_struct(&format!("made_deep_struct{level}"), 4, &[Field::new("in", nested, 0)])?;
        let name = if level == 1 { "leaf" } else { "" };
        hidden = b.add_struct("", 4, &[Field::new(name, hidden, 0)])?;
        b.add_typedef(&format!("made_deep_pointer{level}"), pointer)?;
        b.add_typedef(&format!("made_deep_call{level}"), proto)?;
        b.add_struct(&format!("made_deep_hidden{level}"), 4, &[Field::new("", hidden, 0)])?;
    }
    Ok(())
}
