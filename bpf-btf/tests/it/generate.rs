//! BTF at random, from a fixed seed: a builder with records of all kinds, and the raw text that they should read as.

use std::fmt::Write as _;

use bpf_btf::build::{Builder, Encoding, EnumValues, Field, FwdKind};
use bpf_btf::{Kind, Linkage, SectionVar, TypeId, VarLinkage};

/// Numbers that repeat after 2^64 steps (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u32) as usize]
    }

    fn name(&mut self) -> String {
        let stem = self.pick(&["task", "sk", "list_head", "x.y", "_a", "flags"]);
        format!("{stem}{}", self.below(40))
    }
}

/// What was decided of all records before the first is written, so that they can refer to each other.
struct Decided {
    kind: Kind,
    vlen: u32,
}

/// Adds so many records at random; also their text, line for line as `dump::raw` prints it.
pub(crate) fn random(rng: &mut Random, mut builder: Builder, count: u32) -> (Builder, Vec<String>) {
    let first = builder.first_id().0;
    let mut decided: Vec<Decided> =
        (0..count).map(|_| Decided { kind: Kind(1 + rng.below(19) as u8), vlen: rng.below(6) }).collect();
    // So that every reference finds something.
    for (at, kind) in [Kind::INT, Kind::FUNC_PROTO, Kind::FUNC, Kind::VAR].into_iter().enumerate() {
        decided[at] = Decided { kind, vlen: decided[at].vlen };
    }
    let mut texts: Vec<String> = Vec::new();
    for index in 0..decided.len() {
        let id = first + index as u32;
        let (text, got) = record(rng, &mut builder, &decided, index, first);
        assert_eq!(got, TypeId(id));
        texts.push(format!("[{id}] {text}"));
    }
    // The variables of sections are named, whether they come before or after.
    let named: Vec<String> = texts
        .iter()
        .map(|text| {
            let name = text.split('\'').nth(1).unwrap_or_default();
            let kind = text.split(' ').nth(1).unwrap_or_default();
            format!("({kind} '{name}')")
        })
        .collect();
    for text in &mut texts {
        for (index, name) in named.iter().enumerate() {
            *text = text.replace(&format!("<{}>", first + index as u32), name);
        }
    }
    (builder, texts)
}

