//! `bpf doctor`: what this machine and this process allow, and what is left in the kernel.

mod leftovers;
mod report;

use bpf_loader::Kernel;
use bpf_loader::doctor::{Facts, examine};

use crate::args::Doctor;
use crate::cmd::Outcome;
use crate::out::Out;

pub(crate) fn run(args: &Doctor, out: &Out) -> Outcome {
    if args.leftovers {
        return leftovers::run(args.remove.as_deref(), &Kernel::running(), out);
    }
    let facts = Facts::read();
    let findings = examine(&facts);
    out.result(|| report::text(&facts, &findings, args.verbose), || report::json(&facts, &findings));
    if !report::is_well(&findings) {
        out.set_differs();
    }
    Ok(())
}
