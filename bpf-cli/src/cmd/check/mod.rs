//! `bpf check`: which objects resolve against which kernels.

mod inputs;
mod matrix;
mod parallel;

use bpf_loader::plan::{PlanError, PlanFailed};
use bpf_loader::{Diagnostic, KernelError, Object, Plan};

use crate::args::Check;
use crate::cmd::Outcome;
use crate::out::Out;
use inputs::{Inputs, KernelInput};

/// What became of an object on a kernel.
enum Fate {
    /// All that it expects is there.
    Resolves(Plan),
    /// It can be planned, and reaches what is missing.
    Reaches(Plan),
    /// Something is missing.
    Missing(PlanFailed),
    /// What it asks for is not known of this kernel.
    Unknown(PlanFailed),
    /// It is for kernels of the other byte order.
    OtherOrder,
}

impl Fate {
    fn of(object: &Object, kernel: &KernelInput) -> Self {
        match object.plan(&kernel.kernel) {
            Ok(plan) if plan.unguarded().is_empty() => Self::Resolves(plan),
            Ok(plan) => Self::Reaches(plan),
            Err(failed) if failed.errors().iter().any(|error| matches!(error, PlanError::Endian { .. })) => {
                Self::OtherOrder
            }
            Err(failed) if failed.errors().iter().all(is_unknown) => Self::Unknown(failed),
            Err(failed) => Self::Missing(failed),
        }
    }

    fn is_good(&self) -> bool {
        matches!(self, Self::Resolves(_) | Self::OtherOrder)
    }

    /// How it is called in JSON.
    fn name(&self) -> &'static str {
        match self {
            Self::Resolves(_) => "resolves",
            Self::Reaches(_) | Self::Missing(_) => "missing",
            Self::Unknown(_) => "unknown",
            Self::OtherOrder => "other byte order",
        }
    }
}

/// Whether it tells that nobody knows, rather than that something is not there.
fn is_unknown(error: &PlanError) -> bool {
    let unknown = |error: &KernelError| {
        matches!(error, KernelError::NoKconfig { .. } | KernelError::NoBtfGiven | KernelError::NoBtf { .. })
    };
    matches!(error, PlanError::Kernel(error) if unknown(error))
}

/// Everything that is missing for an object on a kernel.
fn problems(fate: &Fate) -> Vec<Problem> {
    match fate {
        Fate::Resolves(_) | Fate::OtherOrder => Vec::new(),
        Fate::Missing(failed) | Fate::Unknown(failed) => {
            failed.errors().iter().map(|error| Problem::of(error)).collect()
        }
        Fate::Reaches(plan) => plan.unguarded().iter().map(|found| Problem::unguarded(plan, found)).collect(),
    }
}

/// What is missing, where, and what to do.
#[derive(Clone, PartialEq, Eq)]
struct Problem {
    code: &'static str,
    message: String,
    places: Vec<String>,
    causes: Vec<String>,
    help: Option<String>,
}

impl Problem {
    fn of(error: &dyn Diagnostic) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            places: error.labels().iter().map(ToString::to_string).collect(),
            causes: crate::render::diagnostic::causes(error),
            help: error.help(),
        }
    }

    fn unguarded(
        plan: &Plan,
        (program, poison): &(&bpf_loader::plan::PlanProgram, &bpf_loader::plan::Poison),
    ) -> Self {
        let file = plan.object().file();
        let function = file.function(poison.function);
        let mut places = vec![format!("program {}", program.name)];
        if let Some(function) = function.filter(|function| function.name != program.name) {
            places.push(format!("function {}", function.name));
        }
        let line = function.and_then(|function| file.source_line(function, poison.in_function));
        places.push(match line {
            Some(line) => format!("{}:{}", line.file, line.line),
            None => format!("instruction {}", poison.in_function.0),
        });
        let missing = &poison.missing;
        let help = missing.help();
        Self {
            code: missing.code(),
            message: missing.to_string(),
            places,
            causes: Vec::new(),
            help: (!help.is_empty()).then(|| help.to_owned()),
        }
    }
}

/// All objects on all kernels.
struct Checked {
    inputs: Inputs,
    /// For each object, for each kernel.
    fates: Vec<Vec<Fate>>,
}

pub(crate) fn run(args: &Check, out: &Out) -> Outcome {
    let inputs = Inputs::open(args)?;
    let kernels = inputs.kernels.len();
    let pairs = inputs.objects.len() * kernels;
    let mut found = parallel::map(pairs, |pair| {
        Fate::of(&inputs.objects[pair / kernels].object, &inputs.kernels[pair % kernels])
    });
    let mut fates: Vec<Vec<Fate>> = Vec::with_capacity(inputs.objects.len());
    for _ in 0..inputs.objects.len() {
        let rest = found.split_off(kernels);
        fates.push(std::mem::replace(&mut found, rest));
    }
    let checked = Checked { inputs, fates };
    if !checked.resolves() {
        out.set_differs();
    }
    out.result(|| matrix::text(&checked, args.verbose), || matrix::json(&checked));
    Ok(())
}

impl Checked {
    /// Whether every object resolves wherever it could run, and could run somewhere.
    fn resolves(&self) -> bool {
        let fits = |fates: &Vec<Fate>| fates.iter().any(|fate| !matches!(fate, Fate::OtherOrder));
        self.fates.iter().all(|fates| fates.iter().all(Fate::is_good) && fits(fates))
    }
}
