//! From an edited stream back to one with distances: what nobody calls any more goes, everything that refers to an
//! instruction is checked, functions and source lines follow.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use bpf_btf::TypeId;
use bpf_elf::{FunctionId, InsnIndex};
use bpf_sys::uapi::flags::BPF_PSEUDO_FUNC;
use bpf_sys::uapi::insn::{BPF_JA, BPF_JMP32};

use crate::plan::instances::stream::place;
use crate::plan::instances::{EditInsn, EditStream, InsnLabel, InstanceProblem};
use crate::plan::{PlacedFunction, PlanInsn, PlanJumpTable, PlanLine, PlanProgram, Poison, Ref};

/// Whether the plan has what a reference stands for; else what kind of thing is missing.
pub(super) type Known<'a> = &'a dyn Fn(&Ref) -> Result<(), &'static str>;

/// A function of the edited stream, and where it stands.
struct Segment {
    function: FunctionId,
    range: Range<usize>,
}

/// The program that an edited stream of `base` is.
pub(super) fn close(
    base: &PlanProgram,
    stream: EditStream,
    known: Known<'_>,
) -> Result<PlanProgram, InstanceProblem> {
    let (mut insns, tables) = stream.into_parts();
    let (segments, at) = called(base, &mut insns)?;
    let labels = labels(&insns)?;
    let starts: HashMap<FunctionId, usize> =
        segments.iter().map(|segment| (segment.function, segment.range.start)).collect();
    let mut out = Vec::with_capacity(insns.len());
    for segment in &segments {
        for index in segment.range.clone() {
            let Some(insn) = insns.get(index) else { continue };
            // An error counts as the user does, before what is not called was dropped.
            let shown = place(at.get(index).copied().unwrap_or(index));
            let closed = Closing { base, insns: &insns, labels: &labels, starts: &starts, segment, known };
            out.push(closed.close(index, *insn, shown)?);
        }
    }
    let poisons = poisons(base, &mut out);
    let jump_tables = jump_tables(base, &tables, &labels, &mut out)?;
    let names: HashMap<FunctionId, &str> =
        base.functions.iter().map(|placed| (placed.function, placed.name.as_str())).collect();
    let placed = segments.iter().map(|segment| PlacedFunction {
        function: segment.function,
        name: names.get(&segment.function).map(|name| (*name).to_owned()).unwrap_or_default(),
        start: place(segment.range.start),
    });
    let functions: Vec<PlacedFunction> = placed.collect();
    let old: HashMap<InsnIndex, TypeId> = base.func_info.iter().copied().collect();
    let types = base.functions.iter().filter_map(|placed| Some((placed.function, *old.get(&placed.start)?)));
    let types: HashMap<FunctionId, TypeId> = types.collect();
    let func_info = functions.iter().filter_map(|placed| Some((placed.start, *types.get(&placed.function)?)));
    Ok(PlanProgram {
        func_info: func_info.collect(),
        lines: lines(base, &segments, &out),
        insns: out,
        functions,
        poisons,
        jump_tables,
        ..base.clone()
    })
}

fn name(base: &PlanProgram, function: FunctionId) -> String {
    let found = base.functions.iter().find(|placed| placed.function == function);
    found.map(|placed| placed.name.clone()).unwrap_or_default()
}

/// Drops the functions that nobody calls any more; what nothing called before either, the kernel calls. Gives what is
/// left, and where each instruction stood.
fn called(
    base: &PlanProgram,
    insns: &mut Vec<EditInsn>,
) -> Result<(Vec<Segment>, Vec<usize>), InstanceProblem> {
    let mut all: Vec<Segment> = Vec::new();
    let mut seen: HashMap<FunctionId, usize> = HashMap::new();
    for (at, insn) in insns.iter().enumerate() {
        let Some(function) = insn.begins else { continue };
        if let Some(first) = seen.insert(function, at) {
            let what = "begin the same function";
            return Err(InstanceProblem::Twice { first: place(first), second: place(at), what });
        }
        if let Some(last) = all.last_mut() {
            last.range.end = at;
        }
        all.push(Segment { function, range: at..insns.len() });
    }
    let main = base.functions.first().map(|placed| placed.function);
    if all.first().is_none_or(|first| first.range.start != 0 || Some(first.function) != main) {
        return Err(InstanceProblem::NoBeginning);
    }
    let refers = |reference: Option<Ref>| match reference {
        Some(Ref::Function(function)) => Some(function),
        _ => None,
    };
    let called_before: HashSet<FunctionId> =
        base.insns.iter().filter_map(|insn| refers(insn.reference)).collect();
    let roots = base.functions.iter().map(|placed| placed.function);
    let mut open: Vec<FunctionId> =
        roots.filter(|function| Some(*function) == main || !called_before.contains(function)).collect();
    if let Some(gone) = open.iter().find(|function| !seen.contains_key(function)) {
        return Err(InstanceProblem::Gone { function: name(base, *gone) });
    }
    let ranges: HashMap<FunctionId, Range<usize>> =
        all.iter().map(|segment| (segment.function, segment.range.clone())).collect();
    let mut kept = HashSet::new();
    while let Some(function) = open.pop() {
        if kept.insert(function) {
            let body = ranges.get(&function).and_then(|range| insns.get(range.clone())).unwrap_or_default();
            open.extend(body.iter().filter_map(|insn| refers(insn.reference)));
        }
    }
    let (mut left, mut segments, mut at) = (Vec::with_capacity(insns.len()), Vec::new(), Vec::new());
    for Segment { function, range } in all.into_iter().filter(|segment| kept.contains(&segment.function)) {
        let start = left.len();
        left.extend_from_slice(insns.get(range.clone()).unwrap_or_default());
        at.extend(range);
        segments.push(Segment { function, range: start..left.len() });
    }
    *insns = left;
    Ok((segments, at))
}

