//! A program's instructions to edit: what instructions are called replaces how far away they are.

use std::ops::Range;
use std::sync::Arc;

use bpf_elf::{FunctionId, InsnIndex};
use bpf_sys::uapi::Insn;

use crate::plan::instances::InstanceProblem;
use crate::plan::{PlacedFunction, PlanInsn, PlanProgram, Ref};

/// An instruction that a branch goes to, by a number that moves with it. Of one stream: in another it means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsnLabel(u32);

/// An instruction of a stream that is edited. What refers to other instructions does so by label or function, so that
/// any number can be put between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditInsn {
    /// Opcode, registers, offset, immediate. The distance of a branch is not looked at: `jump` says where it goes.
    pub insn: Insn,
    /// What the immediate stands for; calls of the program's own functions are [`Ref::Function`].
    pub reference: Option<Ref>,
    /// Where it goes, of a branch.
    pub jump: Option<InsnLabel>,
    /// The label of this instruction.
    pub label: Option<InsnLabel>,
    /// The function that begins here.
    pub begins: Option<FunctionId>,
    /// The instruction of the resolved stream that it is, for its source line. What was put in has none, and belongs to
    /// the line before it.
    pub origin: Option<InsnIndex>,
}

impl EditInsn {
    /// An instruction to put in.
    #[must_use]
    pub fn new(insn: Insn) -> Self {
        Self { insn, reference: None, jump: None, label: None, begins: None, origin: None }
    }

    /// The same, going to a label: for a branch.
    #[must_use]
    pub fn to(self, label: InsnLabel) -> Self {
        Self { jump: Some(label), ..self }
    }

    /// The same, with an immediate that stands for something: a map, a global variable, a function.
    #[must_use]
    pub fn refers(self, reference: Ref) -> Self {
        Self { reference: Some(reference), ..self }
    }
}

impl From<Insn> for EditInsn {
    fn from(insn: Insn) -> Self {
        Self::new(insn)
    }
}

/// A program as an instance gets it: the stream that would be sent, to be edited. CO-RE is resolved in it, helpers that
/// this kernel lacks are replaced, and every function that is called stands in it.
#[derive(Clone, Debug)]
pub struct EditStream {
    insns: Vec<EditInsn>,
    labels: u32,
    functions: Arc<[PlacedFunction]>,
    /// Where each jump table of the program goes.
    tables: Vec<Vec<InsnLabel>>,
}

impl EditStream {
    /// Gives what is branched to a label.
    pub(crate) fn open(program: &PlanProgram) -> Result<Self, InstanceProblem> {
        let starts = program.functions.iter().map(|placed| (placed.start, placed.function));
        let insns = program.insns.iter().map(|planned| EditInsn {
            reference: planned.reference,
            origin: planned.origin,
            ..EditInsn::new(planned.insn)
        });
        let functions = program.functions.as_slice().into();
        let mut stream = Self { insns: insns.collect(), labels: 0, functions, tables: Vec::new() };
        for (start, function) in starts {
            if let Some(first) = index(start).and_then(|at| stream.insns.get_mut(at)) {
                first.begins = Some(function);
            }
        }
        for (at, planned) in program.insns.iter().enumerate() {
            let Some(distance) = planned.insn.branch_offset().filter(|_| !upper(&program.insns, at)) else {
                continue;
            };
            let jump = target(at, distance).and_then(|target| stream.label(target));
            let dangling = || InstanceProblem::Dangling { at: place(at), insn: planned.insn };
            if let Some(branch) = stream.insns.get_mut(at) {
                branch.jump = Some(jump.ok_or_else(dangling)?);
            }
        }
        for table in &program.jump_tables {
            let found = table.targets.iter().map(|target| index(*target).and_then(|at| stream.label(at)));
            let gone = || InstanceProblem::Table { table: table.name.clone() };
            let targets = found.collect::<Option<Vec<_>>>().ok_or_else(gone)?;
            stream.tables.push(targets);
        }
        Ok(stream)
    }

    /// The instructions, in order.
    #[must_use]
    pub fn insns(&self) -> &[EditInsn] {
        &self.insns
    }

    /// The instructions, for whatever edit there is. Labels and functions are moved with their instruction, by hand.
    pub fn insns_mut(&mut self) -> &mut Vec<EditInsn> {
        &mut self.insns
    }

