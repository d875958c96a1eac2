//! Values of the kernel's configuration, as the object's variables take them.

use std::collections::HashMap;

use bpf_btf::Endian;
use bpf_btf::matching::nearest;
use bpf_elf::{Extern, ExternKind, KconfigType, MapKind};

use crate::kernel::{Answer, Feature, kconfig_values};
use crate::plan::externs::{Uses, Value};
use crate::plan::{Context, ExternError, ExternProblem, Notice, PlanError, Step};

/// The values that are no option of the configuration.
const VERSION: &str = "LINUX_KERNEL_VERSION";
const FEATURES: &[(&str, Feature)] = &[
    ("LINUX_HAS_BPF_COOKIE", Feature::AttachCookie),
    ("LINUX_HAS_SYSCALL_WRAPPER", Feature::SyscallWrapper),
];

/// Whether that value stands in the kernel's BTF.
pub(crate) fn needs_btf(found: &Extern) -> bool {
    matches!(found.kind, ExternKind::Kconfig { .. }) && FEATURES.iter().any(|(name, _)| *name == found.name)
}

/// Fills in the value of the map, and notes where in it each variable is. Those that nothing uses stay zero.
pub(crate) fn plan(cx: &mut Context<'_>, uses: &Uses) {
    let object = cx.object;
    let map = object.maps().iter().find(|spec| spec.def().kind == MapKind::Kconfig);
    let Some(map) = map.map(|spec| spec.def()) else { return };
    let mut bytes = vec![0; usize::try_from(map.value_size).unwrap_or(0)];
    let given = object.kconfig().map(kconfig_values).unwrap_or_default();
    let mut known: Option<HashMap<&str, &str>> = None;
    let mut names: Option<Vec<&str>> = None;
    for found in object.file().externs() {
        let ExternKind::Kconfig { value: kind, offset, size } = found.kind else { continue };
        let Some(site) = uses.get(&found.id) else { continue };
        cx.externs.insert(found.id, Value::MapValue { map: map.id, offset });
        let error = |problem| {
            PlanError::Extern(Box::new(ExternError { name: found.name.clone(), site: site.clone(), problem }))
        };
        if kind == KconfigType::Unsupported {
            let declared = cx.declaration(found);
            cx.errors.push(error(ExternProblem::KconfigType { declared }));
            continue;
        }
        let option = found.name.starts_with("CONFIG_");
        let value = if option {
            match given.get(found.name.as_str()) {
                Some(value) => Some((*value).to_owned()),
                None => {
                    let Some(known) = from_kernel(cx, &mut known) else { continue };
                    known.get(found.name.as_str()).map(|value| (*value).to_owned())
                }
            }
        } else {
            virtual_value(cx, found, Step::Map(map.id))
        };
        let place = usize::try_from(offset).ok().zip(usize::try_from(size).ok());
        let place = place.and_then(|(at, len)| bytes.get_mut(at..at.checked_add(len)?));
        let endian = object.file().endian();
        match (value, place) {
            (Some(value), Some(place)) => {
                let bytes = place.len();
                match put(kind, &value, option, endian, place) {
                    Ok(Fit::Whole) => {}
                    Ok(Fit::Cut) => {
                        let (name, site) = (found.name.clone(), Box::new(site.clone()));
                        cx.notices.push(Notice::TextCut { name, value, bytes, site });
                    }
                    Err(why) => cx.errors.push(error(ExternProblem::Value { value, why })),
                }
            }
            (None, _) if found.weak && ["CONFIG_", "LINUX_"].iter().any(|p| found.name.starts_with(p)) => {}
            _ => {
                let (what, nearest) = if found.name == VERSION {
                    ("version", None)
                } else if option {
                    let names = names.get_or_insert_with(|| {
                        // Their order is by chance.
                        let mut names: Vec<&str> =
                            known.iter().flat_map(|known| known.keys().copied()).collect();
                        names.sort_unstable();
                        names
                    });
                    let close = || nearest(&found.name, names.iter().copied());
                    ("option", cx.may_suggest().then(close).flatten())
                } else {
                    let known = FEATURES.iter().map(|(name, _)| *name).chain([VERSION]);
                    ("value", nearest(&found.name, known))
                };
                cx.errors.push(error(ExternProblem::Missing { what, nearest }));
            }
        }
    }
    cx.kconfig = Some(bytes);
}

