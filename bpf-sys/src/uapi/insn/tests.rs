//! Tests of decoding, encoding, classifying and printing an instruction.

use super::*;

fn check(insn: Insn, text: &str) {
    assert_eq!(insn.to_string(), text);
}

fn op(code: u8, dst: u8, src: u8, off: i16, imm: i32) -> Insn {
    Insn { code, dst, src, off, imm }
}

#[test]
fn known_bytes() {
    // `r6 = r1`, then `*(u64 *)(r10 - 8) = r1`, as a compiler writes them for both byte orders.
    assert_eq!(Insn::from_le_bytes([0xbf, 0x16, 0, 0, 0, 0, 0, 0]), Insn::mov64_reg(6, 1));
    assert_eq!(Insn::from_be_bytes([0xbf, 0x61, 0, 0, 0, 0, 0, 0]), Insn::mov64_reg(6, 1));
    assert_eq!(op(0x7b, 10, 1, -8, 0).to_le_bytes(), [0x7b, 0x1a, 0xf8, 0xff, 0, 0, 0, 0]);
    assert_eq!(op(0x7b, 10, 1, -8, 0).to_be_bytes(), [0x7b, 0xa1, 0xff, 0xf8, 0, 0, 0, 0]);
    assert_eq!(Insn::mov64_imm(0, 0x0102_0304).to_le_bytes(), [0xb7, 0, 0, 0, 4, 3, 2, 1]);
    assert_eq!(Insn::mov64_imm(0, 0x0102_0304).to_be_bytes(), [0xb7, 0, 0, 0, 1, 2, 3, 4]);
    let [low, high] = Insn::ld_imm64(1, 0, 0x1122_3344_8899_aabb);
    assert_eq!((low.imm.cast_unsigned(), high.imm), (0x8899_aabb, 0x1122_3344));
}

#[test]
fn every_value_of_every_byte_survives_a_round_trip() {
    for at in 0..8 {
        for value in 0..=u8::MAX {
            let mut bytes = [0x5a; 8];
            bytes[at] = value;
            assert_eq!(Insn::from_le_bytes(bytes).to_le_bytes(), bytes);
            assert_eq!(Insn::from_be_bytes(bytes).to_be_bytes(), bytes);
            assert_eq!(Insn::from_ne_bytes(bytes).to_ne_bytes(), bytes);
        }
    }
}

#[test]
fn every_opcode_prints_something() {
    for code in 0..=u8::MAX {
        for (src, off, imm) in
            [(0, 0, 0), (1, 1, 1), (2, -1, -1), (15, i16::MIN, i32::MIN), (9, 8, 0xe1), (9, 9, 0x100)]
        {
            let text = op(code, 15, src, off, imm).to_string();
            assert!(text.starts_with(&format!("({code:02x}) ")) && text.len() > 5, "{text}");
            assert!(!text.contains('\n'));
        }
    }
}

