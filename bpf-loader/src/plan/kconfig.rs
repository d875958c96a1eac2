//! Values of the kernel's configuration, as the object's variables take them.

use std::collections::HashMap;

use bpf_btf::Endian;
use bpf_btf::matching::nearest;
use bpf_elf::{Extern, ExternKind, KconfigType, MapKind};

use crate::kernel::{Answer, Feature, kconfig_values};
use crate::plan::externs::{Uses, Value};
use crate::plan::{Context, ExternError, ExternProblem, PlanError, Step};

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
        let value = if found.name.starts_with("CONFIG_") {
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
                if let Err(why) = put(kind, &value, endian, place) {
                    cx.errors.push(error(ExternProblem::Value { value, why }));
                }
            }
            (None, _) if found.weak && ["CONFIG_", "LINUX_"].iter().any(|p| found.name.starts_with(p)) => {}
            _ => {
                let names = known.iter().flat_map(|known| known.keys().copied());
                let known = FEATURES.iter().map(|(name, _)| *name).chain([VERSION]);
                let (what, nearest) = if found.name == VERSION {
                    ("version", None)
                } else if found.name.starts_with("CONFIG_") {
                    // Their order is by chance.
                    let mut names: Vec<&str> = names.collect();
                    names.sort_unstable();
                    ("option", nearest(&found.name, names))
                } else {
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

/// Writes a value of the configuration as a variable of that type holds it.
fn put(kind: KconfigType, text: &str, endian: Endian, place: &mut [u8]) -> Result<(), String> {
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
        _ => integer(text).ok_or("that is neither y, m, n, a string, nor a number")?,
    };
    let fits = match kind {
        Bool => number <= 1,
        Tristate => number <= 2,
        _ if bits >= 64 => true,
        // Two's complement in 64 bits: what is within half the range on either side of 0.
        Char { signed: true } | Int { signed: true } => number.wrapping_add(1 << (bits - 1)) >> bits == 0,
        _ => number >> bits == 0,
    };
    if !fits {
        return Err(format!("the variable has {} bytes, or holds truth values only", place.len()));
    }
    let bytes = number.to_le_bytes();
    for (to, from) in place.iter_mut().zip(bytes) {
        *to = from;
    }
    if endian == Endian::Big {
        place.reverse();
    }
    Ok(())
}

/// What stands between quotes, cut to what fits with a NUL behind it.
fn put_text(text: &str, place: &mut [u8]) -> Result<(), String> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let inner = inner.ok_or("the variable is a string, and that is none")?;
    let room = place.len().saturating_sub(1);
    for (to, from) in place.iter_mut().zip(inner.bytes().take(room)) {
        *to = from;
    }
    Ok(())
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
        let mut place = vec![0; size];
        let done = put(kind, text, Endian::Little, &mut place);
        match want {
            Ok(bytes) => {
                assert_eq!((done, place.as_slice()), (Ok(()), bytes), "{text}");
                let mut swapped = vec![0; size];
                put(kind, text, Endian::Big, &mut swapped).unwrap();
                if kind != KconfigType::String {
                    swapped.reverse();
                }
                assert_eq!(swapped, bytes, "{text}, big-endian");
            }
            Err(part) => assert!(done.as_ref().is_err_and(|why| why.contains(part)), "{text}: {done:?}"),
        }
    }

    #[test]
    fn values() {
        use KconfigType::{Bool, Char, Int, String as Text, Tristate};
        let (signed, unsigned) = (Int { signed: true }, Int { signed: false });
        check(Bool, 1, "y", Ok(&[1]));
        check(Bool, 1, "n", Ok(&[0]));
        check(Bool, 1, "m", Err("y and n only"));
        check(Bool, 1, "1", Ok(&[1]));
        check(Bool, 1, "2", Err("truth values"));
        check(Tristate, 4, "m", Ok(&[2, 0, 0, 0]));
        check(Tristate, 4, "y", Ok(&[1, 0, 0, 0]));
        check(Char { signed: true }, 1, "m", Ok(b"m"));
        check(Char { signed: true }, 1, "-128", Ok(&[0x80]));
        check(Char { signed: true }, 1, "128", Err("1 bytes"));
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