/// The kernel's own configuration, read once; that there is none is said once.
fn from_kernel<'k, 'a: 'k>(
    cx: &mut Context<'a>,
    known: &'k mut Option<HashMap<&'a str, &'a str>>,
) -> Option<&'k HashMap<&'a str, &'a str>> {
    if known.is_none() {
        match cx.kernel.kconfig() {
            Ok(text) => *known = Some(kconfig_values(text)),
            Err(error) => {
                cx.kernel_error(error);
                return None;
            }
        }
    }
    known.as_ref()
}

fn virtual_value(cx: &mut Context<'_>, found: &Extern, step: Step) -> Option<String> {
    if found.name == VERSION {
        return cx.kernel.machine().version().map(|version| version.to_string());
    }
    let (_, feature) = FEATURES.iter().find(|(name, _)| *name == found.name)?;
    let has = match cx.answer(*feature) {
        Answer::No => false,
        Answer::Yes => true,
        Answer::Unknown => cx.uses(*feature, step),
    };
    Some(u8::from(has).to_string())
}

/// How much of a value a variable holds.
#[derive(Debug, PartialEq, Eq)]
enum Fit {
    Whole,
    /// A text that is longer.
    Cut,
}

/// Writes a value as a variable of that type holds it: that of an `option` of the configuration, or one of those that a
/// loader works out, which are numbers for truth values too.
fn put(kind: KconfigType, text: &str, option: bool, endian: Endian, place: &mut [u8]) -> Result<Fit, String> {
    use KconfigType::{Bool, Char, Int, String as Text, Tristate};
    let bits = u32::try_from(place.len()).unwrap_or(0).saturating_mul(8);
    let number = match (text, kind) {
        ("", _) => return Err("nothing stands behind the `=`".into()),
        ("y", Bool | Tristate) => 1,
        ("n", Bool | Tristate) => 0,
        ("m", Tristate) => 2,
        ("m", Bool) => return Err("a bool holds y and n only".into()),
        ("y" | "n" | "m", Char { .. }) => u64::from(text.bytes().next().unwrap_or_default()),
        ("y" | "n" | "m", _) => return Err("the variable is none of bool, char, enum libbpf_tristate".into()),
        (_, Text) => return put_text(text, place),
        _ if text.starts_with('"') => return Err("a string needs an array of char".into()),
        (_, Tristate) => return Err("enum libbpf_tristate holds y, m and n only".into()),
        (_, Bool) if option => return Err("a bool holds y and n only".into()),
        _ => integer(text).ok_or("that is neither y, m, n, a string, nor a number")?,
    };
    let fits = match kind {
        Bool => number <= 1,
        Tristate => true,
        _ if bits >= 64 => true,
        // Two's complement in 64 bits: what is within half the range on either side of 0.
        Char { signed: true } | Int { signed: true } => number.wrapping_add(1 << (bits - 1)) >> bits == 0,
        _ => number >> bits == 0,
    };
    if !fits {
        return Err(match kind {
            Bool => "a bool holds a truth value only".into(),
            _ if bits == 8 => "the variable has 1 byte".into(),
            _ => format!("the variable has {} bytes", place.len()),
        });
    }
    let bytes = number.to_le_bytes();
    for (to, from) in place.iter_mut().zip(bytes) {
        *to = from;
    }
    if endian == Endian::Big {
        place.reverse();
    }
    Ok(Fit::Whole)
}

/// What stands between quotes, cut to what fits with a NUL behind it.
fn put_text(text: &str, place: &mut [u8]) -> Result<Fit, String> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let inner = inner.ok_or("the variable is a string, and that is none")?;
    let room = place.len().saturating_sub(1);
    for (to, from) in place.iter_mut().zip(inner.bytes().take(room)) {
        *to = from;
    }
    Ok(if inner.len() > room { Fit::Cut } else { Fit::Whole })
}

