//! Which of what could not be resolved a program may reach: what it asks about first, with `bpf_core_field_exists()` and
//! its like, it does not. The verifier has the last word; this follows only constants in registers.

use std::collections::{HashMap, HashSet};

use bpf_elf::FunctionId;
use bpf_sys::uapi::flags::BPF_F_RDONLY_PROG;
use bpf_sys::uapi::insn::{BPF_ALU, BPF_ALU64, BPF_JMP, BPF_JMP32, BPF_LD, BPF_LDX, BPF_STX, BPF_X, Insn};

use crate::plan::{Plan, PlanInsn, PlanProgram, Poison, Ref};

/// The most instructions of a program that are followed; of longer ones all is taken to be reached.
const MOST: usize = 1 << 20;

impl Plan {
    /// What could not be resolved, and as far as can be told without the verifier is reached: each with the program that
    /// it is in. With none, nothing that is missing in the kernel keeps the object from loading; with any, only a
    /// verifier that knows more can let it pass.
    ///
    /// Known are constants: those that relocations put into instructions, those of `.rodata` and `.kconfig` as they are
    /// planned, and what is computed from them in registers.
    #[must_use]
    pub fn unguarded(&self) -> Vec<(&PlanProgram, &Poison)> {
        let mut found = Vec::new();
        for program in self.programs().iter().filter(|program| !program.poisons.is_empty()) {
            let reached = (program.insns.len() <= MOST).then(|| Walk::new(self, program).run());
            let is = |at: usize| reached.as_ref().is_none_or(|reached| reached.contains(&at));
            let poisons = program.poisons.iter().enumerate().filter(|(at, _)| is(*at));
            found.extend(poisons.map(|(_, poison)| (program, poison)));
        }
        found
    }
}

/// What is known of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Any,
    Constant(u64),
    /// The address of a byte of data that does not change: the place of its map in the plan, and an offset.
    Data(usize, u64),
}

/// All eleven registers.
type State = [Value; 11];

const UNKNOWN: State = [Value::Any; 11];