/// Where each label stands.
fn labels(insns: &[EditInsn]) -> Result<HashMap<InsnLabel, usize>, InstanceProblem> {
    let mut labels = HashMap::new();
    for (at, insn) in insns.iter().enumerate() {
        if let Some(first) = insn.label.and_then(|label| labels.insert(label, at)) {
            let what = "have the same label";
            return Err(InstanceProblem::Twice { first: place(first), second: place(at), what });
        }
    }
    Ok(labels)
}

struct Closing<'a> {
    base: &'a PlanProgram,
    insns: &'a [EditInsn],
    labels: &'a HashMap<InsnLabel, usize>,
    starts: &'a HashMap<FunctionId, usize>,
    segment: &'a Segment,
    known: Known<'a>,
}

impl Closing<'_> {
    fn close(&self, index: usize, insn: EditInsn, at: InsnIndex) -> Result<PlanInsn, InstanceProblem> {
        let mut closed = PlanInsn { insn: insn.insn, reference: insn.reference, origin: insn.origin };
        if self.is_upper(index) {
            if insn.insn.code != 0 || insn.begins.is_some() {
                return Err(InstanceProblem::Half { at, what: "behind the first half" });
            }
            let first = index.checked_sub(1).and_then(|first| self.insns.get(first));
            let refers = first.is_some_and(|first| first.reference.is_some());
            closed.reference = refers.then_some(Ref::Upper);
            closed.insn.imm = if refers { 0 } else { closed.insn.imm };
            return Ok(closed);
        }
        if insn.insn.code == 0 {
            return Err(InstanceProblem::Half { at, what: "the second half without the first" });
        }
        if insn.insn.is_ld_imm64() && !self.segment.range.contains(&(index + 1)) {
            return Err(InstanceProblem::Half { at, what: "the first half without the second" });
        }
        self.branch(index, &insn, at, &mut closed)?;
        self.reference(&insn, at)?;
        Ok(closed)
    }

    /// Whether a slot is the second half of a 16-byte instruction.
    fn is_upper(&self, index: usize) -> bool {
        let before = index.checked_sub(1).filter(|before| self.segment.range.contains(before));
        before.and_then(|before| self.insns.get(before)).is_some_and(|before| before.insn.is_ld_imm64())
    }

    fn branch(
        &self,
        index: usize,
        insn: &EditInsn,
        at: InsnIndex,
        closed: &mut PlanInsn,
    ) -> Result<(), InstanceProblem> {
        let raw = insn.insn;
        let (jump, why) = match (insn.insn.is_branch(), insn.jump) {
            (false, None) => return Ok(()),
            (true, jump) => (jump, "has no label to go to"),
            (false, Some(_)) => (None, "is no branch, and has a label to go to"),
        };
        let label = jump.ok_or(InstanceProblem::Unlabelled { at, insn: raw, why })?;
        let target = *self.labels.get(&label).ok_or(InstanceProblem::Dangling { at, insn: raw })?;
        if !self.segment.range.contains(&target) {
            return Err(InstanceProblem::Leaves { at, insn: raw });
        }
        if self.is_upper(target) {
            return Err(InstanceProblem::Half { at, what: "a branch into the middle" });
        }
        let distance =
            i64::try_from(target).unwrap_or(i64::MAX) - i64::try_from(index).unwrap_or(i64::MAX) - 1;
        let too_far = InstanceProblem::TooFar { at, insn: raw, distance };
        if raw.class() == BPF_JMP32 && raw.code & 0xf0 == BPF_JA {
            closed.insn.imm = i32::try_from(distance).map_err(|_| too_far)?;
        } else {
            closed.insn.off = i16::try_from(distance).map_err(|_| too_far)?;
        }
        Ok(())
    }

    fn reference(&self, insn: &EditInsn, at: InsnIndex) -> Result<(), InstanceProblem> {
        let raw = insn.insn;
        let function = raw.is_pseudo_call() || raw.is_ld_imm64() && raw.src == BPF_PSEUDO_FUNC;
        match &insn.reference {
            None if function => {
                let why = "says by distance which function it means";
                Err(InstanceProblem::Unlabelled { at, insn: raw, why })
            }
            Some(Ref::Function(function)) if !self.starts.contains_key(function) => {
                let function = name(self.base, *function);
                Err(InstanceProblem::DanglingCall { at, insn: raw, function })
            }
            Some(Ref::Upper) => Err(InstanceProblem::Half { at, what: "marked as the second half" }),
            Some(Ref::Poison(index)) => {
                let known = usize::try_from(*index).is_ok_and(|index| index < self.base.poisons.len());
                if known {
                    Ok(())
                } else {
                    Err(InstanceProblem::NoSuch { at, insn: raw, what: "something unresolved" })
                }
            }
            Some(Ref::JumpTable(index)) => {
                let known = usize::try_from(*index).is_ok_and(|index| index < self.base.jump_tables.len());
                let what = "a jump table";
                if known { Ok(()) } else { Err(InstanceProblem::NoSuch { at, insn: raw, what }) }
            }
            None | Some(Ref::Function(_)) => Ok(()),
            Some(other) => {
                (self.known)(other).map_err(|what| InstanceProblem::NoSuch { at, insn: raw, what })
            }
        }
    }
}