/// A number as C writes them: decimal, `0x` or `0`; a negative one in two's complement.
fn integer(text: &str) -> Option<u64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = match hex {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(digits, radix).ok()?;
    Some(if negative { number.wrapping_neg() } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: KconfigType, size: usize, text: &str, want: Result<&[u8], &str>) {
        check_one(kind, size, text, true, want);
    }

    #[track_caller]
    fn check_one(kind: KconfigType, size: usize, text: &str, option: bool, want: Result<&[u8], &str>) {
        let mut place = vec![0; size];
        let done = put(kind, text, option, Endian::Little, &mut place);
        match want {
            Ok(bytes) => {
                assert_eq!((done.is_ok(), place.as_slice()), (true, bytes), "{text}: {done:?}");
                let mut swapped = vec![0; size];
                put(kind, text, option, Endian::Big, &mut swapped).unwrap();
                if kind != KconfigType::String {
                    swapped.reverse();
                }
                assert_eq!(swapped, bytes, "{text}, big-endian");
            }
            Err(part) => assert!(done.as_ref().is_err_and(|why| why.contains(part)), "{text}: {done:?}"),
        }
    }

    /// As libbpf has it: options that are numbers need an integer or a char; what a loader works out may be a bool too.
    #[test]
    fn numbers_and_truth_values() {
        use KconfigType::{Bool, Char, Int, Tristate};
        check(Bool, 1, "1", Err("y and n only"));
        check(Bool, 1, "0", Err("y and n only"));
        check(Tristate, 4, "1", Err("y, m and n only"));
        check(Tristate, 4, "7", Err("y, m and n only"));
        check(Char { signed: false }, 1, "1", Ok(&[1]));
        check_one(Bool, 1, "1", false, Ok(&[1]));
        check_one(Bool, 1, "2", false, Err("truth value"));
        check_one(Tristate, 4, "1", false, Err("y, m and n only"));
        check_one(Int { signed: true }, 4, "395264", false, Ok(&[0, 8, 6, 0]));
        check_one(Char { signed: true }, 1, "395264", false, Err("has 1 byte"));
    }

    #[test]
    fn texts_that_are_cut() {
        let fit = |text: &str| put(KconfigType::String, text, true, Endian::Little, &mut [0; 4]);
        assert_eq!([fit("\"\""), fit("\"abc\"")], [Ok(Fit::Whole), Ok(Fit::Whole)]);
        assert_eq!([fit("\"abcd\""), fit("\"abcdefgh\"")], [Ok(Fit::Cut), Ok(Fit::Cut)]);
    }

    #[test]
    fn values() {
        use KconfigType::{Bool, Char, Int, String as Text, Tristate};
        let (signed, unsigned) = (Int { signed: true }, Int { signed: false });
        check(Bool, 1, "y", Ok(&[1]));
        check(Bool, 1, "n", Ok(&[0]));
        check(Bool, 1, "m", Err("y and n only"));
        check(Tristate, 4, "m", Ok(&[2, 0, 0, 0]));
        check(Tristate, 4, "y", Ok(&[1, 0, 0, 0]));
        check(Char { signed: true }, 1, "m", Ok(b"m"));
        check(Char { signed: true }, 1, "-128", Ok(&[0x80]));
        check(Char { signed: true }, 1, "128", Err("1 byte"));
        check(Char { signed: false }, 1, "255", Ok(&[0xff]));
        check(unsigned, 2, "0x1234", Ok(&[0x34, 0x12]));
        check(unsigned, 2, "65536", Err("2 bytes"));
        check(unsigned, 4, "-1", Err("4 bytes"));
        check(signed, 4, "-2", Ok(&[0xfe, 0xff, 0xff, 0xff]));
        check(signed, 4, "2147483647", Ok(&[0xff, 0xff, 0xff, 0x7f]));
        check(signed, 4, "2147483648", Err("4 bytes"));
        check(signed, 4, "-2147483648", Ok(&[0, 0, 0, 0x80]));
        check(unsigned, 8, "0xffffffffffffffff", Ok(&[0xff; 8]));
        check(unsigned, 4, "017", Ok(&[15, 0, 0, 0]));
        check(unsigned, 4, "y", Err("none of bool"));
        check(unsigned, 4, "\"x\"", Err("array of char"));
        check(unsigned, 4, "x", Err("nor a number"));
        check(unsigned, 4, "", Err("behind the `=`"));
        check(unsigned, 8, "18446744073709551616", Err("nor a number"));
        check(Text, 4, "\"ab\"", Ok(b"ab\0\0"));
        check(Text, 4, "\"abcdef\"", Ok(b"abc\0"));
        check(Text, 4, "\"", Err("is a string"));
        check(Text, 4, "12", Err("is a string"));
        check(Text, 4, "y", Err("none of bool"));
    }
}
