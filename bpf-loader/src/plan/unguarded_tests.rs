//! What is followed of constants, by hand.

use super::*;

fn insn(code: u8, dst: u8, src: u8, off: i16, imm: i32) -> Insn {
    Insn { code, dst, src, off, imm }
}

fn with(values: &[(usize, Value)]) -> State {
    let mut state = UNKNOWN;
    for (register, value) in values {
        state[*register] = *value;
    }
    state
}

#[test]
fn arithmetic() {
    let minus_one = Value::Constant(u64::MAX);
    let data = Value::Data(3, 8);
    let state = with(&[(1, Value::Constant(0xffff_ffff_0000_0003)), (2, Value::Constant(2)), (3, data)]);
    for (code, dst, src, off, imm, want) in [
        // r0 = -1, w0 = -1, r0 = r2, w0 = w1
        (0xb7, 0, 0, 0, -1, minus_one),
        (0xb4, 0, 0, 0, -1, Value::Constant(0xffff_ffff)),
        (0xbf, 0, 2, 0, 0, Value::Constant(2)),
        (0xbc, 0, 1, 0, 0, Value::Constant(3)),
        // r0 = (s8)r2; r0 = r3, w0 = w3: half of an address is none
        (0xbf, 0, 2, 8, 0, Value::Any),
        (0xbf, 0, 3, 0, 0, data),
        (0xbc, 0, 3, 0, 0, Value::Any),
        // r2 += 5, r3 += 4, r2 += r9
        (0x07, 2, 0, 0, 5, Value::Constant(7)),
        (0x07, 3, 0, 0, 4, Value::Data(3, 12)),
        (0x0f, 2, 9, 0, 0, Value::Any),
        // r2 &= 1, r2 <<= 63, r2 <<= 64, w1 >>= 1, r2 *= 2
        (0x57, 2, 0, 0, 1, Value::Constant(0)),
        (0x67, 2, 0, 0, 62, Value::Constant(1 << 63)),
        (0x67, 2, 0, 0, 64, Value::Any),
        (0x74, 1, 0, 0, 1, Value::Constant(1)),
        (0x27, 2, 0, 0, 2, Value::Any),
    ] {
        assert_eq!(alu(insn(code, dst, src, off, imm), &state), want, "{code:#x} {imm}");
    }
}

#[test]
fn jumps() {
    let state =
        with(&[(1, Value::Constant(0)), (2, Value::Constant(u64::MAX)), (4, Value::Constant(1 << 32))]);
    for (code, dst, imm, want) in [
        // r1 == 0, r1 != 0, r1 > 0, r2 s< 0, r2 > 5, r2 & 4
        (0x15, 1, 0, (true, false)),
        (0x55, 1, 0, (false, true)),
        (0x25, 1, 0, (false, true)),
        (0xc5, 2, 0, (true, false)),
        (0x25, 2, 5, (true, false)),
        (0x45, 2, 4, (true, false)),
        // w4 == 0, but not r4; w2 s< 0
        (0x16, 4, 0, (true, false)),
        (0x15, 4, 0, (false, true)),
        (0xc6, 2, 0, (true, false)),
        // unknown; always; exit; may_goto
        (0x15, 9, 0, (true, true)),
        (0x05, 0, 0, (true, false)),
        (0x95, 0, 0, (false, false)),
        (0xe5, 1, 0, (true, true)),
    ] {
        assert_eq!(ways(insn(code, dst, 0, 1, imm), &state), want, "{code:#x} {imm}");
    }
}

#[test]
fn what_two_ways_agree_on() {
    let (one, two) = (Value::Constant(1), Value::Constant(2));
    let merged = merge(&with(&[(0, one), (1, one)]), &with(&[(0, one), (1, two)]));
    assert_eq!(merged, with(&[(0, one)]));
}