    /// The instructions, and where each jump table goes.
    pub(super) fn into_parts(self) -> (Vec<EditInsn>, Vec<Vec<InsnLabel>>) {
        (self.insns, self.tables)
    }

    /// The functions that the stream had at first, with the instructions that they began at; the first is the program
    /// itself.
    #[must_use]
    pub fn functions(&self) -> &[PlacedFunction] {
        &self.functions
    }

    /// The instructions of a function, by its name, as they stand now.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<Range<usize>> {
        let function = self.functions.iter().find(|placed| placed.name == name)?.function;
        let start = self.insns.iter().position(|insn| insn.begins == Some(function))?;
        let after = self.insns.get(start + 1..)?.iter().position(|insn| insn.begins.is_some());
        Some(start..after.map_or(self.insns.len(), |after| start + 1 + after))
    }

    /// The label of the instruction at an index: one is made where it has none. `None` past the end.
    pub fn label(&mut self, at: usize) -> Option<InsnLabel> {
        let next = InsnLabel(self.labels);
        let insn = self.insns.get_mut(at)?;
        let label = *insn.label.get_or_insert(next);
        if label == next {
            self.labels = self.labels.saturating_add(1);
        }
        Some(label)
    }

    /// A label that no instruction has yet.
    pub fn new_label(&mut self) -> InsnLabel {
        let label = InsnLabel(self.labels);
        self.labels = self.labels.saturating_add(1);
        label
    }

    /// Lets every branch and jump table that goes to one label go to another.
    pub fn retarget(&mut self, from: InsnLabel, to: InsnLabel) {
        self.insns.iter_mut().filter(|insn| insn.jump == Some(from)).for_each(|insn| insn.jump = Some(to));
        self.tables.iter_mut().flatten().filter(|label| **label == from).for_each(|label| *label = to);
    }

    /// Puts instructions before the one at an index. Branches to that one still go there; a function that begins there
    /// begins with the new ones. Past the end they come last.
    pub fn insert(&mut self, at: usize, insns: impl IntoIterator<Item = EditInsn>) {
        self.put(at, at, insns);
    }

    /// Puts instructions in the place of some. Branches to the first of these go to the first new one, and so does the
    /// function that begins there; with no new ones that is as [`Self::remove`].
    pub fn replace(&mut self, range: Range<usize>, insns: impl IntoIterator<Item = EditInsn>) {
        let label = self.insns.get(range.start).and_then(|insn| insn.label).filter(|_| !range.is_empty());
        let new = self.put(range.start, range.end, insns);
        let first = self.insns.get_mut(range.start).filter(|_| new != 0);
        if let Some((first, label)) = first.zip(label) {
            let old = first.label.replace(label);
            if let Some(old) = old {
                self.retarget(old, label);
            }
        }
    }

    /// Takes instructions out, with their labels: a branch that still goes there is refused when the stream is planned,
    /// and so is a call of a function that began there.
    pub fn remove(&mut self, range: Range<usize>) {
        let end = range.end.min(self.insns.len());
        self.insns.drain(range.start.min(end)..end);
    }

    fn put(&mut self, start: usize, end: usize, insns: impl IntoIterator<Item = EditInsn>) -> usize {
        let (start, end) =
            (start.min(self.insns.len()), end.min(self.insns.len()).max(start.min(self.insns.len())));
        let begins = self.insns.get(start).and_then(|insn| insn.begins);
        let before = self.insns.len() - (end - start);
        self.insns.splice(start..end, insns);
        let new = self.insns.len() - before;
        if new != 0 && begins.is_some() {
            if let Some(old) = self.insns.get_mut(start + new).filter(|old| old.begins == begins) {
                old.begins = None;
            }
            if let Some(first) = self.insns.get_mut(start) {
                first.begins = begins;
            }
        }
        new
    }
}

/// Whether the slot at an index is the second half of a 16-byte instruction.
pub(super) fn upper(insns: &[PlanInsn], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| insns.get(before));
    before.is_some_and(|before| before.insn.is_ld_imm64())
}

fn index(at: InsnIndex) -> Option<usize> {
    usize::try_from(at.0).ok()
}

pub(super) fn place(at: usize) -> InsnIndex {
    InsnIndex(u32::try_from(at).unwrap_or(u32::MAX))
}

fn target(at: usize, distance: i32) -> Option<usize> {
    let next = i64::try_from(at).ok()?.checked_add(1)?;
    usize::try_from(next.checked_add(i64::from(distance))?).ok()
}
