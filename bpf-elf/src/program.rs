//! Programs: the functions that can be loaded and attached on their own.

use std::collections::HashSet;

use crate::error::{ElfError, FunctionProblem};
use crate::function::{self, Function, Linkage};
use crate::ids::{FunctionId, ProgramId, next};
use crate::sec_handler::SecHandlers;
use crate::sec_name::SecDef;

/// A program: a function outside `.text`, or any function that a struct_ops variable names.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// Its name: the function's.
    pub name: String,
    /// Its code.
    pub function: FunctionId,
    /// The name of its section, as written: with a leading `?` if there is one.
    pub section: String,
    /// What the section's name says about it; `None` if the name is not known.
    pub def: Option<SecDef>,
    /// It is loaded unless asked otherwise: its section does not begin with `?`, nor does a handler of it say so.
    pub autoload: bool,
    /// A member of a struct_ops variable refers to it. Then it is a struct_ops program, whatever its section says.
    pub struct_ops: bool,
}

/// The programs among the functions, in their order. Callbacks are those that struct_ops members refer to.
pub(crate) fn collect(
    functions: &[Function],
    callbacks: &HashSet<FunctionId>,
    handlers: &SecHandlers,
) -> Result<Vec<Program>, ElfError> {
    let mut programs: Vec<Program> = Vec::with_capacity(functions.len());
    // Programs of one section stand together.
    let mut section: Option<(&str, Option<(SecDef, bool)>)> = None;
    for function in functions {
        let struct_ops = callbacks.contains(&function.id);
        if function.is_subprogram && !struct_ops {
            continue;
        }
        let name = function.section_name.as_str();
        if function.linkage == Linkage::Static && !struct_ops {
            return Err(function::problem(&function.name, name, function.offset.0, FunctionProblem::Static));
        }
        let found = match &section {
            Some((of, found)) if *of == name => found.clone(),
            _ => handlers.find_with_autoload(name),
        };
        section = Some((name, found.clone()));
        let (def, autoload) = match found {
            Some((def, autoload)) => (Some(def), autoload),
            None => (None, !name.starts_with('?')),
        };
        programs.push(Program {
            id: ProgramId(next(&programs)),
            name: function.name.clone(),
            function: function.id,
            section: function.section_name.clone(),
            def,
            autoload,
            struct_ops,
        });
    }
    Ok(programs)
}
