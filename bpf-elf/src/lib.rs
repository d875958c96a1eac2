#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod any;
mod arena;
mod data;
mod dump;
mod error;
mod externs;
mod file;
mod function;
mod ids;
mod jump_table;
mod legacy_map;
mod map_def;
mod names;
mod object_file;
mod open;
mod program;
mod reloc;
mod sec_handler;
pub mod sec_name;
mod section;
mod slots;
mod struct_ops;
mod types;

pub use any::{btf_section, section};
pub use data::{DataPointer, DataSection, Global};
pub use error::{
    CodePlace, ElfError, FunctionError, FunctionProblem, JumpTableProblem, LegacyField, MapError, MapProblem,
    RelocError, RelocProblem, StructOpsError, StructOpsProblem,
};
pub use externs::{Extern, ExternKind, KconfigType};
pub use function::{CoreReloc, Function, Line, Linkage};
pub use ids::{
    ByteOffset, ExternId, FunctionId, GlobalId, InsnIndex, JumpTableId, MapId, ProgramId, SectionIndex,
    StructOpsId,
};
pub use jump_table::JumpTable;
pub use map_def::{MapDef, MapKind, SlotTarget};
pub use object_file::{ObjectFile, SourceLine};
pub use open::ParseOptions;
pub use program::Program;
pub use reloc::{InsnReloc, RelocTarget};
pub use sec_handler::{SecHandler, SecHandlers};
pub use sec_name::{SecDef, TargetKind};
pub use section::{DataKind, Section, SectionKind};
pub use struct_ops::StructOpsVar;
