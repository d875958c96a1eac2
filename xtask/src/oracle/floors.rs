//! How much a run must at least compare, so that one that has come to look at nothing does not pass.

use super::{compare, headers, min, sec};

/// The least that each suite compares where nothing is missing: packages, privileges, bpftool.
pub(crate) const SUITES: &[(&str, usize)] = &[
    ("open", 1300),
    ("plan", 980),
    ("sec", 1300),
    ("btf", 10_000),
    ("c", 24_000),
    ("core", 30_000),
    ("min", 30_000),
    ("headers", 320),
];

/// The least that the relocations made for each kernel come to: of each kind, and what libbpf makes of them.
pub(crate) const CORE: &[(&str, usize)] = &[
    ("byte_off", 1200),
    ("byte_sz", 1200),
    ("field_exists", 1200),
    ("signed", 1200),
    ("lshift_u64", 1200),
    ("rshift_u64", 1200),
    ("local_type_id", 450),
    ("target_type_id", 450),
    ("type_exists", 450),
    ("type_size", 450),
    ("type_matches", 450),
    ("enumval_exists", 750),
    ("enumval_value", 750),
    ("answers 0", 2000),
    ("other answers", 6000),
    ("matched", 160),
    ("matched not", 240),
    ("bitfields", 70),
    ("missing", 1100),
    ("ambiguous", 40),
    ("refused", 800),
    ("patched immediates", 3600),
    ("patched ld_imm64", 4000),
    ("patched loads and stores", 700),
    ("poisoned", 1200),
    ("instructions refused", 500),
];

/// The least that some suites count besides.
pub(crate) const DEPTH: &[(&str, &str, usize)] = &[
    ("plan", compare::FOREIGN, 280),
    ("sec", sec::THEIRS, 105),
    ("min", min::BPFTOOL, 70),
    ("min", min::MEMBERS, 700),
    ("min", min::ASKED, 850),
    ("min", min::MADE, 29_000),
    ("headers", headers::FOREIGN, 40),
    ("headers", headers::INSTRUCTIONS, 30_000),
];
