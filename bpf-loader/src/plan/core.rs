//! CO-RE: the answers for this kernel are written into the instructions, each checked first.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bpf_btf::core::{CandidateSet, Fixup, Missing, Outcome, RelocKind, resolve};
use bpf_btf::{Btf, TypeId};
use bpf_elf::{Function, FunctionId, InsnIndex, RelocTarget};
use bpf_sys::uapi::Insn;
use bpf_sys::uapi::insn::{
    BPF_ALU, BPF_ALU64, BPF_B, BPF_CALL, BPF_DW, BPF_H, BPF_JMP, BPF_K, BPF_LDX, BPF_ST, BPF_STX, BPF_W,
};

use crate::object::Object;
use crate::plan::error::Site;
use crate::plan::insn::POISON_CALL;
use crate::plan::{Context, PlanError, PlanInsn, Poison, Ref, Unresolved};

/// A function's instructions with its CO-RE relocations applied, each to be placed in any number of programs.
pub(crate) struct Relocated {
    pub(crate) insns: Vec<PlanInsn>,
    /// `at` counts from the function's start here.
    pub(crate) poisons: Vec<Poison>,
}

/// Relocates every function, once.
pub(crate) fn relocate(cx: &mut Context<'_>, functions: &[FunctionId]) -> HashMap<FunctionId, Relocated> {
    let file = cx.object.file();
    let functions: Vec<&Function> = functions.iter().filter_map(|id| file.function(*id)).collect();
    let roots = functions.iter().flat_map(|function| &function.core).map(|reloc| reloc.record.type_id);
    let candidates = candidates(cx, &roots.collect());
    let mut refused = HashSet::new();
    let one =
        |function: &Function| (function.id, relocate_one(cx, function, candidates.as_ref(), &mut refused));
    functions.into_iter().map(one).collect()
}

/// What the roots of all relocations may mean. The kernel's types are gone through once for all; its modules are opened
/// only for what the kernel itself does not have.
fn candidates(cx: &mut Context<'_>, roots: &HashSet<TypeId>) -> Option<CandidateSet> {
    if roots.is_empty() {
        return None;
    }
    let (local, kernel) = (cx.object.file().btf()?, cx.kernel_btf()?);
    let mut set = CandidateSet::find(local, roots.iter().copied(), &[kernel]);
    let missing: Vec<TypeId> = set.missing().collect();
    if !missing.is_empty() {
        let modules = cx.modules();
        set.search_modules(&modules.iter().map(|(_, btf)| *btf).collect::<Vec<&Btf>>());
        let found = missing.iter().filter_map(|root| set.get(*root)?.ok()).flat_map(|one| one.as_slice());
        let found: Vec<&[u8]> = found.map(|candidate| candidate.btf.bytes()).collect();
        let of = |btf: &Btf| found.iter().any(|bytes| std::ptr::eq(*bytes, btf.bytes()));
        cx.modules.extend(modules.iter().filter(|(_, btf)| of(btf)).map(|(name, _)| (*name).to_owned()));
    }
    Some(set)
}

/// The functions that are part of any chosen program, in the order of the file.
pub(crate) fn reachable(object: &Object, roots: impl IntoIterator<Item = FunctionId>) -> Vec<FunctionId> {
    let mut seen = HashSet::new();
    let mut open: Vec<FunctionId> = roots.into_iter().collect();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        open.extend(object.file().function(id).into_iter().flat_map(|f| &f.relocs).filter_map(|reloc| {
            match reloc.target {
                RelocTarget::Call(target) | RelocTarget::FunctionPointer(target) => Some(target),
                _ => None,
            }
        }));
    }
    let mut all: Vec<FunctionId> = seen.into_iter().collect();
    all.sort_unstable();
    all
}

