//! What kernels differ in and plans depend on, as a table: since when, and which BTF shows it.

use std::collections::HashMap;

use bpf_btf::minimize::Keep;
use bpf_btf::{Btf, Kind, Type, TypeError, TypeId};
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
    /// System calls are functions named after the architecture that take all arguments in a struct: `__x64_sys_bpf`.
    SyscallWrapper,
    /// BTF can be loaded, and told of maps and functions.
    Btf,
    /// Instructions may hold the address of a map's value: global variables.
    GlobalData,
    /// BTF may hold variables and sections of them.
    BtfDatasec,
    /// An array map may be mapped into memory.
    ArrayMmap,
    /// Helpers that read either kernel or user memory (`bpf_probe_read_kernel`).
    ProbeReadKernel,
    /// BTF may hold functions that are not static.
    BtfGlobalFunc,
    /// `bpf_struct_ops_*`: kernel structs whose callbacks are programs.
    StructOps,
    /// BTF may hold floating-point numbers.
    BtfFloat,
    /// A program may be attached to a perf event through a link, and be given a number there.
    PerfLink,
    /// Programs can ask for the number that they were attached with (`bpf_get_attach_cookie`).
    AttachCookie,
    /// BTF may hold tags on declarations.
    BtfDeclTag,
    /// BTF may hold tags on types.
    BtfTypeTag,
    /// A program that was loaded for a function or a hook may be given a number where it is attached.
    TracingCookie,
    /// BTF may hold enumerations of 64 bits, and signed ones of 32.
    BtfEnum64,
    /// A struct_ops map may be attached through a link.
    StructOpsLink,
    /// `bpf_struct_ops_*` of modules.
    StructOpsModule,
    /// A parameter of a global function that is tagged `arg:ctx` is the program's context, whatever its type.
    ArgCtxTag,
    /// BTF may hold sections whose names begin with `?`.
    BtfQmarkDatasec,
    /// A program at a raw tracepoint may be given a number there, also one that was loaded for the tracepoint.
    RawTracepointCookie,
    /// A map can be for one program only.
    ExclusiveMaps,
    /// There are maps of instructions (`insn_array`), by which a program can jump.
    InsnArray,
    /// Instructions may hold the address of any byte of a map's value, not only of the first 512 MiB.
    WideOffsets,
}

