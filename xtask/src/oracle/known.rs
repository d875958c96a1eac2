//! The differences that are known, each with its reason. Reviewed: an entry is a claim that we are right, or do not mind.

use super::tally::Entry;

/// A difference that is meant.
pub(crate) struct Known {
    pub(crate) suite: &'static str,
    /// Objects, programs, maps: `*` stands for any text, `?` for one byte.
    pub(crate) what: &'static str,
    /// What differs.
    pub(crate) field: &'static str,
    pub(crate) why: &'static str,
}

const OLD_MAPS: &str = "libbpf dropped the section `maps` with version 1.0; we read it";

const NEWER_NAMES: &str = "the name came with libbpf 1.8";

pub(crate) const KNOWN: &[Known] = &[
    Known { suite: "sec", what: "f*.multi*", field: "meaning", why: NEWER_NAMES },
    Known { suite: "sec", what: "raw_t*.s*", field: "meaning", why: NEWER_NAMES },
    Known { suite: "sec", what: "tp.s*", field: "meaning", why: NEWER_NAMES },
    Known { suite: "sec", what: "tp_btf.s*", field: "meaning", why: NEWER_NAMES },
    Known { suite: "sec", what: "tracepoint.s*", field: "meaning", why: NEWER_NAMES },
    Known {
        suite: "headers",
        what: "own/*.bpf.c for arm, *",
        field: "instructions",
        why: "libbpf takes r12 for the instruction pointer of 32-bit Arm; it is r15 (ARM_pc)",
    },
    Known {
        suite: "headers",
        what: "own/*.bpf.c for arm, *",
        field: "object",
        why: "the same, in a CO-RE relocation",
    },
    Known {
        suite: "headers",
        what: "own/regs.bpf.c for powerpc, *",
        field: "compiles",
        why: "libbpf's PT_REGS_RET names a member that PowerPC's struct pt_regs does not have; ours is the link register",
    },
    Known {
        suite: "btf",
        what: "fixtures/socket/newer_btf.*: struct tagged",
        field: "declaration",
        why: "declarations for messages say type tags as the kernel's sources do (`__rcu`); the attribute is for \
              definitions that are compiled",
    },
    Known {
        suite: "open",
        what: "fixtures/struct_ops/cong_no_sec.*",
        field: "opens",
        why: "a function that a struct_ops member names is a struct_ops program for us, whatever its section is \
              called; libbpf wants the section to say so",
    },
    Known {
        suite: "open",
        what: "fixtures/struct_ops/cong_static.*",
        field: "opens",
        why: "libbpf finds callbacks by the names that other files see and refuses static ones; we follow the \
              relocation of the member",
    },
    Known {
        suite: "open",
        what: "bpf-elf/tests/objects/maps.*: map ring",
        field: "max entries",
        why: "libbpf rounds a ring buffer to whole pages of this machine when it opens a file; we do when planning, for \
              the pages of the kernel that is planned for",
    },
    Known {
        suite: "open",
        what: "fixtures/maps/sizes.*: map ring",
        field: "max entries",
        why: "libbpf rounds a ring buffer to whole pages of this machine when it opens a file; we do when planning, for \
              the pages of the kernel that is planned for",
    },
    Known {
        suite: "open",
        what: "golang-github-cilium-ebpf-dev/*/fwd_decl-e?.elf#1",
        field: "opens",
        why: "the object calls a function of which it has no type; libbpf does not open it, we do, and refuse to plan \
              what calls the function",
    },
    Known {
        suite: "open",
        what: "fixtures/externs/kconfig_bad.*",
        field: "opens",
        why: "whether a variable can hold a value of the configuration is a question that we answer when planning, with \
              all others about the object in one run; libbpf stops at it when opening",
    },
    Known {
        suite: "open",
        what: "fixtures/externs/missing.*",
        field: "opens",
        why: "the object calls a function that is declared in no section; libbpf does not open it, we do, and refuse to \
              plan what calls the function",
    },
    Known { suite: "open", what: "fixtures/maps/legacy*", field: "opens", why: OLD_MAPS },
    Known {
        suite: "open",
        what: "golang-github-cilium-ebpf-dev/*/loader-clang-7-e?.elf#1",
        field: "opens",
        why: OLD_MAPS,
    },
    Known {
        suite: "open",
        what: "golang-github-cilium-ebpf-dev/*/subprog_reloc-e?.elf#1",
        field: "opens",
        why: OLD_MAPS,
    },
    Known {
        suite: "plan",
        what: "fixtures/struct_ops/cong_bitfield*",
        field: "libbpf",
        why: "libbpf 1.7 crashes on a bitfield member that the kernel does not have; we pass over it where it is zero, \
              and refuse it where it is not",
    },
    Known {
        suite: "plan",
        what: "fixtures/externs/kconfig.*: program read_values",
        field: "verdict",
        why: "libbpf wants every strong extern of an object, whether a program that is loaded uses it or not; we want \
              those that are used",
    },
    Known {
        suite: "plan",
        what: "fixtures/externs/kfunc.*: program find_task",
        field: "verdict",
        why: "a struct that the object only declares does not fit the kernel's for libbpf; for us it does, as in C: \
              the verifier goes by the kernel's prototype alone",
    },
    Known {
        suite: "plan",
        what: "fixtures/externs/kfunc_weak.*: program guarded",
        field: "instructions",
        why: "the same: libbpf takes a function as missing whose parameter is a struct that the object only declares",
    },
    Known {
        suite: "plan",
        what: "*: program *",
        field: "usdt",
        why: "libbpf prepares USDT programs for uprobe_multi links where the kernel has them; we do not attach USDT \
              programs yet, and prepare them for single links, which every kernel has",
    },
    Known {
        suite: "plan",
        what: "fixtures/struct_ops/cong_orphan.*: program small_*",
        field: "verdict",
        why: "the object as a whole is refused by both, since one of its callbacks is in no variable; libbpf notices \
              when it comes to that one, we before anything is sent",
    },
    Known {
        suite: "c",
        what: "*: bpftool",
        field: "enum size",
        why: "bpftool 7.1 does not tell the compiler that an enum is shorter or longer than an int; later ones \
              and we do",
    },
    Known {
        suite: "c",
        what: "stored kernel * for *: header",
        field: "compiles",
        why: "a cut kernel keeps the sizes of enums, but of most not the values; an enum without values is declared, \
              and C does not embed what is only declared",
    },
    Known {
        suite: "c",
        what: "* for bpf??: *va_list",
        field: "layout",
        why: "what a va_list is the compiler knows, for each machine; the kernel's is not that of BPF",
    },
    Known {
        suite: "c",
        what: "* for bpf??: struct warn_args",
        field: "layout",
        why: "holds a va_list, which the compiler knows, for each machine; the kernel's is not that of BPF",
    },
    Known {
        suite: "c",
        what: "* for *: release_pages_arg",
        field: "layout",
        why: "a transparent union, which comes without its members into BTF: 8 bytes of nothing, and a union is not \
              padded; the same in libbpf",
    },
    Known {
        suite: "c",
        what: "whole kernel x86_64-7.2 for *: aes_encrypt_arg",
        field: "layout",
        why: "a transparent union, as release_pages_arg",
    },
    Known {
        suite: "c",
        what: "whole kernel s390x-* for *: struct kvm_s390_sie_block",
        field: "layout",
        why: "holds a packed union of 12 bytes with a member that wants 8; packing is said of structs only; the same \
              in libbpf",
    },
    Known {
        suite: "c",
        what: "whole kernel s390x-* for *: struct sie_page",
        field: "layout",
        why: "holds struct kvm_s390_sie_block",
    },
    Known {
        suite: "c",
        what: "whole kernel s390x-* for *: struct pgid",
        field: "layout",
        why: "packed, as only its bitfields would show, which do not count for that; the same in libbpf",
    },
    Known {
        suite: "c",
        what: "whole kernel s390x-* for *: struct channel_subsystem",
        field: "layout",
        why: "holds struct pgid, whose packing is not seen",
    },
    Known {
        suite: "c",
        what: "whole kernel s390x-* for *: struct ccw_device_dma_area",
        field: "layout",
        why: "holds struct pgid, whose packing is not seen",
    },
    Known {
        suite: "c",
        what: "whole kernel aarch64-* for aarch64-linux-gnu: struct kbd_struct",
        field: "layout",
        why: "a gap of one bit is filled with `int: 1`, and on aarch64 a bitfield without a name aligns the struct as \
              its type does; the same in libbpf",
    },
    Known {
        suite: "core",
        what: "*: ?shift_u64 *",
        field: "wide shift",
        why: "a shift of a field that is wider than 64 bits: we refuse to make one up, libbpf's wraps around",
    },
    Known {
        suite: "core",
        what: "*: *",
        field: "other offset",
        why: "the kernel has several types of that name, whose answers are equal though the field lies elsewhere; \
              libbpf refuses whenever offsets differ, we where answers do",
    },
    Known {
        suite: "core",
        what: "*: enumval_value *",
        field: "sign",
        why: "libbpf extends the sign of every enumerator of 32 bits; we where the enumeration is signed in the object or \
              in the kernel, as C does",
    },
    Known {
        suite: "core",
        what: "*: enumval_value *",
        field: "unchecked sign",
        why: "for the same reason libbpf expects a sign in the instruction; we do not compare what only a sign would \
              change, since whether there is one was not recorded before Linux 6.0",
    },
    Known {
        suite: "core",
        what: "*: enumval_value *",
        field: "cut off",
        why: "an immediate of 32 bits does not hold the kernel's value: we say so, libbpf cuts it off",
    },
    Known {
        suite: "core",
        what: "*: enumval_value *",
        field: "narrow",
        why: "libbpf extends the sign of every immediate before it looks whether that is what was compiled in; an \
              instruction of 32 bits does not",
    },
    Known {
        suite: "core",
        what: "*: byte_off *",
        field: "far",
        why: "a load that may not be resized is poisoned by both, but by libbpf only where the new offset fits the \
              instruction; otherwise it refuses the object",
    },
    Known {
        suite: "core",
        what: "whole kernel x86_64-5.10: *",
        field: "undefined candidate",
        why: "a typedef of a struct that is only declared, beside one of a struct that is defined: for libbpf it is an \
              error, since the struct has no size; for us one of two candidates, and not the one that fits",
    },
    Known {
        suite: "core",
        what: "made of *: t*_* made_float*",
        field: "value",
        why: "libbpf does not know floats in questions about whole types: they never fit; ours do where their sizes do",
    },
    Known {
        suite: "core",
        what: "made of *: t*_* made_float*",
        field: "instruction",
        why: "the same: 0 or the answer is written",
    },
    Known {
        suite: "core",
        what: "*s390x-*: lshift_u64 *",
        field: "shift of two",
        why: "of two types that differ in a bitfield's width the shifts are different on this machine, for which libbpf \
              computes them, and equal on the kernel's",
    },
    Known {
        suite: "core",
        what: "*: enumval_value *",
        field: "sign of two",
        why: "of two enumerations of 32 and 64 bits libbpf extends the sign of the first only, and the values differ",
    },
    Known {
        suite: "core",
        what: "*: *(*)",
        field: "nameless end",
        why: "an access to a member without a name, of which compilers write none: for libbpf it is one to the member \
              around it",
    },
    Known {
        suite: "core",
        what: "made of *: * made_old*",
        field: "expected",
        why: "an integer of less bits than its bytes, as bitfields were described before Linux 5.0, is a bitfield for us; \
              for libbpf, in CO-RE, all of its bytes",
    },
    Known {
        suite: "core",
        what: "made of *: * made_old*",
        field: "value",
        why: "the same: the width of a bitfield that its integer has",
    },
    Known {
        suite: "core",
        what: "made of *: * made_old*",
        field: "instruction",
        why: "the same: what is expected of the instruction before, and what is written into it",
    },
    Known {
        suite: "min",
        what: "*: bpftool",
        field: "no pointees",
        why: "bpftool says nothing of what members point to where no relocation goes on there; we keep its name, so that \
              declarations print as those of the whole",
    },
    Known {
        suite: "min",
        what: "*: bpftool",
        field: "all enumerators",
        why: "bpftool keeps all enumerators of an enumeration; we those that are asked for",
    },
    Known {
        suite: "min",
        what: "*: fixtures/core/kinds.*: bpftool",
        field: "whole match",
        why: "for type_matches bpftool keeps all members of the kernel's type, and all of theirs; we those that the \
              object's type has too",
    },
];