struct Walk<'a> {
    plan: &'a Plan,
    program: &'a PlanProgram,
    /// Where jumps lead, with what is known there of all ways that lead there.
    joins: HashMap<usize, Option<State>>,
    starts: HashMap<FunctionId, usize>,
    entered: HashSet<usize>,
    open: Vec<(usize, State)>,
    reached: HashSet<usize>,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan, program: &'a PlanProgram) -> Self {
        let index = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let starts: HashMap<FunctionId, usize> =
            program.functions.iter().map(|placed| (placed.function, index(placed.start.0))).collect();
        let targets = program.insns.iter().enumerate().filter_map(|(at, insn)| target(at, insn));
        let joins = targets.map(|target| (target, None)).collect();
        let called: HashSet<FunctionId> = program.insns.iter().filter_map(function).collect();
        // What nothing calls the kernel calls: the program itself, and what is to be done when it throws.
        let roots = program.functions.iter().enumerate();
        let roots = roots.filter(|(at, placed)| *at == 0 || !called.contains(&placed.function));
        let open: Vec<(usize, State)> = roots.map(|(_, placed)| (index(placed.start.0), UNKNOWN)).collect();
        let entered = open.iter().map(|(at, _)| *at).collect();
        Self { plan, program, joins, starts, entered, open, reached: HashSet::new() }
    }

    /// The poisons that are reached. Each way ends where nothing new is known of a place, and that happens a few times
    /// for each register.
    fn run(mut self) -> HashSet<usize> {
        while let Some((at, state)) = self.open.pop() {
            self.follow(at, state);
        }
        self.reached
    }

    fn follow(&mut self, mut at: usize, mut state: State) {
        let program = self.program;
        while let Some(insn) = program.insns.get(at) {
            if let Some(known) = self.joins.get_mut(&at) {
                let merged = known.map_or(state, |known| merge(&known, &state));
                if known.replace(merged) == Some(merged) {
                    return;
                }
                state = merged;
            }
            if let Some(Ref::Poison(index)) = insn.reference {
                self.reached.extend(usize::try_from(index));
                state = UNKNOWN;
            } else if let Some(start) = function(insn).and_then(|id| self.starts.get(&id).copied())
                && self.entered.insert(start)
            {
                self.open.push((start, UNKNOWN));
            }
            let raw = insn.insn;
            if raw.class() == BPF_JMP && raw.code & 0xf8 == BPF_X {
                // To a place that is computed: any.
                self.reached.extend(0..program.poisons.len());
                return;
            }
            if matches!(raw.class(), BPF_JMP | BPF_JMP32) && !raw.is_call() {
                let (taken, passed) = ways(raw, &state);
                if let Some(target) = target(at, insn).filter(|_| taken) {
                    self.open.push((target, state));
                }
                if !passed {
                    return;
                }
            } else {
                self.step(insn, program.insns.get(at + 1), &mut state);
            }
            at += if raw.is_ld_imm64() { 2 } else { 1 };
        }
    }

    /// What an instruction that is no jump does to the registers.
    fn step(&self, insn: &PlanInsn, upper: Option<&PlanInsn>, state: &mut State) {
        let raw = insn.insn;
        let before = *state;
        let mut set = |register: u8, value: Value| {
            if let Some(known) = state.get_mut(usize::from(register)) {
                *known = value;
            }
        };
        match raw.class() {
            BPF_LD if raw.is_ld_imm64() => set(raw.dst, self.wide(insn, upper)),
            BPF_ALU | BPF_ALU64 => set(raw.dst, alu(raw, &before)),
            BPF_LDX => set(raw.dst, self.load(raw, &before)),
            // Atomic operations give back what was there, in one register or another.
            BPF_STX if raw.code & 0xe0 == 0xc0 => {
                [0, raw.dst, raw.src].iter().for_each(|at| set(*at, Value::Any));
            }
            // Calls, and the old ways to read packets.
            BPF_JMP | BPF_LD => (0..6).for_each(|at| set(at, Value::Any)),
            _ => {}
        }
    }

    fn wide(&self, insn: &PlanInsn, upper: Option<&PlanInsn>) -> Value {
        let word = |insn: &Insn| u64::from(insn.imm.cast_unsigned());
        match insn.reference {
            None if insn.insn.src == 0 => {
                upper.map_or(Value::Any, |upper| Value::Constant(word(&insn.insn) | word(&upper.insn) << 32))
            }
            Some(Ref::MapValue { map, offset }) => {
                let maps = self.plan.maps();
                let found =
                    maps.iter().position(|known| known.id == map && known.flags & BPF_F_RDONLY_PROG != 0);
                found.map_or(Value::Any, |map| Value::Data(map, offset.into()))
            }
            _ => Value::Any,
        }
    }

    /// A value of data that does not change.
    fn load(&self, insn: Insn, state: &State) -> Value {
        let known = || {
            let Some(Value::Data(map, offset)) = state.get(usize::from(insn.src)) else { return None };
            // Not those that extend a sign.
            let len = match insn.code & 0xf8 {
                0x60 => 4,
                0x68 => 2,
                0x70 => 1,
                0x78 => 8,
                _ => return None,
            };
            let start = usize::try_from(offset.checked_add_signed(insn.off.into())?).ok()?;
            let contents = self.plan.maps().get(*map)?.contents.as_ref()?;
            let bytes = contents.get(start..start.checked_add(len)?)?;
            let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
            Some(match self.plan.kernel().endian() {
                bpf_btf::Endian::Little => bytes.iter().rev().fold(0, add),
                bpf_btf::Endian::Big => bytes.iter().fold(0, add),
            })
        };
        known().map_or(Value::Any, Value::Constant)
    }
}

