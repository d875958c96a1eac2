//! The matrix of `bpf check`, as text and as JSON.

use bpf_loader::Feature;
use bpf_loader::plan::Notice;
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::{Checked, Fate, Problem};

/// How many different problems of an object are shown, unless all are asked for.
const SHOWN: usize = 3;
/// The version of the JSON form.
const VERSION: u32 = 1;

/// A row for each object, a column for each kernel; beneath, what is missing.
pub(super) fn text(checked: &Checked, verbose: bool) -> String {
    let inputs = &checked.inputs;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let kernels = inputs.kernels.iter().map(|kernel| kernel.name.as_str());
    table.set_header(std::iter::once("OBJECT").chain(kernels));
    for (object, fates) in inputs.objects.iter().zip(&checked.fates) {
        table.add_row(std::iter::once(object.name.clone()).chain(fates.iter().map(cell)));
    }
    let mut out = trimmed(&table.to_string());
    for (object, fates) in inputs.objects.iter().zip(&checked.fates) {
        if fates.iter().all(|fate| matches!(fate, Fate::OtherOrder)) {
            let order = object.object.file().endian();
            out += &format!("\n\n{}\n  is {order}-endian, and none of these kernels is", object.name);
            continue;
        }
        let possible = fates.iter().filter(|fate| !matches!(fate, Fate::OtherOrder)).count();
        let found = grouped(checked, fates);
        if !found.is_empty() {
            out += &format!("\n\n{}\n{}", object.name, details(&found, possible, verbose));
        }
    }
    format!("{out}\n\n{}", summary(checked, verbose))
}

/// Without the spaces that fill up lines.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn cell(fate: &Fate) -> String {
    match fate {
        Fate::Resolves(_) => "ok".into(),
        Fate::Missing(problems, _) => format!("{} missing", problems.len()),
        Fate::Unknown(..) => "unknown".into(),
        Fate::OtherOrder => "-".into(),
    }
}

/// Each problem of an object, with the names of the kernels that have it.
fn grouped<'a>(checked: &'a Checked, fates: &'a [Fate]) -> Vec<(&'a Problem, Vec<&'a str>)> {
    let mut found: Vec<(&Problem, Vec<&str>)> = Vec::new();
    for (kernel, fate) in checked.inputs.kernels.iter().zip(fates) {
        for problem in fate.problems() {
            match found.iter_mut().find(|(known, _)| known.is_like(problem)) {
                Some((_, kernels)) if kernels.last() != Some(&kernel.name.as_str()) => {
                    kernels.push(&kernel.name);
                }
                Some(_) => {}
                None => found.push((problem, vec![kernel.name.as_str()])),
            }
        }
    }
    found
}

impl Problem {
    /// Whether it is the same, seen from another kernel: what a kernel has instead may differ.
    fn is_like(&self, other: &Self) -> bool {
        (self.code, &self.message, &self.places) == (other.code, &other.message, &other.places)
    }
}

fn details(found: &[(&Problem, Vec<&str>)], possible: usize, verbose: bool) -> String {
    let shown = if verbose { found.len() } else { SHOWN.min(found.len()) };
    let mut lines = Vec::new();
    for (problem, kernels) in found.iter().take(shown) {
        lines.push(format!("  {}: {}", problem.code, problem.message));
        let on = if kernels.len() == possible && possible > 1 {
            "every kernel".to_owned()
        } else {
            kernels.join(", ")
        };
        lines.push(format!("    on {on}"));
        if !problem.places.is_empty() {
            lines.push(format!("    at {}", problem.places.join(", ")));
        }
        lines.extend(problem.causes.iter().map(|cause| format!("    because: {cause}")));
        lines.extend(problem.help.iter().map(|help| format!("    help: {help}")));
    }
    if found.len() > shown {
        lines.push(format!("  and {} more (--verbose shows them)", found.len() - shown));
    }
    lines.join("\n")
}

fn summary(checked: &Checked, verbose: bool) -> String {
    let all = || checked.fates.iter().flatten();
    let count = |is: fn(&Fate) -> bool| all().filter(|fate| is(fate)).count();
    let resolves = count(|fate| matches!(fate, Fate::Resolves(_)));
    let other = count(|fate| matches!(fate, Fate::OtherOrder));
    let unknown = count(|fate| matches!(fate, Fate::Unknown(..)));
    let mut out = format!("{resolves} of {} resolve", all().count() - other);
    if unknown > 0 {
        out += &format!("; of {unknown} it is not known");
    }
    if other > 0 {
        out += &format!("; {other} left out for the other byte order (-)");
    }
    let passed = &checked.inputs.passed_over;
    if !passed.is_empty() && verbose {
        let names: Vec<String> = passed.iter().map(|file| file.display().to_string()).collect();
        out += &format!("\nno kernels, and passed over: {}", names.join(", "));
    } else if !passed.is_empty() {
        let what = if passed.len() == 1 { "file is no kernel" } else { "files are no kernels" };
        out += &format!("; {} {what}, and passed over", passed.len());
    }
    out
}

/// The form is described in the README.
pub(super) fn json(checked: &Checked) -> Value {
    let inputs = &checked.inputs;
    let kernels = inputs.kernels.iter().map(|input| {
        let machine = input.kernel.machine();
        json!({
            "name": input.name,
            "file": input.file.as_ref().map(|file| file.display().to_string()),
            "release": machine.release,
            "architecture": machine.architecture,
            "endian": machine.endian.name(),
        })
    });
    let objects = inputs.objects.iter().zip(&checked.fates).map(|(input, fates)| {
        let fates = inputs.kernels.iter().zip(fates);
        json!({
            "name": input.name,
            "file": input.file.display().to_string(),
            "endian": input.object.file().endian().name(),
            "kernels": fates.map(|(kernel, fate)| fate_json(&kernel.name, fate)).collect::<Vec<_>>(),
        })
    });
    json!({
        "version": VERSION,
        "resolves": checked.resolves(),
        "kernels": kernels.collect::<Vec<_>>(),
        "objects": objects.collect::<Vec<_>>(),
        "passed_over": inputs.passed_over.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
    })
}

fn fate_json(kernel: &str, fate: &Fate) -> Value {
    let plan = fate.plan();
    let notice = |notice: &Notice| json!({ "code": notice.code(), "message": notice.to_string() });
    let problem = |problem: &Problem| {
        json!({
            "code": problem.code,
            "message": problem.message,
            "places": problem.places,
            "causes": problem.causes,
            "help": problem.help,
        })
    };
    json!({
        "kernel": kernel,
        "status": fate.name(),
        "problems": fate.problems().iter().map(problem).collect::<Vec<_>>(),
        "assumes": plan.map(|plan| {
            plan.assumptions().map(|(feature, _)| Feature::name(feature)).collect::<Vec<_>>()
        }),
        "notices": plan.map(|plan| plan.notices().iter().map(notice).collect::<Vec<_>>()),
    })
}
