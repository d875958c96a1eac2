//! One instruction, decoded: to and from bytes of either byte order, what kind it is, and its opcode's parts.

use super::Helper;
use super::flags::{BPF_PSEUDO_CALL, BPF_PSEUDO_KFUNC_CALL};

mod display;

macro_rules! opcodes {
    ($($doc:literal $($NAME:ident = $value:literal)*;)*) => {
        $($(#[doc = $doc] pub const $NAME: u8 = $value;)*)*
    };
}

opcodes! {
    "An instruction class: the low three bits of an opcode."
    BPF_LD = 0x00 BPF_LDX = 0x01 BPF_ST = 0x02 BPF_STX = 0x03 BPF_ALU = 0x04 BPF_JMP = 0x05 BPF_JMP32 = 0x06 BPF_ALU64 = 0x07;
    "The size of a memory access."
    BPF_W = 0x00 BPF_H = 0x08 BPF_B = 0x10 BPF_DW = 0x18;
    "The mode of a memory access."
    BPF_IMM = 0x00 BPF_ABS = 0x20 BPF_IND = 0x40 BPF_MEM = 0x60 BPF_MEMSX = 0x80 BPF_ATOMIC = 0xc0;
    "An arithmetic operation."
    BPF_ADD = 0x00 BPF_SUB = 0x10 BPF_MUL = 0x20 BPF_DIV = 0x30 BPF_OR = 0x40 BPF_AND = 0x50 BPF_LSH = 0x60 BPF_RSH = 0x70
    BPF_NEG = 0x80 BPF_MOD = 0x90 BPF_XOR = 0xa0 BPF_MOV = 0xb0 BPF_ARSH = 0xc0 BPF_END = 0xd0;
    "A jump operation."
    BPF_JA = 0x00 BPF_JEQ = 0x10 BPF_JGT = 0x20 BPF_JGE = 0x30 BPF_JSET = 0x40 BPF_JNE = 0x50 BPF_JSGT = 0x60 BPF_JSGE = 0x70
    BPF_CALL = 0x80 BPF_EXIT = 0x90 BPF_JLT = 0xa0 BPF_JLE = 0xb0 BPF_JSLT = 0xc0 BPF_JSLE = 0xd0 BPF_JCOND = 0xe0;
    "Where the second operand is: the immediate, or the source register."
    BPF_K = 0x00 BPF_X = 0x08;
    "The byte order that `BPF_END` converts to."
    BPF_TO_LE = 0x00 BPF_TO_BE = 0x08;
}

/// The immediate of an atomic operation that also returns the old value has this bit.
pub const BPF_FETCH: i32 = 0x01;
/// The immediate of an atomic exchange.
pub const BPF_XCHG: i32 = 0xe0 | BPF_FETCH;
/// The immediate of an atomic compare and exchange.
pub const BPF_CMPXCHG: i32 = 0xf0 | BPF_FETCH;
/// The immediate of a load-acquire.
pub const BPF_LOAD_ACQ: i32 = 0x100;
/// The immediate of a store-release.
pub const BPF_STORE_REL: i32 = 0x110;

/// One instruction slot of 8 bytes, decoded. A 64-bit immediate takes two of them.
///
/// Any bytes decode, and encode to the same bytes again. `Display` writes one line of assembler in the dialect of the
/// kernel's verifier log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_insn")]
pub struct Insn {
    /// The opcode.
    pub code: u8,
    /// The destination register, 0 to 15; only the low four bits are encoded.
    pub dst: u8,
    /// The source register, 0 to 15; only the low four bits are encoded.
    pub src: u8,
    /// The offset of a memory access in bytes, or of a jump in instructions.
    pub off: i16,
    /// The immediate.
    pub imm: i32,
}

impl Insn {
    /// The bytes of one encoded slot.
    pub const SIZE: usize = 8;

    /// Decodes a slot of a little-endian program.
    pub const fn from_le_bytes(bytes: [u8; 8]) -> Self {
        let [code, regs, o0, o1, i0, i1, i2, i3] = bytes;
        Self {
            code,
            dst: regs & 0xf,
            src: regs >> 4,
            off: i16::from_le_bytes([o0, o1]),
            imm: i32::from_le_bytes([i0, i1, i2, i3]),
        }
    }

    /// Decodes a slot of a big-endian program. The two registers are swapped within their byte.
    pub const fn from_be_bytes(bytes: [u8; 8]) -> Self {
        let [code, regs, o0, o1, i0, i1, i2, i3] = bytes;
        Self {
            code,
            dst: regs >> 4,
            src: regs & 0xf,
            off: i16::from_be_bytes([o0, o1]),
            imm: i32::from_be_bytes([i0, i1, i2, i3]),
        }
    }

    /// Decodes a slot in this machine's byte order, as bpf(2) takes it.
    pub const fn from_ne_bytes(bytes: [u8; 8]) -> Self {
        if cfg!(target_endian = "big") { Self::from_be_bytes(bytes) } else { Self::from_le_bytes(bytes) }
    }

    /// Encodes for a little-endian program.
    pub const fn to_le_bytes(self) -> [u8; 8] {
        let [o0, o1] = self.off.to_le_bytes();
        let [i0, i1, i2, i3] = self.imm.to_le_bytes();
        [self.code, (self.src & 0xf) << 4 | (self.dst & 0xf), o0, o1, i0, i1, i2, i3]
    }

    /// Encodes for a big-endian program.
    pub const fn to_be_bytes(self) -> [u8; 8] {
        let [o0, o1] = self.off.to_be_bytes();
        let [i0, i1, i2, i3] = self.imm.to_be_bytes();
        [self.code, (self.dst & 0xf) << 4 | (self.src & 0xf), o0, o1, i0, i1, i2, i3]
    }

    /// Encodes in this machine's byte order, as bpf(2) takes it.
    pub const fn to_ne_bytes(self) -> [u8; 8] {
        if cfg!(target_endian = "big") { self.to_be_bytes() } else { self.to_le_bytes() }
    }

    /// The instruction class: [`BPF_LD`] to [`BPF_ALU64`].
    pub const fn class(self) -> u8 {
        self.code & 0x07
    }

    /// Whether it is the first slot of a 64-bit immediate load.
    pub const fn is_ld_imm64(self) -> bool {
        self.code == BPF_LD | BPF_IMM | BPF_DW
    }

    /// Whether it is a call of any kind with the callee in the immediate.
    pub const fn is_call(self) -> bool {
        self.code == BPF_JMP | BPF_CALL
    }

    /// Whether it calls a helper function by number.
    pub const fn is_helper_call(self) -> bool {
        self.is_call() && self.src == 0
    }

    /// Whether it calls another function of the program.
    pub const fn is_pseudo_call(self) -> bool {
        self.is_call() && self.src == BPF_PSEUDO_CALL
    }

    /// Whether it calls a kernel function by its BTF type.
    pub const fn is_kfunc_call(self) -> bool {
        self.is_call() && self.src == BPF_PSEUDO_KFUNC_CALL
    }

    /// Whether it is a jump, conditional or not, to a place that is given relative to it.
    pub const fn is_branch(self) -> bool {
        self.branch_offset().is_some()
    }

    /// How many slots a jump goes beyond the next one, or `None` if it is not a jump with a fixed target.
    pub const fn branch_offset(self) -> Option<i32> {
        let op = self.code & 0xf0;
        match self.class() {
            BPF_JMP | BPF_JMP32 if op == BPF_CALL || op == BPF_EXIT || op > BPF_JCOND => None,
            BPF_JMP | BPF_JMP32 if op == BPF_JA && self.code & BPF_X != 0 => None,
            BPF_JMP32 if op == BPF_JCOND => None,
            BPF_JMP32 if op == BPF_JA => Some(self.imm),
            BPF_JMP | BPF_JMP32 => Some(self.off as i32),
            _ => None,
        }
    }

    /// `dst = imm`, sign-extended to 64 bits.
    pub const fn mov64_imm(dst: u8, imm: i32) -> Self {
        Self { code: BPF_ALU64 | BPF_MOV | BPF_K, dst, src: 0, off: 0, imm }
    }

    /// `dst = src`, all 64 bits.
    pub const fn mov64_reg(dst: u8, src: u8) -> Self {
        Self { code: BPF_ALU64 | BPF_MOV | BPF_X, dst, src, off: 0, imm: 0 }
    }

    /// Leaves the function.
    pub const fn exit() -> Self {
        Self { code: BPF_JMP | BPF_EXIT, dst: 0, src: 0, off: 0, imm: 0 }
    }

    /// Calls a helper function.
    pub const fn call_helper(helper: Helper) -> Self {
        Self { code: BPF_JMP | BPF_CALL, dst: 0, src: 0, off: 0, imm: helper.0.cast_signed() }
    }

    /// `dst = imm`, 64 bits in two slots; `src` says what the immediate stands for (0: a number).
    pub const fn ld_imm64(dst: u8, src: u8, imm: u64) -> [Self; 2] {
        let [b0, b1, b2, b3, b4, b5, b6, b7] = imm.to_le_bytes();
        let low = i32::from_le_bytes([b0, b1, b2, b3]);
        let high = i32::from_le_bytes([b4, b5, b6, b7]);
        [
            Self { code: BPF_LD | BPF_IMM | BPF_DW, dst, src, off: 0, imm: low },
            Self { code: 0, dst: 0, src: 0, off: 0, imm: high },
        ]
    }
}

#[cfg(test)]
mod tests;
