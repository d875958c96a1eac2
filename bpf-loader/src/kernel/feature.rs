//! What kernels differ in and plans depend on, as a table: since when, and which BTF shows it.

use bpf_btf::{Btf, Kind};
use bpf_sys::uapi::KernelVersion;

/// Whether a kernel has a feature. *Unknown* is an answer of its own: a plan then takes the newest form and lists what
/// it assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It has it.
    Yes,
    /// It does not have it.
    No,
    /// Nothing that was looked at tells.
    Unknown,
}

/// Something that not every kernel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Maps and programs can have names.
    Names,
    /// `expected_attach_type` may be given for program types with a single one.
    ExpectedAttachType,
    /// BTF can be loaded, and told of maps and functions.
    Btf,
    /// Instructions may hold the address of a map's value: global variables.
    GlobalData,
    /// An array map may be mapped into memory.
    ArrayMmap,
    /// `bpf_struct_ops_*`: kernel structs whose callbacks are programs.
    StructOps,
    /// A program may be attached to a perf event through a link, and be given a number there.
    PerfLink,
    /// A struct_ops map may be attached through a link.
    StructOpsLink,
    /// `bpf_struct_ops_*` of modules.
    StructOpsModule,
}

/// What in a kernel's BTF shows a feature.
enum Evidence {
    /// A struct, by name.
    Struct(&'static str),
    /// A member of a struct.
    Member(&'static str, &'static str),
}

/// The struct that holds the running programs, in every kernel with BTF: without it this is not the whole of a kernel's
/// BTF, and what is not there shows nothing.
const WITNESS: &str = "bpf_prog_aux";

struct Row {
    feature: Feature,
    name: &'static str,
    since: KernelVersion,
    evidence: Evidence,
}

const fn row(feature: Feature, name: &'static str, major: u16, minor: u16, evidence: Evidence) -> Row {
    Row { feature, name, since: KernelVersion::new(major, minor), evidence }
}

// Where the evidence is defined: include/linux/bpf.h, kernel/bpf/syscall.c and kernel/bpf/bpf_struct_ops.c.
static ROWS: &[Row] = &[
    row(Feature::Names, "names of maps and programs", 4, 15, Evidence::Member("bpf_prog_aux", "name")),
    row(
        Feature::ExpectedAttachType,
        "expected_attach_type",
        4,
        17,
        Evidence::Member("bpf_prog", "expected_attach_type"),
    ),
    row(Feature::Btf, "BTF with functions and lines", 5, 0, Evidence::Member("bpf_prog_aux", "func_info")),
    row(Feature::GlobalData, "global data", 5, 2, Evidence::Member("bpf_map_ops", "map_direct_value_addr")),
    row(Feature::ArrayMmap, "memory-mapped arrays", 5, 5, Evidence::Member("bpf_map_ops", "map_mmap")),
    row(Feature::StructOps, "struct_ops", 5, 6, Evidence::Struct("bpf_struct_ops_map")),
    row(Feature::PerfLink, "perf event links", 5, 15, Evidence::Struct("bpf_perf_link")),
    row(Feature::StructOpsLink, "struct_ops links", 6, 4, Evidence::Struct("bpf_struct_ops_link")),
    row(Feature::StructOpsModule, "struct_ops of modules", 6, 9, Evidence::Struct("bpf_struct_ops_desc")),
];

impl Feature {
    /// Every feature, oldest first.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.feature)
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.feature == self)
    }

    /// What to call it in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("unnamed feature", |row| row.name)
    }

    /// The first kernel that has it.
    #[must_use]
    pub fn since(self) -> Option<KernelVersion> {
        self.row().map(|row| row.since)
    }

    /// The structs that show this feature in a kernel's BTF, by name, with the member that is looked at if it is only
    /// that.
    pub fn evidence_types(self) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
        let found = self.row().map(|row| match row.evidence {
            Evidence::Struct(name) => (name, None),
            Evidence::Member(name, member) => (name, Some(member)),
        });
        found.into_iter().chain(found.map(|_| (WITNESS, None)))
    }

    /// What a kernel's BTF says. A missing struct member is a *no* only where the struct itself is there.
    pub(crate) fn evidence(self, btf: &Btf) -> Answer {
        let Some(row) = self.row() else { return Answer::Unknown };
        match row.evidence {
            Evidence::Struct(name) => {
                if btf.find(name, Kind::STRUCT).is_some() {
                    Answer::Yes
                } else if btf.find(WITNESS, Kind::STRUCT).is_some() {
                    Answer::No
                } else {
                    Answer::Unknown
                }
            }
            Evidence::Member(name, member) => {
                match btf.find(name, Kind::STRUCT).and_then(|id| btf.get(id).ok()) {
                    Some(found) if has_member(btf, found, member, 4) => Answer::Yes,
                    Some(_) => Answer::No,
                    None => Answer::Unknown,
                }
            }
        }
    }
}

/// Whether a struct has a member of that name, in itself or in its anonymous members.
fn has_member(btf: &Btf, of: bpf_btf::Type<'_>, name: &str, depth: u32) -> bool {
    of.members().any(|member| match member.name() {
        Ok("") => {
            depth > 0 && btf.get(member.type_id).is_ok_and(|inner| has_member(btf, inner, name, depth - 1))
        }
        Ok(found) => found == name,
        Err(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_row_in_order_of_age() {
        assert!(ROWS.is_sorted_by_key(|row| row.since));
        assert!(
            ROWS.iter()
                .enumerate()
                .all(|(at, row)| ROWS[..at].iter().all(|other| other.feature != row.feature))
        );
        assert_eq!(Feature::all().count(), 8);
    }
}
