//! Global variables in an arena: where in it they stand, which is at its end.

use bpf_sys::uapi::flags::BPF_F_SEGV_ON_FAULT;
use thiserror::Error;

use crate::diagnose::Label;
use crate::kernel::Feature;
use crate::object::MapSpec;
use crate::plan::{Context, PlanError, Step};

/// An arena in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanArena {
    /// Its size in bytes: `max_entries` pages.
    pub len: u64,
    /// Where its global variables begin, in bytes.
    pub globals_at: u32,
}

/// An arena that cannot hold its variables.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("map `{map}` cannot hold the variables in its arena: {problem}")]
pub struct ArenaError {
    /// The map.
    pub map: String,
    /// Why.
    pub problem: ArenaProblem,
}

/// Why an arena cannot hold its variables.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArenaProblem {
    /// It is too small.
    #[error("they take {needed} pages of {page} bytes, max_entries is {pages}")]
    TooSmall {
        /// Pages that the variables take.
        needed: u64,
        /// Bytes of a page.
        page: u32,
        /// Pages that the arena has.
        pages: u32,
    },
    /// It is larger than arenas can be.
    #[error("it has {len} bytes, and an arena has 4 GiB at the most")]
    TooLarge {
        /// Bytes that it would have.
        len: u64,
    },
    /// Nobody can write what they hold at the start.
    #[error("with BPF_F_SEGV_ON_FAULT, user space cannot touch a page that no program has allocated")]
    Faults,
}

impl ArenaError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            ArenaProblem::TooSmall { .. } | ArenaProblem::TooLarge { .. } => "E0461",
            ArenaProblem::Faults => "E0462",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        vec![Label::item("map", self.map.as_str())]
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self.problem {
            ArenaProblem::TooSmall { needed, .. } => format!("set its max_entries to {needed} or more"),
            ArenaProblem::TooLarge { .. } => "set its max_entries lower".into(),
            ArenaProblem::Faults => {
                "drop the flag, or have a program allocate and fill in what they hold".into()
            }
        }
    }
}

/// The most that every kernel takes as the offset of a value (`BPF_MAX_VAR_OFF`, `include/linux/bpf_verifier.h`).
const OFFSET_LIMIT: u64 = 1 << 29;
/// The most bytes of an arena (`arena_map_alloc`, `kernel/bpf/arena.c`).
const ARENA_LIMIT: u64 = 1 << 32;

/// How an arena lies in memory. Its variables stand at the end, so that its first page can be what a program wants, and
/// at the start where the kernel does not take so large an offset.
pub(crate) fn plan(cx: &mut Context<'_>, spec: &MapSpec, page: u32) -> Option<PlanArena> {
    let (def, page_size) = (spec.def(), u64::from(page.max(1)));
    let len = u64::from(def.max_entries).saturating_mul(page_size);
    let Some(globals) = spec.contents() else { return Some(PlanArena { len, globals_at: 0 }) };
    let needed = u64::try_from(globals.len()).unwrap_or(u64::MAX).div_ceil(page_size);
    let problem = if needed > u64::from(def.max_entries) {
        Some(ArenaProblem::TooSmall { needed, page, pages: def.max_entries })
    } else if len > ARENA_LIMIT {
        Some(ArenaProblem::TooLarge { len })
    } else if def.flags & BPF_F_SEGV_ON_FAULT != 0 {
        Some(ArenaProblem::Faults)
    } else {
        None
    };
    if let Some(problem) = problem {
        let error = ArenaError { map: def.name.clone(), problem };
        cx.errors.push(PlanError::Arena(Box::new(error)));
        return None;
    }
    let last = len.saturating_sub(needed.saturating_mul(page_size));
    let at_end = len <= OFFSET_LIMIT || takes_wide_offsets(cx);
    let globals_at = if at_end { u32::try_from(last).ok()? } else { 0 };
    Some(PlanArena { len, globals_at })
}

/// It is programs that are refused where the kernel does not.
fn takes_wide_offsets(cx: &mut Context<'_>) -> bool {
    let object = cx.object;
    let mut programs = object.programs().iter().filter(|spec| spec.autoload());
    programs.all(|spec| cx.uses(Feature::WideOffsets, Step::Program(spec.id())))
}