/// The entries about a suite that were not needed in a run of it.
pub(crate) fn unseen<'a>(
    suite: &'a str,
    different: &'a [Entry],
) -> impl Iterator<Item = &'static Known> + 'a {
    KNOWN.iter().filter(move |known| {
        known.suite == suite
            && !different.iter().any(|entry| fits(known.what.as_bytes(), entry.what.as_bytes()))
    })
}

/// Why that difference is meant, if it is.
pub(crate) fn reason(suite: &str, what: &str, field: &str) -> Option<&'static str> {
    let known = KNOWN.iter().find(|known| {
        known.suite == suite && known.field == field && fits(known.what.as_bytes(), what.as_bytes())
    })?;
    Some(known.why)
}

/// Whether a text has the form of a pattern, in which `*` stands for any text and `?` for one byte.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => {
            (0..=text.len()).any(|skipped| fits(rest, text.get(skipped..).unwrap_or_default()))
        }
        Some((first, rest)) => {
            let fits_one = |head: &u8| first == &b'?' || head == first;
            text.split_first().is_some_and(|(head, tail)| fits_one(head) && fits(rest, tail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, want) in [
            ("a/b", "a/b", true),
            ("a/b", "a/bc", false),
            ("*: program x", "fixtures/a.o: program x", true),
            ("*: program x", "fixtures/a.o: program xy", false),
            ("a*c*", "abc", true),
            ("a?c", "abc", true),
            ("a?", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), want, "{pattern} {text}");
        }
    }

    #[test]
    fn every_entry_has_a_reason_and_a_suite() {
        for known in KNOWN {
            assert!(super::super::SUITES.contains(&known.suite), "{}", known.what);
            assert!(known.why.len() > 20, "{}", known.what);
        }
    }
}
