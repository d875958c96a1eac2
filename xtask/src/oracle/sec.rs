//! Names of sections: what our table makes of each name that we or libbpf know, and of names that are nearly one.

use std::collections::BTreeSet;
use std::path::Path;

use bpf_elf::sec_name;

use super::facts::SecMeaning;
use super::peer::Libbpf;
use super::tally::{Differs, Tally};
use crate::error::Error;

/// What comes after a name of a table, and makes it another name or the same with a target.
const ENDINGS: [&str; 6] = ["", "/", "/target", "/target/more", ".s", "x"];
/// What comes before one. Of `?` libbpf's objects know, its table does not.
const BEGINNINGS: [&str; 2] = ["", "x"];

/// Asks both.
pub(crate) fn compare(tally: &mut Tally, libbpf: &Libbpf, scratch: &Path) -> Result<(), Error> {
    let theirs = libbpf.sections(&[], scratch)?.names;
    tally.went_into(THEIRS, theirs.len());
    let theirs = theirs.iter().map(|name| name.trim_end_matches(['/', '+']).to_owned());
    let known: BTreeSet<String> = sec_name::names().map(str::to_owned).chain(theirs).collect();
    let names: Vec<String> = known.iter().flat_map(|name| variations(name)).collect();
    let answers = libbpf.sections(&names, scratch)?;
    for (name, theirs) in names.iter().zip(answers.meanings) {
        let ours = meaning(name);
        let differs =
            Differs { field: "meaning", how: format!("ours {}, libbpf {}", text(ours), text(theirs)) };
        tally.compared(name, if ours == theirs { &[] } else { std::slice::from_ref(&differs) });
    }
    Ok(())
}

/// Names that libbpf says it knows.
pub(crate) const THEIRS: &str = "names that libbpf knows";

fn variations(name: &str) -> Vec<String> {
    let with = |beginning: &str| ENDINGS.map(|ending| format!("{beginning}{name}{ending}"));
    BEGINNINGS.iter().flat_map(|beginning| with(beginning)).collect()
}

fn meaning(name: &str) -> Option<SecMeaning> {
    let found = sec_name::parse(name)?;
    let attach_type = found.attach_type.map_or(0, |attach_type| attach_type.0);
    Some(SecMeaning { program_type: found.program_type.0, attach_type })
}

fn text(meaning: Option<SecMeaning>) -> String {
    meaning.map_or("no such name".to_owned(), |SecMeaning { program_type, attach_type }| {
        format!("program type {program_type}, attach type {attach_type}")
    })
}