fn record(
    rng: &mut Random,
    b: &mut Builder,
    decided: &[Decided],
    index: usize,
    first: u32,
) -> (String, TypeId) {
    let Decided { kind, vlen } = decided[index];
    let of = |rng: &mut Random, kinds: &[Kind]| {
        let fitting: Vec<usize> =
            (0..decided.len()).filter(|at| kinds.contains(&decided[*at].kind)).collect();
        let at = rng.pick(&fitting);
        (TypeId(first + at as u32), at)
    };
    let any = |rng: &mut Random| {
        TypeId(if rng.below(10) == 0 { 0 } else { first + rng.below(decided.len() as u32) })
    };
    let name = rng.name();
    let names: Vec<String> =
        (0..vlen).map(|_| if rng.below(5) == 0 { String::new() } else { rng.name() }).collect();
    let shown = |name: &str| if name.is_empty() { "(anon)".to_owned() } else { name.to_owned() };
    match kind {
        Kind::INT => {
            let size = 1 << rng.below(5);
            let (encoding, word) = rng.pick(&[
                (Encoding::Unsigned, "(none)"),
                (Encoding::Signed, "SIGNED"),
                (Encoding::Char, "CHAR"),
                (Encoding::Bool, "BOOL"),
            ]);
            let text = format!("INT '{name}' size={size} bits_offset=0 nr_bits={} encoding={word}", size * 8);
            (text, b.add_int(&name, size, encoding).unwrap())
        }
        Kind::PTR | Kind::CONST | Kind::VOLATILE | Kind::RESTRICT => {
            let to = any(rng);
            let id = match kind {
                Kind::PTR => b.add_ptr(to),
                Kind::CONST => b.add_const(to),
                Kind::VOLATILE => b.add_volatile(to),
                _ => b.add_restrict(to),
            };
            (format!("{kind} '(anon)' type_id={to}"), id.unwrap())
        }
        Kind::TYPEDEF | Kind::TYPE_TAG => {
            let to = any(rng);
            let id = match kind {
                Kind::TYPEDEF => b.add_typedef(&name, to),
                _ if rng.below(2) == 0 => b.add_type_attr(&name, to),
                _ => b.add_type_tag(&name, to),
            };
            (format!("{kind} '{name}' type_id={to}"), id.unwrap())
        }
        Kind::ARRAY => {
            let (element, of_index, len) = (any(rng), any(rng), rng.next() as u32);
            let text = format!("ARRAY '(anon)' type_id={element} index_type_id={of_index} nr_elems={len}");
            (text, b.add_array(element, of_index, len).unwrap())
        }
        Kind::STRUCT | Kind::UNION => {
            let packed = rng.below(2) == 0;
            let mut at = 0;
            let mut text = format!("{kind} '{name}' size=4096 vlen={vlen}");
            let mut fields = Vec::new();
            for member in &names {
                at += if kind == Kind::UNION { 0 } else { rng.below(100) * if packed { 1 } else { 8 } };
                let (to, width) = (any(rng), if packed { rng.below(65) as u8 } else { 0 });
                let _ = write!(text, "\n\t'{}' type_id={to} bits_offset={at}", shown(member));
                if width != 0 {
                    let _ = write!(text, " bitfield_size={width}");
                }
                fields.push(Field::new(member, to, at).bits(width));
            }
            let id = if kind == Kind::UNION {
                b.add_union(&name, 4096, &fields)
            } else {
                b.add_struct(&name, 4096, &fields)
            };
            (text, id.unwrap())
        }
        Kind::ENUM | Kind::ENUM64 => {
            let (wide, signed) = (kind == Kind::ENUM64, rng.below(2) == 0);
            let size = 1 << rng.below(4);
            let bits: Vec<u64> =
                names.iter().map(|_| rng.next() >> if wide { rng.below(64) } else { 33 }).collect();
            let of_signed: Vec<i64> = bits.iter().map(|bits| -(bits.cast_signed() >> 1)).collect();
            let how = if signed { "SIGNED" } else { "UNSIGNED" };
            let mut text = format!("{kind} '{name}' encoding={how} size={size} vlen={vlen}");
            let names: Vec<String> = names.iter().map(|name| format!("V{name}")).collect();
            let suffix = match (wide, signed) {
                (false, _) => "",
                (true, true) => "LL",
                (true, false) => "ULL",
            };
            for (name, (bits, of_signed)) in names.iter().zip(bits.iter().zip(&of_signed)) {
                let value = if signed { of_signed.to_string() } else { bits.to_string() };
                let _ = write!(text, "\n\t'{name}' val={value}{suffix}");
            }
            let names = || names.iter().map(String::as_str);
            let (of_signed, bits): (Vec<_>, Vec<_>) =
                (names().zip(of_signed).collect(), names().zip(bits).collect());
            let values = if signed { EnumValues::Signed(&of_signed) } else { EnumValues::Unsigned(&bits) };
            let id = if wide { b.add_enum64(&name, size, values) } else { b.add_enum(&name, size, values) };
            (text, id.unwrap())
        }
        Kind::FWD => {
            let (declares, word) = rng.pick(&[(FwdKind::Struct, "struct"), (FwdKind::Union, "union")]);
            (format!("FWD '{name}' fwd_kind={word}"), b.add_fwd(&name, declares).unwrap())
        }
        Kind::FUNC => {
            let (proto, _) = of(rng, &[Kind::FUNC_PROTO]);
            let (linkage, word) = rng.pick(&[
                (Linkage::Static, "static"),
                (Linkage::Global, "global"),
                (Linkage::Extern, "extern"),
            ]);
            let text = format!("FUNC '{name}' type_id={proto} linkage={word}");
            (text, b.add_func(&name, linkage, proto).unwrap())
        }
        Kind::FUNC_PROTO => {
            let returns = any(rng);
            let mut text = format!("FUNC_PROTO '(anon)' ret_type_id={returns} vlen={vlen}");
            let params: Vec<(&str, TypeId)> = names
                .iter()
                .map(|name| (name.as_str(), TypeId(first + rng.below(count_of(decided)))))
                .collect();
            for (name, to) in &params {
                let _ = write!(text, "\n\t'{}' type_id={to}", shown(name));
            }
            (text, b.add_func_proto(returns, &params).unwrap())
        }
        Kind::VAR => {
            let (to, _) = of(rng, &[Kind::INT, Kind::STRUCT, Kind::PTR, Kind::ARRAY, Kind::TYPEDEF]);
            let (linkage, word) = rng.pick(&[
                (VarLinkage::Static, "static"),
                (VarLinkage::Global, "global"),
                (VarLinkage::Extern, "extern"),
            ]);
            let text = format!("VAR '{name}' type_id={to}, linkage={word}");
            (text, b.add_var(&name, linkage, to).unwrap())
        }
        Kind::DATASEC => {
            let name = format!("{}{name}", rng.pick(&["", ".", "?."]));
            let mut at = 0;
            let mut text = format!("DATASEC '{name}' size=4096 vlen={vlen}");
            let mut vars = Vec::new();
            for _ in 0..vlen {
                let (type_id, _) = of(rng, &[Kind::VAR, Kind::FUNC]);
                let (offset, size) = (at + rng.below(50), rng.below(100));
                at = offset + size;
                // Which one that is comes later.
                let _ = write!(text, "\n\ttype_id={type_id} offset={offset} size={size} <{type_id}>");
                vars.push(SectionVar { type_id, offset, size });
            }
            (text, b.add_datasec(&name, 4096, &vars).unwrap())
        }
        Kind::FLOAT => {
            let size = rng.pick(&[2, 4, 8, 12, 16]);
            (format!("FLOAT '{name}' size={size}"), b.add_float(&name, size).unwrap())
        }
        _ => {
            let (to, at) = of(rng, &[Kind::STRUCT, Kind::UNION, Kind::FUNC, Kind::VAR, Kind::TYPEDEF]);
            let elements = if decided[at].kind.is_composite() { decided[at].vlen } else { 0 };
            let component = (elements > 0 && rng.below(2) == 0).then(|| rng.below(elements));
            let shown = component.map_or("-1".to_owned(), |index| index.to_string());
            let id = match rng.below(2) {
                0 => b.add_decl_attr(&name, to, component),
                _ => b.add_decl_tag(&name, to, component),
            };
            (format!("DECL_TAG '{name}' type_id={to} component_idx={shown}"), id.unwrap())
        }
    }
}

fn count_of(decided: &[Decided]) -> u32 {
    decided.len() as u32
}
