//! Types that are missing, damaged, or of something else.

use crate::common;
use crate::common::Elf;
use crate::{changed, check, check_help};
use bpf_elf::ObjectFile;

#[test]
fn types_missing_or_damaged() {
    check(
        &common::bytes("bad/no_btf.el"),
        "E0211 section `.maps` needs types, and there is no `.BTF` section",
    );
    check_help(&common::bytes("bad/no_btf.el"), "compile with `clang -g -target bpf`");
    check(
        &common::bytes("bad/no_btf_struct_ops.eb"),
        "E0211 section `.struct_ops.link` needs types, and there is no `.BTF` section",
    );
    let damaged = |section: &'static str| {
        changed("tracing/raw_tp.el", |elf| {
            let at = elf.section(section);
            elf.put(at, &[0]);
        })
    };
    check(&damaged(".BTF"), "E0212 section `.BTF` cannot be read");
    check(&damaged(".BTF.ext"), "E0212 section `.BTF.ext` cannot be read");
    let cause = ObjectFile::parse(&damaged(".BTF")).expect_err("damaged");
    let cause = std::error::Error::source(&cause).expect("a cause").to_string();
    assert_eq!(cause, "not BTF: it begins with 0xeb00, not with 0xeb9f");
}

#[test]
fn types_that_do_not_belong() {
    let other_order = changed("tracing/raw_tp.el", |elf| {
        let big = Elf::of("tracing/raw_tp.eb");
        let (at, header) = (elf.section(".BTF"), elf.header(".BTF"));
        let len = elf.u64(header + common::SH_SIZE);
        elf.put(at, &big.bytes[at..at + len]);
        let at = elf.header(".BTF.ext") + common::SH_TYPE;
        elf.put(at, &[0]);
    });
    check(&other_order, "E0213 the file is little-endian, its `.BTF` section big-endian");
    let unnamed = changed("tracing/raw_tp.el", |elf| {
        let at = elf.symbol("weight") + common::ST_NAME;
        elf.put(at, &[0; 4]);
    });
    check(&unnamed, "E0215 variable `weight` of section `.bss` has a type, but no symbol");
    let outside = changed("tracing/raw_tp.el", |elf| {
        let at = elf.symbol("odd_weight") + common::ST_VALUE;
        elf.put(at, &[12]);
    });
    check(&outside, "E0216 variable `odd_weight` at 0xc of 8 bytes is outside section `.data` of 0x10 bytes");
    let record = changed("tracing/raw_tp.el", |elf| {
        // Header of 32 bytes, record size, section name and count; then the first function's offset.
        let at = elf.section(".BTF.ext") + 32 + 4 + 8;
        elf.put(at, &[4]);
    });
    check(
        &record,
        "E0218 func_info has a record at 0x4 of section `.text`, which is not where an instruction begins",
    );
}