#[test]
fn dialect() {
    check(Insn::mov64_reg(6, 1), "(bf) r6 = r1");
    check(Insn::mov64_imm(0, -1), "(b7) r0 = -1");
    check(Insn::exit(), "(95) exit");
    check(Insn::call_helper(Helper::MAP_LOOKUP_ELEM), "(85) call bpf_map_lookup_elem#1");
    check(op(0x85, 0, 0, 0, 9999), "(85) call unknown#9999");
    check(op(0x85, 0, 1, 0, 7), "(85) call pc+7");
    check(op(0x85, 0, 2, 0, 77), "(85) call kernel-function#77");
    check(op(0x8d, 3, 0, 0, 0), "(8d) callx r3");
    check(op(0x07, 1, 0, 0, -8), "(07) r1 += -8");
    check(op(0x04, 1, 0, 0, 8), "(04) w1 += 8");
    check(op(0x3f, 1, 2, 1, 0), "(3f) r1 s/= r2");
    check(op(0xbf, 1, 2, 8, 0), "(bf) r1 = (s8)r2");
    check(op(0xbf, 1, 2, 1, 1), "(bf) r1 = addr_space_cast(r2, 0, 1)");
    check(op(0x87, 1, 0, 0, 0), "(87) r1 = -r1");
    check(op(0xdc, 1, 0, 0, 16), "(dc) r1 = be16 r1");
    check(op(0xd4, 1, 0, 0, 32), "(d4) r1 = le32 r1");
    check(op(0xd7, 1, 0, 0, 64), "(d7) r1 = bswap64 r1");
    check(op(0x05, 0, 0, -3, 0), "(05) goto pc-3");
    check(op(0x06, 0, 0, 0, 70000), "(06) gotol pc+70000");
    check(op(0xe5, 0, 0, 2, 0), "(e5) may_goto pc+2");
    check(op(0x15, 1, 0, 4, 255), "(15) if r1 == 0xff goto pc+4");
    check(op(0xde, 1, 2, 4, 0), "(de) if w1 s<= w2 goto pc+4");
    check(op(0x79, 1, 2, 16, 0), "(79) r1 = *(u64 *)(r2 +16)");
    check(op(0x91, 1, 2, 0, 0), "(91) r1 = *(s8 *)(r2 +0)");
    check(op(0x63, 10, 1, -4, 0), "(63) *(u32 *)(r10 -4) = r1");
    check(op(0x7a, 10, 0, -8, 5), "(7a) *(u64 *)(r10 -8) = 5");
    check(op(0xdb, 1, 2, 0, 0), "(db) lock *(u64 *)(r1 +0) += r2");
    check(op(0xc3, 1, 2, 0, 0x41), "(c3) r2 = atomic_fetch_or((u32 *)(r1 +0), r2)");
    check(op(0xdb, 1, 2, 8, BPF_XCHG), "(db) r2 = atomic64_xchg((u64 *)(r1 +8), r2)");
    check(op(0xdb, 1, 2, 8, BPF_CMPXCHG), "(db) r0 = atomic64_cmpxchg((u64 *)(r1 +8), r0, r2)");
    check(op(0xd3, 1, 2, 8, BPF_LOAD_ACQ), "(d3) r1 = load_acquire((u8 *)(r2 +8))");
    check(op(0x30, 0, 0, 0, 14), "(30) r0 = *(u8 *)skb[14]");
    check(op(0x48, 0, 7, 0, 14), "(48) r0 = *(u16 *)skb[r7 + 14]");
    check(Insn::ld_imm64(1, 0, 42)[0], "(18) r1 = 0x2a");
    check(Insn::ld_imm64(1, 1, 5)[0], "(18) r1 = map[fd:5]");
    check(op(0xff, 1, 2, 3, 4), "(ff) .insn 0xff, r1, r2, 3, 4");
}

#[test]
fn kinds() {
    assert!(Insn::ld_imm64(0, 0, 0)[0].is_ld_imm64() && !Insn::ld_imm64(0, 0, 0)[1].is_ld_imm64());
    assert!(Insn::call_helper(Helper::LOOP).is_helper_call());
    assert!(op(0x85, 0, 1, 0, 7).is_pseudo_call() && op(0x85, 0, 2, 0, 7).is_kfunc_call());
    assert_eq!(op(0x05, 0, 0, -3, 9).branch_offset(), Some(-3));
    assert_eq!(op(0x06, 0, 0, -3, 9).branch_offset(), Some(9));
    assert_eq!(op(0xe5, 0, 0, 5, 0).branch_offset(), Some(5));
    assert_eq!(op(0x16, 0, 0, 5, 0).branch_offset(), Some(5));
    for code in [0x85, 0x95, 0x8d, 0x0d, 0x86, 0xf5, 0xe6, 0xb7, 0x18] {
        assert!(!op(code, 0, 0, 1, 1).is_branch(), "{code:02x}");
    }
}
