//! `bpf check`: which objects resolve against which kernels.

mod inputs;
mod matrix;
mod parallel;

use bpf_loader::plan::{ExternProblem, Notice, PlanError, PlanProgram, Poison};
use bpf_loader::{Diagnostic, KernelError, Object, Plan};

use crate::args::Check;
use crate::cmd::Outcome;
use crate::out::Out;
use inputs::{Inputs, KernelInput};

/// What became of an object on a kernel.
enum Fate {
    /// All that it expects is there.
    Resolves(Plan),
    /// Something is missing; where it could be planned all the same, a program reaches it.
    Missing(Vec<Problem>, Option<Plan>),
    /// What it asks for is not known of this kernel.
    Unknown(Vec<Problem>, Option<Plan>),
    /// It is for kernels of the other byte order.
    OtherOrder,
}

impl Fate {
    fn of(object: &Object, kernel: &KernelInput) -> Self {
        match object.plan(&kernel.kernel) {
            Ok(plan) => Self::planned(plan),
            Err(failed) if failed.errors().iter().any(|error| matches!(error, PlanError::Endian { .. })) => {
                Self::OtherOrder
            }
            Err(failed) => {
                let problems = failed.errors().iter().map(Problem::of).collect();
                let unknown = failed.errors().iter().all(is_unknown);
                if unknown { Self::Unknown(problems, None) } else { Self::Missing(problems, None) }
            }
        }
    }

    fn planned(plan: Plan) -> Self {
        let reached: Vec<Problem> =
            plan.unguarded().iter().map(|found| Problem::unguarded(&plan, found)).collect();
        if !reached.is_empty() {
            return Self::Missing(reached, Some(plan));
        }
        // Whether it is there shows when it is loaded, and matters unless it may be missing.
        let weak = |symbol: &str| {
            let mut externs = plan.object().file().externs().iter();
            externs.any(|found| found.name == symbol && found.weak)
        };
        let unknown = |notice: &&Notice| matches!(notice, Notice::SymbolUnknown { symbol } if !weak(symbol));
        let unknown: Vec<Problem> = plan.notices().iter().filter(unknown).map(Problem::of).collect();
        if unknown.is_empty() { Self::Resolves(plan) } else { Self::Unknown(unknown, Some(plan)) }
    }

    fn is_good(&self) -> bool {
        matches!(self, Self::Resolves(_) | Self::OtherOrder)
    }

    /// How it is called in JSON.
    fn name(&self) -> &'static str {
        match self {
            Self::Resolves(_) => "resolves",
            Self::Missing(..) => "missing",
            Self::Unknown(..) => "unknown",
            Self::OtherOrder => "other byte order",
        }
    }

    /// Everything that is in the way.
    fn problems(&self) -> &[Problem] {
        match self {
            Self::Missing(problems, _) | Self::Unknown(problems, _) => problems,
            Self::Resolves(_) | Self::OtherOrder => &[],
        }
    }

    fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Resolves(plan) => Some(plan),
            Self::Missing(_, plan) | Self::Unknown(_, plan) => plan.as_ref(),
            Self::OtherOrder => None,
        }
    }
}

/// Whether it tells that nobody knows, rather than that something is not there.
fn is_unknown(error: &PlanError) -> bool {
    match error {
        PlanError::Kernel(error) => matches!(
            **error,
            KernelError::NoKconfig { .. } | KernelError::NoBtfGiven | KernelError::NoBtf { .. }
        ),
        PlanError::Extern(error) => {
            matches!(error.problem, ExternProblem::Missing { what: "version", .. })
        }
        _ => false,
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
    fn of<D: Diagnostic>(error: &D) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            places: error.labels().iter().map(ToString::to_string).collect(),
            causes: crate::render::diagnostic::causes(error),
            help: error.help(),
        }
    }

    fn unguarded(plan: &Plan, (program, poison): &(&PlanProgram, &Poison)) -> Self {
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