/// What in a kernel's BTF shows a feature.
enum Evidence {
    /// A struct, by name.
    Struct(&'static str),
    /// A member of a struct.
    Member(&'static str, &'static str),
    /// A value of an enumeration.
    Enumerator(&'static str, &'static str),
    /// A function, by any of these names.
    Function(&'static [&'static str]),
    /// An enumeration of the kernel's own BTF reader.
    BtfEnum(&'static str),
    /// A kind that the kernel's own BTF reader has a number for.
    BtfKind(&'static str),
    /// Nothing does.
    None,
}

/// The system call bpf(2) as functions with wrappers are named on each architecture.
const WRAPPED: &[&str] =
    &["__x64_sys_bpf", "__arm64_sys_bpf", "__s390x_sys_bpf", "__riscv_sys_bpf", "__ia32_sys_bpf"];

/// The struct that holds the running programs, in every kernel with BTF: without it this is not the whole of a kernel's
/// BTF, and what is not there shows nothing.
const WITNESS: &str = "bpf_prog_aux";

/// A function of every kernel that reads BTF and tells of its own functions: where it is not, the reader's other
/// functions are not to be expected either.
const READER: &str = "btf_int_check_meta";

/// What of a kernel's BTF shows a feature, or shows that it lacks it.
#[derive(Clone, Copy)]
enum Shown {
    /// A type of that kind.
    Type(TypeId),
    /// A member or enumerator of it.
    Element(TypeId, u32),
}

/// What was looked up for evidence: several features show in one struct, and each look-up takes long. No name is that of
/// two sorts of evidence.
pub(crate) type LookedUp = HashMap<&'static str, Option<TypeId>>;

/// Finds the first type of a name, of these kinds.
type Find<'f> = &'f mut dyn FnMut(&'static str, fn(Kind) -> bool) -> Option<TypeId>;

/// A name that is looked up, and the sort of what has it.
type Name = (&'static str, fn(Kind) -> bool);

const STRUCT: fn(Kind) -> bool = |kind| kind == Kind::STRUCT;
const FUNC: fn(Kind) -> bool = |kind| kind == Kind::FUNC;

struct Row {
    feature: Feature,
    name: &'static str,
    since: KernelVersion,
    evidence: Evidence,
    /// A kind of BTF: a kernel whose own BTF has one of these, or a newer one, has the feature. Costs no look-up.
    kind: Option<Kind>,
}

const fn row(feature: Feature, name: &'static str, major: u16, minor: u16, evidence: Evidence) -> Row {
    Row { feature, name, since: KernelVersion::new(major, minor), evidence, kind: None }
}

impl Row {
    const fn or_kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    fn is_shown_by_kind(&self, btf: &Btf) -> bool {
        self.kind.is_some_and(|kind| btf.newest_kind() >= kind)
    }
}

// Where the evidence is defined: include/linux/bpf.h, include/linux/trace_events.h, kernel/bpf/syscall.c,
// kernel/bpf/bpf_struct_ops.c and kernel/bpf/btf.c.
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
    row(Feature::BtfDatasec, "BTF with data sections", 5, 2, Evidence::Function(&["btf_datasec_check_meta"]))
        .or_kind(Kind::DATASEC),
    row(Feature::ArrayMmap, "memory-mapped arrays", 5, 5, Evidence::Member("bpf_map_ops", "map_mmap")),
    row(
        Feature::ProbeReadKernel,
        "bpf_probe_read_kernel and its like",
        5,
        5,
        Evidence::Enumerator("bpf_func_id", "BPF_FUNC_probe_read_kernel"),
    ),
    row(Feature::BtfGlobalFunc, "BTF with global functions", 5, 6, Evidence::BtfEnum("btf_func_linkage"))
        .or_kind(Kind::FLOAT),
    row(Feature::StructOps, "struct_ops", 5, 6, Evidence::Struct("bpf_struct_ops_map")),
    row(Feature::BtfFloat, "BTF with floats", 5, 13, Evidence::Function(&["btf_float_check_meta"]))
        .or_kind(Kind::FLOAT),
    row(Feature::PerfLink, "perf event links", 5, 15, Evidence::Struct("bpf_perf_link")),
    row(
        Feature::AttachCookie,
        "attach cookies",
        5,
        15,
        Evidence::Enumerator("bpf_func_id", "BPF_FUNC_get_attach_cookie"),
    ),
    row(
        Feature::BtfDeclTag,
        "BTF with declaration tags",
        5,
        16,
        Evidence::Function(&["btf_decl_tag_check_meta"]),
    )
    .or_kind(Kind::DECL_TAG),
    row(Feature::BtfTypeTag, "BTF with type tags", 5, 17, Evidence::BtfKind("BTF_KIND_TYPE_TAG"))
        .or_kind(Kind::TYPE_TAG),
    row(Feature::TracingCookie, "cookies of tracing programs", 5, 19, Evidence::Struct("bpf_tramp_run_ctx")),
    row(Feature::BtfEnum64, "BTF with 64-bit enums", 6, 0, Evidence::Function(&["btf_enum64_check_meta"]))
        .or_kind(Kind::ENUM64),
    row(Feature::StructOpsLink, "struct_ops links", 6, 4, Evidence::Struct("bpf_struct_ops_link")),
    row(Feature::ArgCtxTag, "parameters tagged as context", 6, 8, Evidence::BtfEnum("btf_arg_tag")),
    row(Feature::StructOpsModule, "struct_ops of modules", 6, 9, Evidence::Struct("bpf_struct_ops_desc")),
    row(Feature::BtfQmarkDatasec, "BTF with ? in section names", 6, 9, Evidence::None),
    row(
        Feature::RawTracepointCookie,
        "cookies at raw tracepoints",
        6,
        10,
        Evidence::Member("bpf_raw_tp_link", "cookie"),
    ),
    row(
        Feature::ExclusiveMaps,
        "maps for one program only",
        6,
        18,
        Evidence::Member("bpf_map", "excl_prog_sha"),
    ),
    row(
        Feature::InsnArray,
        "maps of instructions",
        6,
        19,
        Evidence::Enumerator("bpf_map_type", "BPF_MAP_TYPE_INSN_ARRAY"),
    ),
    row(Feature::WideOffsets, "offsets beyond 512 MiB in map values", 7, 0, Evidence::None),
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

    /// Keeps what [`Self::evidence`] looks at, so that BTF that was cut answers the same. The first of each name counts,
    /// and so stays the first.
    pub(crate) fn keep_evidence(
        self,
        btf: &Btf,
        looked_up: &LookedUp,
        keep: &mut Keep,
    ) -> Result<(), TypeError> {
        let Some(row) = self.row() else { return Ok(()) };
        let find: Find<'_> = &mut |name, _| looked_up.get(name).copied().flatten();
        row.evidence.witness(find).into_iter().for_each(|id| keep.layout(id));
        if let Evidence::Member(name, member) = row.evidence
            && let Some(id) = find(name, STRUCT)
        {
            keep.member(btf, id, member)?;
        }
        match row.evidence.shown(btf, find) {
            Some(Shown::Type(id)) => keep.layout(id),
            Some(Shown::Element(id, index)) => keep.element(id, index),
            None if row.is_shown_by_kind(btf) => {
                let newest = btf.newest_kind();
                let first = btf.types().find(|found| found.kind() == newest);
                first.into_iter().for_each(|found| keep.layout(found.id()));
            }
            None => {}
        }
        Ok(())
    }

    /// What a kernel's BTF says. A missing member or enumerator is a *no* only where the type itself is there, and a
    /// missing type or function only where another is that every such kernel has.
    pub(crate) fn evidence(self, btf: &Btf, looked_up: &mut LookedUp) -> Answer {
        let Some(row) = self.row() else { return Answer::Unknown };
        if row.is_shown_by_kind(btf) {
            return Answer::Yes;
        }
        let find: Find<'_> =
            &mut |name, kind| *looked_up.entry(name).or_insert_with(|| btf.find_where(name, kind));
        if row.evidence.is_shown(btf, find) {
            Answer::Yes
        } else if row.evidence.witness(find).is_some() {
            Answer::No
        } else {
            Answer::Unknown
        }
    }
}

/// All that shows features, looked up in one pass.
pub(crate) fn look_up(btf: &Btf) -> LookedUp {
    let rows = ROWS.iter().flat_map(|row| row.evidence.names());
    let mut wanted: Vec<Name> = rows.chain([(WITNESS, STRUCT), (READER, FUNC)]).collect();
    wanted.sort_unstable_by_key(|(name, _)| *name);
    wanted.dedup_by_key(|(name, _)| *name);
    let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    let found = btf.find_many(&names, |kind| kind == Kind::STRUCT || kind == Kind::FUNC || kind.is_enum());
    let first = |ids: Vec<TypeId>, kind: fn(Kind) -> bool| {
        ids.into_iter().find(|id| btf.get(*id).is_ok_and(|found| kind(found.kind())))
    };
    wanted.into_iter().zip(found).map(|((name, kind), ids)| (name, first(ids, kind))).collect()
}

impl Evidence {
    /// The names that are looked up for it, and the sort of what has them.
    fn names(&self) -> Vec<Name> {
        match *self {
            Self::Struct(name) | Self::Member(name, _) => vec![(name, STRUCT)],
            Self::Function(names) => names.iter().map(|name| (*name, FUNC)).collect(),
            Self::BtfEnum(name) => vec![(name, |kind| kind == Kind::ENUM)],
            Self::Enumerator(name, _) => vec![(name, Kind::is_enum)],
            Self::BtfKind(_) | Self::None => Vec::new(),
        }
    }

    /// What has to be in a kernel's BTF for the lack of the evidence to say anything.
    fn witness(&self, find: Find<'_>) -> Option<TypeId> {
        match *self {
            Self::Struct(_) => find(WITNESS, STRUCT),
            Self::Member(name, _) => find(name, STRUCT),
            Self::Enumerator(name, _) => find(name, Kind::is_enum),
            Self::Function(_) | Self::BtfEnum(_) | Self::BtfKind(_) => find(READER, FUNC),
            Self::None => None,
        }
    }

    fn is_shown(&self, btf: &Btf, find: Find<'_>) -> bool {
        match *self {
            Self::Member(name, member) => {
                let found = find(name, STRUCT).and_then(|id| btf.get(id).ok());
                found.is_some_and(|found| has_member(btf, found, member, 4))
            }
            _ => self.shown(btf, find).is_some(),
        }
    }

    /// Where it is in a kernel's BTF. A member is looked for elsewhere: it may be one of an anonymous struct.
    fn shown(&self, btf: &Btf, find: Find<'_>) -> Option<Shown> {
        match *self {
            Self::Struct(name) => find(name, STRUCT).map(Shown::Type),
            Self::Function(names) => names.iter().find_map(|name| find(name, FUNC)).map(Shown::Type),
            Self::BtfEnum(name) => find(name, |kind| kind == Kind::ENUM).map(Shown::Type),
            Self::Enumerator(name, value) => {
                let found = find(name, Kind::is_enum)?;
                enumerator(btf.get(found).ok()?, value)
            }
            Self::BtfKind(value) => {
                let unnamed = |found: &Type<'_>| found.kind() == Kind::ENUM && found.name() == Ok("");
                btf.types().filter(unnamed).find_map(|found| enumerator(found, value))
            }
            Self::Member(..) | Self::None => None,
        }
    }
}

fn enumerator(of: Type<'_>, name: &str) -> Option<Shown> {
    let index = of.enumerators().position(|value| value.name() == Ok(name))?;
    Some(Shown::Element(of.id(), u32::try_from(index).ok()?))
}

/// Whether a struct has a member of that name, in itself or in its anonymous members.
fn has_member(btf: &Btf, of: Type<'_>, name: &str, depth: u32) -> bool {
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
        assert_eq!(Feature::all().count(), 25);
    }

    /// A kind in a kernel's own BTF shows that it reads this kind and all older ones, whatever names there are.
    #[test]
    fn kinds_are_evidence() {
        use bpf_btf::build::Builder;
        let mut builder = Builder::new(bpf_btf::Endian::Little);
        builder.add_float("double", 8).expect("a float");
        let btf = Btf::parse(builder.finish().expect("a blob")).expect("what was built parses");
        let answers = [Feature::BtfDatasec, Feature::BtfGlobalFunc, Feature::BtfFloat, Feature::BtfDeclTag]
            .map(|feature| feature.evidence(&btf, &mut LookedUp::new()));
        assert_eq!(answers, [Answer::Yes, Answer::Yes, Answer::Yes, Answer::Unknown]);
    }

    /// What was looked up is kept by name alone.
    #[test]
    fn a_name_is_evidence_of_one_sort() {
        let mut sorts = HashMap::from([(WITNESS, "struct"), (READER, "function")]);
        for row in ROWS {
            let (names, sort) = match row.evidence {
                Evidence::Struct(name) | Evidence::Member(name, _) => (vec![name], "struct"),
                Evidence::Enumerator(name, _) => (vec![name], "any enum"),
                Evidence::BtfEnum(name) => (vec![name], "enum"),
                Evidence::Function(names) => (names.to_vec(), "function"),
                Evidence::BtfKind(_) | Evidence::None => continue,
            };
            for name in names {
                assert_eq!(*sorts.entry(name).or_insert(sort), sort, "{name}");
            }
        }
    }
}
