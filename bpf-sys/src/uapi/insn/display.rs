//! One instruction as one line of assembler, in the dialect of the kernel's verifier log (`kernel/bpf/disasm.c`).

use core::fmt;

use super::*;
use crate::uapi::flags::{
    BPF_PSEUDO_BTF_ID, BPF_PSEUDO_FUNC, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_IDX, BPF_PSEUDO_MAP_IDX_VALUE,
    BPF_PSEUDO_MAP_VALUE,
};

impl fmt::Display for Insn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:02x}) ", self.code)?;
        let known = match self.class() {
            BPF_ALU | BPF_ALU64 => self.fmt_alu(f)?,
            BPF_JMP | BPF_JMP32 => self.fmt_jump(f)?,
            BPF_LD => self.fmt_ld(f)?,
            BPF_LDX => self.fmt_ldx(f)?,
            BPF_ST => self.fmt_st(f)?,
            _ => self.fmt_stx(f)?,
        };
        if known {
            return Ok(());
        }
        let Self { code, dst, src, off, imm } = self;
        write!(f, ".insn 0x{code:02x}, r{dst}, r{src}, {off}, {imm}")
    }
}

// Each function answers whether it knew the instruction; it has written nothing if not.
impl Insn {
    fn fmt_alu(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, src, off, imm, .. } = self;
        let wide = self.class() == BPF_ALU64;
        let r = if wide { 'r' } else { 'w' };
        let from_reg = self.code & BPF_X != 0;
        let operator = match (self.code & 0xf0, off) {
            (BPF_END, _) => {
                let kind = match (wide, from_reg) {
                    (true, false) => "bswap",
                    (true, true) => return Ok(false),
                    (false, false) => "le",
                    (false, true) => "be",
                };
                write!(f, "r{dst} = {kind}{imm} r{dst}")?;
                return Ok(true);
            }
            (BPF_NEG, _) if from_reg => return Ok(false),
            (BPF_NEG, _) => {
                write!(f, "{r}{dst} = -{r}{dst}")?;
                return Ok(true);
            }
            (BPF_MOV, 8 | 16 | 32) if from_reg => {
                write!(f, "{r}{dst} = (s{off}){r}{src}")?;
                return Ok(true);
            }
            (BPF_MOV, 1) if from_reg && wide => {
                let (to, from) = (imm.cast_unsigned() >> 16, imm & 0xffff);
                write!(f, "r{dst} = addr_space_cast(r{src}, {to}, {from})")?;
                return Ok(true);
            }
            (BPF_MOV, -1) if from_reg && wide => {
                write!(f, "r{dst} = &(void __percpu *)(r{src})")?;
                return Ok(true);
            }
            (BPF_ADD, _) => "+=",
            (BPF_SUB, _) => "-=",
            (BPF_MUL, _) => "*=",
            (BPF_DIV, 1) => "s/=",
            (BPF_DIV, _) => "/=",
            (BPF_OR, _) => "|=",
            (BPF_AND, _) => "&=",
            (BPF_LSH, _) => "<<=",
            (BPF_RSH, _) => ">>=",
            (BPF_MOD, 1) => "s%=",
            (BPF_MOD, _) => "%=",
            (BPF_XOR, _) => "^=",
            (BPF_MOV, _) => "=",
            (BPF_ARSH, _) => "s>>=",
            _ => return Ok(false),
        };
        if from_reg {
            write!(f, "{r}{dst} {operator} {r}{src}")?;
        } else {
            write!(f, "{r}{dst} {operator} {imm}")?;
        }
        Ok(true)
    }

    fn fmt_jump(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, src, off, imm, .. } = self;
        let wide = self.class() == BPF_JMP;
        let r = if wide { 'r' } else { 'w' };
        let from_reg = self.code & BPF_X != 0;
        let operator = match self.code & 0xf0 {
            BPF_JA => {
                match (wide, from_reg) {
                    (true, false) => write!(f, "goto pc{off:+}")?,
                    (false, false) => write!(f, "gotol pc{imm:+}")?,
                    (true, true) => write!(f, "gotox r{dst}")?,
                    (false, true) => return Ok(false),
                }
                return Ok(true);
            }
            BPF_CALL if !wide => return Ok(false),
            BPF_CALL if from_reg => {
                write!(f, "callx r{dst}")?;
                return Ok(true);
            }
            BPF_CALL => {
                self.fmt_call(f)?;
                return Ok(true);
            }
            BPF_EXIT if wide && !from_reg => {
                f.write_str("exit")?;
                return Ok(true);
            }
            BPF_JCOND if wide && !from_reg => {
                let name = if src == 0 { "may_goto" } else { "goto_or_nop" };
                write!(f, "{name} pc{off:+}")?;
                return Ok(true);
            }
            BPF_JEQ => "==",
            BPF_JGT => ">",
            BPF_JGE => ">=",
            BPF_JSET => "&",
            BPF_JNE => "!=",
            BPF_JSGT => "s>",
            BPF_JSGE => "s>=",
            BPF_JLT => "<",
            BPF_JLE => "<=",
            BPF_JSLT => "s<",
            BPF_JSLE => "s<=",
            _ => return Ok(false),
        };
        if from_reg {
            write!(f, "if {r}{dst} {operator} {r}{src} goto pc{off:+}")?;
        } else {
            write!(f, "if {r}{dst} {operator} 0x{imm:x} goto pc{off:+}")?;
        }
        Ok(true)
    }

    fn fmt_call(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let imm = self.imm;
        match self.src {
            0 => {
                let name = Helper(imm.cast_unsigned()).name().unwrap_or("unknown");
                write!(f, "call {name}#{imm}")
            }
            BPF_PSEUDO_CALL => write!(f, "call pc{imm:+}"),
            BPF_PSEUDO_KFUNC_CALL => write!(f, "call kernel-function#{imm}"),
            src => write!(f, "call src{src}#{imm}"),
        }
    }

    fn fmt_ld(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, src, imm, .. } = self;
        let size = size_name(self.code);
        match self.code & 0xe0 {
            BPF_IMM if self.is_ld_imm64() => match src {
                0 => write!(f, "r{dst} = 0x{imm:x}")?,
                BPF_PSEUDO_MAP_FD => write!(f, "r{dst} = map[fd:{imm}]")?,
                BPF_PSEUDO_MAP_VALUE => write!(f, "r{dst} = map_value[fd:{imm}]")?,
                BPF_PSEUDO_BTF_ID => write!(f, "r{dst} = btf_id[{imm}]")?,
                BPF_PSEUDO_FUNC => write!(f, "r{dst} = func[pc{imm:+}]")?,
                BPF_PSEUDO_MAP_IDX => write!(f, "r{dst} = map[idx:{imm}]")?,
                BPF_PSEUDO_MAP_IDX_VALUE => write!(f, "r{dst} = map_value[idx:{imm}]")?,
                _ => write!(f, "r{dst} = src{src}[0x{imm:x}]")?,
            },
            BPF_ABS => write!(f, "r0 = *({size} *)skb[{imm}]")?,
            BPF_IND => write!(f, "r0 = *({size} *)skb[r{src} + {imm}]")?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fmt_ldx(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, src, off, .. } = self;
        let size = match (self.code & 0xe0, self.code & BPF_DW) {
            (BPF_MEM, _) => size_name(self.code),
            (BPF_MEMSX, BPF_B) => "s8",
            (BPF_MEMSX, BPF_H) => "s16",
            (BPF_MEMSX, BPF_W) => "s32",
            _ => return Ok(false),
        };
        write!(f, "r{dst} = *({size} *)(r{src} {off:+})")?;
        Ok(true)
    }

    fn fmt_st(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, off, imm, .. } = self;
        if self.code & 0xe0 != BPF_MEM {
            return Ok(false);
        }
        write!(f, "*({} *)(r{dst} {off:+}) = {imm}", size_name(self.code))?;
        Ok(true)
    }

    fn fmt_stx(self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let Self { dst, src, off, imm, .. } = self;
        let size = size_name(self.code);
        if self.code & 0xe0 == BPF_MEM {
            write!(f, "*({size} *)(r{dst} {off:+}) = r{src}")?;
            return Ok(true);
        }
        if self.code & 0xe0 != BPF_ATOMIC {
            return Ok(false);
        }
        match imm {
            BPF_LOAD_ACQ => {
                write!(f, "r{dst} = load_acquire(({size} *)(r{src} {off:+}))")?;
                return Ok(true);
            }
            BPF_STORE_REL => {
                write!(f, "store_release(({size} *)(r{dst} {off:+}), r{src})")?;
                return Ok(true);
            }
            _ => {}
        }
        let prefix = match self.code & BPF_DW {
            BPF_W => "atomic",
            BPF_DW => "atomic64",
            _ => return Ok(false),
        };
        let (operator, word) = match u8::try_from(imm & !BPF_FETCH) {
            Ok(BPF_ADD) => ("+=", "add"),
            Ok(BPF_AND) => ("&=", "and"),
            Ok(BPF_OR) => ("|=", "or"),
            Ok(BPF_XOR) => ("^=", "xor"),
            _ if imm == BPF_XCHG => {
                write!(f, "r{src} = {prefix}_xchg(({size} *)(r{dst} {off:+}), r{src})")?;
                return Ok(true);
            }
            _ if imm == BPF_CMPXCHG => {
                write!(f, "r0 = {prefix}_cmpxchg(({size} *)(r{dst} {off:+}), r0, r{src})")?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        if imm & BPF_FETCH == 0 {
            write!(f, "lock *({size} *)(r{dst} {off:+}) {operator} r{src}")?;
        } else {
            write!(f, "r{src} = {prefix}_fetch_{word}(({size} *)(r{dst} {off:+}), r{src})")?;
        }
        Ok(true)
    }
}

fn size_name(code: u8) -> &'static str {
    match code & BPF_DW {
        BPF_W => "u32",
        BPF_H => "u16",
        BPF_B => "u8",
        _ => "u64",
    }
}