/// What is still unresolved: one entry for each place that is left of it, in the order of before.
fn poisons(base: &PlanProgram, insns: &mut [PlanInsn]) -> Vec<Poison> {
    let mut places: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
    for (at, insn) in insns.iter().enumerate() {
        let Some(Ref::Poison(index)) = insn.reference else { continue };
        let places = places.entry(index).or_default();
        // Both halves of a wide instruction were made unreachable.
        match places.last_mut().filter(|last| last.end == at && last.len() == 1) {
            Some(last) => last.end += 1,
            None => places.push(at..at + 1),
        }
    }
    let mut out = Vec::new();
    for (index, places) in places {
        let Some(poison) = usize::try_from(index).ok().and_then(|index| base.poisons.get(index)) else {
            continue;
        };
        for range in places {
            let reference = u32::try_from(out.len()).ok().map(Ref::Poison);
            out.push(Poison { at: place(range.start), ..poison.clone() });
            insns.get_mut(range).unwrap_or_default().iter_mut().for_each(|insn| insn.reference = reference);
        }
    }
    out
}

/// The jump tables with the instructions where their labels stand now. One that is no longer referred to goes.
fn jump_tables(
    base: &PlanProgram,
    tables: &[Vec<InsnLabel>],
    labels: &HashMap<InsnLabel, usize>,
    insns: &mut [PlanInsn],
) -> Result<Vec<PlanJumpTable>, InstanceProblem> {
    let referred = |insns: &[PlanInsn]| -> HashSet<usize> {
        let tables = insns.iter().filter_map(|insn| match insn.reference {
            Some(Ref::JumpTable(index)) => usize::try_from(index).ok(),
            _ => None,
        });
        tables.collect()
    };
    let (before, now) = (referred(&base.insns), referred(insns));
    let (mut out, mut moved) = (Vec::new(), HashMap::new());
    for (index, (table, targets)) in base.jump_tables.iter().zip(tables).enumerate() {
        let places: Option<Vec<_>> =
            targets.iter().map(|label| labels.get(label).map(|at| place(*at))).collect();
        let targets = match places {
            Some(_) if before.contains(&index) && !now.contains(&index) => continue,
            Some(places) => places,
            None if !now.contains(&index) => continue,
            None => return Err(InstanceProblem::Table { table: table.name.clone() }),
        };
        moved.insert(index, u32::try_from(out.len()).unwrap_or(u32::MAX));
        out.push(PlanJumpTable { targets, ..table.clone() });
    }
    for insn in insns {
        if let Some(Ref::JumpTable(index)) = &mut insn.reference {
            let new = usize::try_from(*index).ok().and_then(|at| moved.get(&at));
            *index = new.copied().unwrap_or(u32::MAX);
        }
    }
    Ok(out)
}

/// The source line of each instruction that begins one. An instruction has the line that it had in the resolved stream;
/// what was put in goes on with the line before it, or begins its function with the first line there.
fn lines(base: &PlanProgram, segments: &[Segment], insns: &[PlanInsn]) -> Vec<PlanLine> {
    let mut out = Vec::new();
    for segment in segments {
        let mut last = None;
        let of = |at: usize| insns.get(at).and_then(|insn| line_of(base, insn.origin?));
        let first = segment.range.clone().find_map(of);
        for at in segment.range.clone().filter(|at| !super::stream::upper(insns, *at)) {
            let line = of(at).or(first.filter(|_| at == segment.range.start));
            if line.is_none() || line == last {
                continue;
            }
            last = line;
            out.extend(
                line.and_then(|line| base.lines.get(line)).map(|line| PlanLine { insn: place(at), ..*line }),
            );
        }
    }
    out
}

/// Which line an instruction of the resolved stream belongs to.
fn line_of(base: &PlanProgram, origin: InsnIndex) -> Option<usize> {
    let function = base.functions.partition_point(|placed| placed.start <= origin).checked_sub(1)?;
    let start = base.functions.get(function)?.start;
    let line = base.lines.partition_point(|line| line.insn <= origin).checked_sub(1)?;
    base.lines.get(line).filter(|found| found.insn >= start).map(|_| line)
}
