//! Why something that an object expects from elsewhere cannot be had.

use bpf_btf::{Label, Place};
use thiserror::Error;

use crate::plan::Site;

/// Something that an object declares and does not define, and why it cannot be had from this kernel.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{name}`: {problem}")]
pub struct ExternError {
    /// Its name.
    pub name: String,
    /// Where it is used first.
    pub site: Site,
    /// What is wrong.
    pub problem: ExternProblem,
}

/// What is wrong about something that an object expects from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExternProblem {
    /// It is not there.
    #[error("{}", missing(what))]
    Missing {
        /// What kind of thing: `function`, `variable`, `symbol`, `option`, `value`, `version`.
        what: &'static str,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// The kernel declares it otherwise.
    #[error("the kernel declares it differently")]
    Type {
        /// The object's declaration.
        local: String,
        /// The kernel's declaration.
        kernel: String,
        /// The module that has it; `None` for the kernel itself.
        module: Option<String>,
    },
    /// Several symbols have this name.
    #[error("several symbols of this kernel have that name, at different addresses")]
    Ambiguous,
    /// It is among the kernel's types, but not among its symbols.
    #[error("the kernel has it, but does not know its address")]
    NoAddress,
    /// A value of the configuration that the variable cannot hold.
    #[error("the configuration sets it to {value}: {why}")]
    Value {
        /// The value.
        value: String,
        /// Why it does not fit.
        why: String,
    },
    /// A variable for a value of the configuration that is of no type that such values have.
    #[error("no value of a configuration is of its type")]
    KconfigType {
        /// The object's declaration.
        declared: String,
    },
    /// It is declared in no section that says where it comes from.
    #[error("it is defined elsewhere, and nothing says where")]
    Undeclared,
    /// It is called, and is no function.
    #[error("it is called, and is no function")]
    NotAFunction,
}

fn missing(what: &str) -> String {
    match what {
        "option" => "the configuration of this kernel does not set it".into(),
        "version" => "the version of this kernel is not known".into(),
        "value" => "this is no option, and no value that a loader knows".into(),
        what => format!("this kernel has no such {what}"),
    }
}

impl ExternError {
    pub(crate) fn code(&self) -> &'static str {
        match &self.problem {
            ExternProblem::Missing { .. } => "E0441",
            ExternProblem::Type { .. } => "E0442",
            ExternProblem::Ambiguous => "E0443",
            ExternProblem::Value { .. } => "E0444",
            ExternProblem::Undeclared => "E0445",
            ExternProblem::KconfigType { .. } => "E0448",
            ExternProblem::NoAddress => "E0449",
            ExternProblem::NotAFunction => "E0439",
        }
    }

    pub(crate) fn labels(&self) -> Vec<Label> {
        let mut labels = self.site.labels();
        let declaration = |name: &String| Label::at(Place::Item { kind: "declaration", name: name.clone() });
        match &self.problem {
            ExternProblem::Type { local, kernel, module } => {
                labels.push(declaration(local));
                labels.extend(module.iter().map(|module| Label::item("module", module)));
                labels.push(Label::new(Place::Kernel, kernel.clone()));
            }
            ExternProblem::KconfigType { declared } => labels.push(declaration(declared)),
            _ => {}
        }
        labels
    }

    pub(crate) fn help(&self) -> Option<String> {
        let weak = "declare it __weak if the program can do without it";
        Some(match &self.problem {
            ExternProblem::Missing { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`? Else {weak}")
            }
            ExternProblem::Missing { what: "version", .. } => {
                "describe the kernel with its release, as `uname -r` gives it".into()
            }
            ExternProblem::Missing { what: "option", .. } => {
                format!("options that are not set do not stand in a configuration: {weak}, and it is zero")
            }
            ExternProblem::Missing { what: "value", .. } => {
                "options begin with CONFIG_; the others are LINUX_KERNEL_VERSION, LINUX_HAS_BPF_COOKIE and \
                 LINUX_HAS_SYSCALL_WRAPPER"
                    .into()
            }
            ExternProblem::Missing { .. } => weak.into(),
            ExternProblem::Type { .. } => {
                "declare it as the kernel does; a flavor (`name___old`) can declare another version".into()
            }
            ExternProblem::Ambiguous => "use a symbol with a name of its own".into(),
            ExternProblem::NoAddress => {
                format!("a kernel built with CONFIG_KALLSYMS_ALL=y knows the addresses of variables; {weak}")
            }
            ExternProblem::Value { value, .. } if value == "m" => "declare it as enum libbpf_tristate".into(),
            ExternProblem::Value { .. } => "declare the variable with a type that holds the value".into(),
            ExternProblem::KconfigType { .. } => {
                "declare it as bool, enum libbpf_tristate, char, an integer of 2, 4 or 8 bytes, or an array of \
                 char"
                    .into()
            }
            ExternProblem::Undeclared => {
                "put `__ksym` behind its declaration if the kernel has it, or link the object that defines it"
                    .into()
            }
            ExternProblem::NotAFunction => "declare it as a function with `__ksym`".into(),
        })
    }
}
