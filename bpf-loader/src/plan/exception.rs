//! The function that a program names to be called when it throws (`bpf_throw`, Linux 6.7): it is placed behind all others.

use std::collections::{BTreeMap, HashMap};

use bpf_btf::Label;
use bpf_btf::matching::nearest;
use bpf_elf::{Function, FunctionId, Linkage};
use thiserror::Error;

use crate::kernel::{Answer, Feature};
use crate::plan::programs::Chosen;
use crate::plan::{Context, PlanError};

/// A function that is to be called when a program throws, and that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionError {
    /// The program.
    pub program: String,
    /// Its section.
    pub section: String,
    /// The function that its tag names.
    pub callback: String,
    /// Why not.
    pub problem: ExceptionProblem,
}

/// Why a function cannot be called when a program throws.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExceptionProblem {
    /// The tag names nothing.
    #[error("the tag `exception_callback:` names no function")]
    Unnamed,
    /// There is no such function.
    #[error("there is no function `{callback}` in .text to be called when it throws")]
    Absent {
        /// The function that its tag names.
        callback: String,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// The kernel asks for a global function.
    #[error("`{callback}`, to be called when it throws, is {how}, and has to be global")]
    NotGlobal {
        /// The function that its tag names.
        callback: String,
        /// `static` or `hidden`.
        how: &'static str,
    },
    /// Several functions have that name.
    #[error("several functions are named `{callback}`, which is to be called when it throws")]
    Ambiguous {
        /// The function that its tag names.
        callback: String,
    },
    /// It names several.
    #[error("it names both `{first}` and `{second}` to be called when it throws")]
    Several {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// The program itself is not seen from outside.
    #[error("it is {how}, and only a global program can name a function to be called when it throws")]
    Program {
        /// `static` or `hidden`.
        how: &'static str,
    },
}

impl ExceptionError {
    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        vec![Label::section(&self.section), Label::item("program", &self.program)]
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.problem {
            ExceptionProblem::Absent { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            ExceptionProblem::Absent { .. } => "define it as a global function without SEC()".into(),
            ExceptionProblem::Unnamed => "name a global function without SEC() behind the colon".into(),
            ExceptionProblem::NotGlobal { .. } | ExceptionProblem::Program { .. } => {
                "define it without `static`, with default visibility".into()
            }
            ExceptionProblem::Ambiguous { .. } => "give the global one another name".into(),
            ExceptionProblem::Several { .. } => "a program has one: take the other tag away".into(),
        }
    }
}

/// Functions by name, in an order that is always the same: names that are close are looked for among them.
type Named<'a> = BTreeMap<&'a str, Vec<&'a Function>>;

/// The function to be called when each program throws, by the program's function.
pub(crate) fn callbacks(cx: &mut Context<'_>, chosen: &[Chosen]) -> HashMap<FunctionId, FunctionId> {
    let file = cx.object.file();
    let mains = chosen.iter().filter_map(|chosen| file.function(chosen.function));
    let mut mains = mains.filter(|main| !main.exception_callbacks.is_empty()).peekable();
    // Before there were tags nothing could be thrown.
    if mains.peek().is_none() || cx.answer(Feature::BtfDeclTag) == Answer::No {
        return HashMap::new();
    }
    let mut named = Named::new();
    for function in file.functions().iter().filter(|function| function.is_subprogram) {
        named.entry(&function.name).or_default().push(function);
    }
    let mut found = HashMap::new();
    for main in mains {
        match callback(main, &named) {
            Ok(callback) => {
                found.insert(main.id, callback);
            }
            Err(problem) => {
                let error = ExceptionError {
                    program: main.name.clone(),
                    section: main.section_name.clone(),
                    callback: main.exception_callbacks.first().cloned().unwrap_or_default(),
                    problem,
                };
                cx.errors.push(PlanError::Exception(Box::new(error)));
            }
        }
    }
    found
}

fn callback(main: &Function, named: &Named<'_>) -> Result<FunctionId, ExceptionProblem> {
    if let Some(how) = unseen(main) {
        return Err(ExceptionProblem::Program { how });
    }
    let callback = match main.exception_callbacks.as_slice() {
        [] => return Err(ExceptionProblem::Unnamed),
        [one] if one.is_empty() => return Err(ExceptionProblem::Unnamed),
        [one] => one.clone(),
        [first, second, ..] => {
            return Err(ExceptionProblem::Several { first: first.clone(), second: second.clone() });
        }
    };
    let found = named.get(callback.as_str()).map(Vec::as_slice).unwrap_or_default();
    match found {
        [] => {
            let nearest = nearest(&callback, named.keys().copied());
            Err(ExceptionProblem::Absent { callback, nearest })
        }
        [one] => match unseen(one) {
            Some(how) => Err(ExceptionProblem::NotGlobal { callback, how }),
            None => Ok(one.id),
        },
        _ => Err(ExceptionProblem::Ambiguous { callback }),
    }
}

/// In what way a function is not seen from outside.
fn unseen(function: &Function) -> Option<&'static str> {
    match (function.linkage, function.hidden) {
        (Linkage::Static, _) => Some("static"),
        (_, true) => Some("hidden"),
        _ => None,
    }
}
