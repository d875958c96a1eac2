//! Jump tables of a program: one map of type `insn_array` for each, frozen before the program is loaded.

use bpf_elf::{Function, InsnIndex, JumpTableId};

use crate::kernel::Feature;
use crate::plan::code::Stream;
use crate::plan::{Context, PlanError, Ref, Step};

/// The places that a jump of a program chooses from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanJumpTable {
    /// The name of its symbol.
    pub name: String,
    /// Instructions of the stream.
    pub targets: Vec<InsnIndex>,
}

/// What refers to a table of a function that was placed in a stream. The function's tables are added to the program's
/// when the first of them is met. Functions are resolved one after the other, so that its are the last, if they are there.
pub(crate) fn reference(
    stream: &mut Stream,
    function: &Function,
    start: InsnIndex,
    id: JumpTableId,
) -> Option<Ref> {
    let known = stream.table_starts.last().filter(|(placed, _)| *placed == start).map(|(_, first)| *first);
    let first = match known {
        Some(first) => first,
        None => {
            let first = u32::try_from(stream.jump_tables.len()).ok()?;
            stream.jump_tables.extend(function.jump_tables.iter().map(|table| PlanJumpTable {
                name: table.name.clone(),
                targets: table.targets.iter().map(|insn| InsnIndex(start.0.saturating_add(insn.0))).collect(),
            }));
            stream.table_starts.push((start, first));
            first
        }
    };
    let index = first.checked_add(id.0)?;
    usize::try_from(index).ok().filter(|at| *at < stream.jump_tables.len())?;
    Some(Ref::JumpTable(index))
}

/// Says so where the kernel has no maps of instructions.
pub(crate) fn check(cx: &mut Context<'_>, step: Step, program: &str, tables: &[PlanJumpTable]) {
    if let Some(table) = tables.first()
        && !cx.uses(Feature::InsnArray, step)
    {
        let (program, table) = (program.to_owned(), table.name.clone());
        cx.errors.push(PlanError::JumpTables { program, table });
    }
}
