//! What kernels differ in and plans depend on, as a table: since when, and which BTF shows it.

use bpf_btf::minimize::Keep;
use bpf_btf::{Btf, Kind, TypeError};
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
    /// A struct_ops map may be attached through a link.
    StructOpsLink,
    /// `bpf_struct_ops_*` of modules.
    StructOpsModule,
    /// System calls are functions named after the architecture that take all arguments in a struct: `__x64_sys_bpf`.
    SyscallWrapper,
    /// Programs can ask for the number that they were attached with (`bpf_get_attach_cookie`).
    AttachCookie,
}

/// What in a kernel's BTF shows a feature.
enum Evidence {
    /// A struct, by name.
    Struct(&'static str),
    /// A member of a struct.
    Member(&'static str, &'static str),
    /// A value of an enumeration.
    Enumerator(&'static str, &'static str),
    /// A function of any of these names.
    Function(&'static [&'static str]),
}

/// The system call bpf(2) as functions with wrappers are named on each architecture.
const WRAPPED: &[&str] =
    &["__x64_sys_bpf", "__arm64_sys_bpf", "__s390x_sys_bpf", "__riscv_sys_bpf", "__ia32_sys_bpf"];

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

// Where the evidence is defined: include/linux/bpf.h and kernel/bpf/bpf_struct_ops.c.
static ROWS: &[Row] = &[
    row(Feature::Names, "names of maps and programs", 4, 15, Evidence::Member("bpf_prog_aux", "name")),
    row(
        Feature::ExpectedAttachType,
        "expected_attach_type",
        4,
        17,
        Evidence::Member("bpf_prog", "expected_attach_type"),
    ),
    row(Feature::SyscallWrapper, "wrapped system calls", 4, 17, Evidence::Function(WRAPPED)),
    row(Feature::Btf, "BTF with functions and lines", 5, 0, Evidence::Member("bpf_prog_aux", "func_info")),
    row(Feature::GlobalData, "global data", 5, 2, Evidence::Member("bpf_map_ops", "map_direct_value_addr")),
    row(Feature::ArrayMmap, "memory-mapped arrays", 5, 5, Evidence::Member("bpf_map_ops", "map_mmap")),
    row(Feature::StructOps, "struct_ops", 5, 6, Evidence::Struct("bpf_struct_ops_map")),
    row(
        Feature::AttachCookie,
        "attach cookies",
        5,
        15,
        Evidence::Enumerator("bpf_func_id", "BPF_FUNC_get_attach_cookie"),
    ),
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

    /// Keeps the types that show this feature in a kernel's BTF.
    pub(crate) fn keep_evidence(self, btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
        let witness = btf.find(WITNESS, Kind::STRUCT);
        witness.into_iter().for_each(|id| keep.layout(id));
        match self.row().map(|row| &row.evidence) {
            Some(Evidence::Struct(name)) => {
                btf.find(name, Kind::STRUCT).into_iter().for_each(|id| keep.layout(id));
            }
            Some(Evidence::Member(name, member)) => {
                if let Some(id) = btf.find(name, Kind::STRUCT) {
                    keep.layout(id);
                    keep.member(btf, id, member)?;
                }
            }
            Some(Evidence::Enumerator(name, value)) => {
                if let Some(id) = btf.find_where(name, Kind::is_enum) {
                    keep.layout(id);
                    let values = btf.get(id)?.enumerators().zip(0..);
                    let found = values.filter(|(one, _)| one.name() == Ok(value)).map(|(_, index)| index);
                    found.for_each(|index| keep.element(id, index));
                }
            }
            Some(Evidence::Function(names)) => {
                let found = names.iter().filter_map(|name| btf.find(name, Kind::FUNC));
                found.for_each(|id| keep.layout(id));
            }
            None => {}
        }
        Ok(())
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
            Evidence::Enumerator(name, value) => {
                match btf.find_where(name, Kind::is_enum).and_then(|id| btf.get(id).ok()) {
                    Some(found) if found.enumerators().any(|one| one.name() == Ok(value)) => Answer::Yes,
                    Some(_) => Answer::No,
                    None => Answer::Unknown,
                }
            }
            Evidence::Function(names) => {
                if names.iter().any(|name| btf.find(name, Kind::FUNC).is_some()) {
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
        assert_eq!(Feature::all().count(), 10);
    }
}