fn relocate_one(
    cx: &mut Context<'_>,
    function: &Function,
    candidates: Option<&CandidateSet>,
    refused: &mut HashSet<TypeId>,
) -> Relocated {
    let plain = |insn: &Insn| PlanInsn { insn: *insn, reference: None, origin: None };
    let mut out = Relocated { insns: function.insns.iter().map(plain).collect(), poisons: Vec::new() };
    let (Some(local), Some(candidates)) = (cx.object.file().btf(), candidates) else {
        return out;
    };
    for reloc in &function.core {
        let site = || Site::insn(cx.object, function, reloc.insn);
        let root = match candidates.get(reloc.record.type_id) {
            Some(Ok(root)) => root,
            // Said once of a type, however many relocations begin at it.
            Some(Err(error)) if refused.insert(reloc.record.type_id) => {
                cx.errors.push(PlanError::Core { site: Box::new(site()), error: Box::new(error.clone()) });
                continue;
            }
            Some(Err(_)) | None => continue,
        };
        match resolve(local, &reloc.record, root) {
            Ok(fixup) => {
                if let Err(why) = patch(&mut out, function.id, reloc.insn, &fixup) {
                    cx.errors.push(PlanError::CoreInsn { site: Box::new(site()), why });
                }
            }
            Err(error) => cx.errors.push(PlanError::Core { site: Box::new(site()), error: Box::new(error) }),
        }
    }
    out
}

/// Writes an answer into the instruction that asked, if that instruction holds what the compiler must have put there.
fn patch(out: &mut Relocated, function: FunctionId, at: InsnIndex, fixup: &Fixup) -> Result<(), String> {
    let index = usize::try_from(at.0).unwrap_or(usize::MAX);
    let (first, rest) = out
        .insns
        .get_mut(index..)
        .and_then(<[_]>::split_first_mut)
        .ok_or("it lies past the function's end")?;
    let (value, resize) = match &fixup.outcome {
        Outcome::Value { value, resize } => (*value, *resize),
        Outcome::Missing(missing) => {
            poison(out, function, at, missing);
            return Ok(());
        }
        _ => return Err("its answer is of a form that is not known".into()),
    };
    let holds = |found: u64| match fixup.expected {
        Some(expected) if expected != found => Err(format!("it holds {found}, {expected} was compiled in")),
        _ => Ok(()),
    };
    // An id means nothing but in its BTF, and 0 is none.
    let kernel_type = u32::try_from(value)
        .ok()
        .filter(|id| fixup.kind == RelocKind::TYPE_ID_TARGET && *id != 0)
        .map(TypeId);
    let insn = &mut first.insn;
    match insn.class() {
        BPF_ALU | BPF_ALU64 if insn.code & 0x08 == BPF_K => {
            if let Some(expected) = fixup.expected.filter(|one| immediate(insn, *one) != Some(insn.imm)) {
                return Err(format!("it holds {}, {expected} was compiled in", insn.imm));
            }
            if let Some(id) = kernel_type {
                (first.reference, insn.imm) = (Some(Ref::KernelType(id)), 0);
                return Ok(());
            }
            insn.imm = immediate(insn, value).ok_or_else(|| format!("{value} does not fit its 32 bits"))?;
        }
        BPF_LDX | BPF_ST | BPF_STX => {
            holds(i64::from(insn.off).cast_unsigned())?;
            if let Some(missing) = &fixup.no_access {
                poison(out, function, at, missing);
                return Ok(());
            }
            insn.off =
                i16::try_from(value).map_err(|_| format!("offset {value} does not fit its 16 bits"))?;
            if let Some(resize) = resize {
                if size_bits(resize.from) != Some(insn.code & SIZE_MASK) {
                    return Err(format!(
                        "it does not access the {} bytes that were compiled in",
                        resize.from
                    ));
                }
                insn.code = insn.code & !SIZE_MASK
                    | size_bits(resize.to).ok_or_else(|| format!("it cannot access {} bytes", resize.to))?;
            }
        }
        _ if insn.is_ld_imm64() => {
            let upper = rest.first_mut().ok_or("its second half is missing")?;
            let found = u64::from(insn.imm.cast_unsigned()) | u64::from(upper.insn.imm.cast_unsigned()) << 32;
            holds(found)?;
            if let Some(id) = kernel_type {
                (first.reference, insn.imm) = (Some(Ref::KernelType(id)), 0);
                (upper.reference, upper.insn.imm) = (Some(Ref::Upper), 0);
                return Ok(());
            }
            insn.imm = low(value);
            upper.insn.imm = low(value >> 32);
        }
        _ => return Err(format!("`{insn}` has no place for a value")),
    }
    Ok(())
}