/// What is known whichever way was taken.
fn merge(one: &State, other: &State) -> State {
    let mut merged = *one;
    for (value, other) in merged.iter_mut().zip(other) {
        if value != other {
            *value = Value::Any;
        }
    }
    merged
}

/// The function that an instruction calls, or has the address of.
fn function(insn: &PlanInsn) -> Option<FunctionId> {
    match insn.reference {
        Some(Ref::Function(id)) => Some(id),
        _ => None,
    }
}

/// Where a jump leads.
fn target(at: usize, insn: &PlanInsn) -> Option<usize> {
    let offset = insn.insn.branch_offset().filter(|_| insn.reference.is_none())?;
    at.checked_add(1)?.checked_add_signed(isize::try_from(offset).ok()?)
}

/// The value of the second operand.
fn operand(insn: Insn, state: &State) -> Value {
    if insn.code & 0x08 == 0 {
        return Value::Constant(i64::from(insn.imm).cast_unsigned());
    }
    state.get(usize::from(insn.src)).copied().unwrap_or(Value::Any)
}

fn alu(insn: Insn, state: &State) -> Value {
    let wide = insn.class() == BPF_ALU64;
    // Divisions by sign, moves that extend a sign or change the address space.
    if insn.off != 0 {
        return Value::Any;
    }
    let first = state.get(usize::from(insn.dst)).copied().unwrap_or(Value::Any);
    let cut = |value: u64| if wide { value } else { value & 0xffff_ffff };
    let shift = |by: u64| u32::try_from(by).ok().filter(|by| *by < if wide { 64 } else { 32 });
    match (insn.code & 0xf0, first, operand(insn, state)) {
        (0xb0, _, Value::Constant(value)) => Value::Constant(cut(value)),
        (0xb0, _, value) if wide => value,
        (0x00, Value::Data(map, at), Value::Constant(more)) if wide => {
            Value::Data(map, at.wrapping_add(more))
        }
        (op, Value::Constant(one), Value::Constant(other)) => {
            let (one, other) = (cut(one), cut(other));
            let value = match op {
                0x00 => Some(one.wrapping_add(other)),
                0x10 => Some(one.wrapping_sub(other)),
                0x40 => Some(one | other),
                0x50 => Some(one & other),
                0x60 => shift(other).map(|by| one << by),
                0x70 => shift(other).map(|by| one >> by),
                0xa0 => Some(one ^ other),
                _ => None,
            };
            value.map_or(Value::Any, |value| Value::Constant(cut(value)))
        }
        _ => Value::Any,
    }
}

/// Whether a jump may be taken, and whether it may be passed.
fn ways(insn: Insn, state: &State) -> (bool, bool) {
    let wide = insn.class() == BPF_JMP;
    let first = state.get(usize::from(insn.dst)).copied().unwrap_or(Value::Any);
    match (insn.code & 0xf0, first, operand(insn, state)) {
        // Always, and the end.
        (0x00, ..) => (true, false),
        (0x90, ..) => (false, false),
        (op, Value::Constant(one), Value::Constant(other)) => match holds(op, one, other, wide) {
            Some(holds) => (holds, !holds),
            None => (true, true),
        },
        _ => (true, true),
    }
}

fn holds(op: u8, one: u64, other: u64, wide: bool) -> Option<bool> {
    let (one, other) = if wide { (one, other) } else { (one & 0xffff_ffff, other & 0xffff_ffff) };
    let signed = |value: u64| {
        // The sign of 32 bits, moved to the top.
        if wide { value.cast_signed() } else { (value << 32).cast_signed() }
    };
    Some(match op {
        0x10 => one == other,
        0x20 => one > other,
        0x30 => one >= other,
        0x40 => one & other != 0,
        0x50 => one != other,
        0x60 => signed(one) > signed(other),
        0x70 => signed(one) >= signed(other),
        0xa0 => one < other,
        0xb0 => one <= other,
        0xc0 => signed(one) < signed(other),
        0xd0 => signed(one) <= signed(other),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "unguarded_tests.rs"]
mod tests;
