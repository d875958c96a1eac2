//! The ELF container, and what it holds as plain bytes.

use crate::common;
use crate::common::build::*;
use crate::{changed, check, check_help};
use bpf_elf::ObjectFile;

#[test]
fn not_elf() {
    check(b"", "E0201 not ELF: the file is 0 bytes");
    check(b"#!/bin/sh\n", "E0201 not ELF: the file of 10 bytes begins with `#!/b`");
    check(b"\0\x01", "E0201 not ELF: the file of 2 bytes begins with `\\x00\\x01`");
    check(b"\x7fELF", "E0202 truncated: the ELF header ends at 64, the file has 4 bytes");
    check_help(b"int main", "clang -g -O2 -target bpf");
}

#[test]
fn not_a_bpf_object() {
    check(&common::bytes_at("bad/wrong_machine.x86_64.o"), "E0205 made for x86-64, not for BPF");
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(18, &[183, 0])),
        "E0205 made for AArch64, not for BPF",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(18, &[9, 9])),
        "E0205 made for machine 2313, not for BPF",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(4, &[1])),
        "E0203 a 32-bit ELF file; BPF objects are 64-bit",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(16, &[3])),
        "E0204 a shared library or executable, not a relocatable object file",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(16, &[2])),
        "E0204 an executable, not a relocatable object file",
    );
    // No machine at all is what some tools write.
    assert!(ObjectFile::parse(&changed("socket/minimal.el", |elf| _ = elf.put(18, &[0, 0]))).is_ok());
}

#[test]
fn cut_off() {
    let bytes = common::bytes("tracing/raw_tp.el");
    check(&bytes[..2000], "E0202 truncated: the section header table ends at 11632, the file has 2000 bytes");
    let long = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".maps") + common::SH_SIZE;
        elf.put(at, &0x10_0000u64.to_le_bytes());
    });
    assert!(ObjectFile::parse(&long).is_ok(), "the size of `.maps` is not used beyond its variables");
    let long = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".data") + common::SH_SIZE;
        elf.put(at, &0x10_0000u64.to_le_bytes());
    });
    check(&long, "E0202 truncated: section `.data` ends at 1049256, the file has 11632 bytes");
}

#[test]
fn tables_missing_or_damaged() {
    let stripped = changed("socket/minimal.el", |elf| {
        let at = elf.header(".symtab") + common::SH_TYPE;
        elf.put(at, &[1]);
    });
    check(&stripped, "E0206 there is no symbol table");
    check_help(&stripped, "llvm-strip -g");
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(40, &[0; 8])),
        "E0207 damaged ELF file: there is no section header table",
    );
    let name = changed("socket/minimal.el", |elf| {
        let at = elf.symbol("seven");
        elf.put(at + common::ST_NAME, &0xffff_u32.to_le_bytes());
    });
    check(&name, "E0207 damaged ELF file: symbol 10: its name cannot be read");
    let overlap = changed("tracing/raw_tp.el", |elf| {
        // A second set of relocations, as long as the file allows, over everything else.
        let header = elf.header(".rel.debug_str_offsets");
        let target = u32::try_from(elf.headers().position(|at| at == elf.header(".text")).unwrap()).unwrap();
        elf.put(header + common::SH_OFFSET, &[0; 8]).put(header + common::SH_SIZE, &11_632u64.to_le_bytes());
        elf.put(header + common::SH_INFO, &target.to_le_bytes());
    });
    check(
        &overlap,
        "E0207 damaged ELF file: section 17 `.rel.debug_str_offsets`: it overlaps other sections",
    );
    let addends = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".rel.text") + common::SH_TYPE;
        elf.put(at, &[4]);
    });
    check(
        &addends,
        "E0207 damaged ELF file: section 3 `.rel.text`: relocations with addends are not used for BPF",
    );
}

#[test]
fn compressed_sections() {
    // `.data` with the header of a compressed section: kind, reserved, size, alignment; then the bytes.
    let with = |kind: u32, size: u64, bytes: &[u8]| {
        let mut object = Object::new();
        let mut section = Vec::new();
        section.extend_from_slice(&kind.to_le_bytes());
        section.extend_from_slice(&[0; 4]);
        section.extend_from_slice(&size.to_le_bytes());
        section.extend_from_slice(&1u64.to_le_bytes());
        section.extend_from_slice(bytes);
        object.section("license", 0x800, section);
        object.finish()
    };
    // A zlib stream of one stored block: "GPL" and its NUL, then the Adler-32 sum.
    let stored = [0x78, 0x01, 0x01, 4, 0, 0xfb, 0xff, b'G', b'P', b'L', 0, 0x02, 0xa8, 0, 0xe4];
    let object = ObjectFile::parse(&with(1, 4, &stored)).expect("opens");
    assert_eq!(object.license(), Some("GPL"));
    assert_eq!(object.sections()[1].size, 4);
    // A frame of zstd: magic, one segment whose size takes a byte, that size, and the last block: 4 bytes as they are.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x21, 0, 0, b'G', b'P', b'L', 0];
    assert_eq!(ObjectFile::parse(&with(2, 4, &frame)).expect("opens").license(), Some("GPL"));
    check(
        &with(1, 65 << 20, &stored),
        "E0208 section `license` wants 68157440 bytes; all sections of its kind together may have 67108864",
    );
    check(
        &with(9, 4, &stored),
        "E0207 damaged ELF file: section 1 `license`: it is compressed in an unknown way",
    );
    assert!(ObjectFile::parse(&with(1, 5, &stored)).is_err());
    assert!(ObjectFile::parse(&with(2, 4, &stored)).is_err());
}

#[test]
fn too_large() {
    let mut object = Object::new();
    object.bss(".bss", 200 << 20);
    assert!(ObjectFile::parse(&object.finish()).is_ok());
    let mut object = Object::new();
    object.bss(".bss", 200 << 20);
    object.bss(".bss.more", 100 << 20);
    check(
        &object.finish(),
        "E0208 section `.bss.more` wants 104857600 bytes; all sections of its kind together may have 268435456",
    );
}

#[test]
fn license_and_version() {
    let with = |name: &str, bytes: &[u8]| {
        let mut object = Object::new();
        object.section(name, ALLOC, bytes);
        object.finish()
    };
    assert_eq!(ObjectFile::parse(&with("license", b"GPL\0junk")).expect("opens").license(), Some("GPL"));
    assert_eq!(ObjectFile::parse(&with("license", b"GPL")).expect("opens").license(), Some("GPL"));
    check(&with("license", b"\xff\0"), "E0281 section `license` does not hold UTF-8 text");
    check(&with("version", b"\0"), "E0282 section `version` has 1 bytes, a kernel version has 4");
}