/// The immediate with which an instruction computes with this number. One of 64 bits extends the sign; one of 32 bits
/// has no more than that of the number.
fn immediate(insn: &Insn, number: u64) -> Option<i32> {
    let extended = i32::try_from(number.cast_signed()).ok();
    if insn.class() == BPF_ALU64 {
        return extended;
    }
    extended.or_else(|| u32::try_from(number).ok().map(u32::cast_signed))
}

/// Makes an instruction one that must not be reached, and notes why.
fn poison(out: &mut Relocated, function: FunctionId, at: InsnIndex, missing: &Missing) {
    let index = usize::try_from(at.0).unwrap_or(usize::MAX);
    let reference = Some(Ref::Poison(u32::try_from(out.poisons.len()).unwrap_or(u32::MAX)));
    let wide = out.insns.get(index).is_some_and(|first| first.insn.is_ld_imm64());
    for insn in out.insns.iter_mut().skip(index).take(if wide { 2 } else { 1 }) {
        *insn = PlanInsn { insn: poison_insn(), reference, origin: None };
    }
    let missing = Unresolved::Core(Arc::new(missing.clone()));
    out.poisons.push(Poison { at, function, in_function: at, missing });
}

/// The bits of an opcode that tell how much memory it accesses.
const SIZE_MASK: u8 = 0x18;

fn poison_insn() -> Insn {
    poison_call(POISON_CALL)
}

/// A call that no kernel takes, if it is reached.
pub(crate) fn poison_call(imm: i32) -> Insn {
    Insn { code: BPF_JMP | BPF_CALL, dst: 0, src: 0, off: 0, imm }
}

fn low(value: u64) -> i32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

fn size_bits(bytes: u32) -> Option<u8> {
    Some(match bytes {
        1 => BPF_B,
        2 => BPF_H,
        4 => BPF_W,
        8 => BPF_DW,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use bpf_btf::core::Resize;

    use super::*;

    const MOV: u8 = 0xb7;
    const MOV32: u8 = 0xb4;
    const LDXW: u8 = 0x61;

    fn patched(code: u8, off: i16, imm: i32, fixup: &Fixup) -> Result<Insn, String> {
        let insn = Insn { code, dst: 1, src: 0, off, imm };
        let insns = vec![PlanInsn { insn, reference: None, origin: None }];
        let mut out = Relocated { insns, poisons: Vec::new() };
        patch(&mut out, FunctionId(0), InsnIndex(0), fixup)?;
        Ok(out.insns[0].insn)
    }

    fn fixup(kind: RelocKind, expected: u64, value: u64, resize: Option<Resize>) -> Fixup {
        Fixup { kind, expected: Some(expected), outcome: Outcome::Value { value, resize }, no_access: None }
    }

    /// Instruction, its immediate, what was compiled in, the kernel's answer, the immediate then.
    #[test]
    fn immediates_are_what_the_instruction_computes_with() {
        const MINUS_1: u64 = u64::MAX;
        for (code, imm, expected, value, want) in [
            (MOV, 1, 1, 2, Some(2)),
            (MOV, -1, MINUS_1, MINUS_1 - 1, Some(-2)),
            (MOV32, -1, MINUS_1, MINUS_1 - 1, Some(-2)),
            (MOV32, -1, 0xffff_ffff, 0xffff_fffe, Some(-2)),
            // Extended to 64 bits these would be other numbers.
            (MOV, -1, 0xffff_ffff, 0, None),
            (MOV, 0, 0, 0x8000_0000, None),
            (MOV32, 0, 0, 0x1_0000_0000, None),
            (MOV, 1, 2, 2, None),
        ] {
            let found = patched(code, 0, imm, &fixup(RelocKind::ENUMVAL_VALUE, expected, value, None));
            assert_eq!(found.ok().map(|insn| insn.imm), want, "{code:#x} {imm} {expected:#x} {value:#x}");
        }
    }

    #[test]
    fn a_damaged_load_is_refused_even_where_it_must_not_run() {
        let missing = Missing { path: "s.a".into(), kind: "struct", tried: Vec::new(), nearest: None };
        let fixup =
            Fixup { no_access: Some(Box::new(missing)), ..fixup(RelocKind::FIELD_BYTE_OFFSET, 8, 16, None) };
        assert_eq!(patched(LDXW, 8, 0, &fixup), Ok(poison_insn()));
        assert_eq!(patched(LDXW, 9, 0, &fixup), Err("it holds 9, 8 was compiled in".into()));
    }
}
