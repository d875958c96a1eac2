#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod any;
mod data;
mod dump;
mod error;
mod externs;
mod file;
mod function;
mod ids;
mod map_def;
mod object_file;
mod open;
mod program;
mod reloc;
pub mod sec_name;
mod section;
mod slots;
mod struct_ops;
mod types;

pub use any::{btf_section, section};
pub use data::{DataPointer, DataSection, Global};
pub use error::{
    ElfError, FunctionError, FunctionProblem, MapError, MapProblem, RelocError, RelocProblem, StructOpsError,
    StructOpsProblem,
};
pub use externs::{Extern, ExternKind, KconfigType};
pub use function::{CoreReloc, Function, Line, Linkage};
pub use ids::{
    ByteOffset, ExternId, FunctionId, GlobalId, InsnIndex, MapId, ProgramId, SectionIndex, StructOpsId,
};
pub use map_def::{MapDef, MapKind, SlotTarget};
pub use object_file::{ObjectFile, SourceLine};
pub use program::Program;
pub use reloc::{InsnReloc, RelocTarget};
pub use sec_name::{SecDef, TargetKind};
pub use section::{DataKind, Section, SectionKind};
pub use struct_ops::StructOpsVar;
