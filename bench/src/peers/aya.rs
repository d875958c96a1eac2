//! What aya is asked to do, in the calls that its users make.

use ::aya::programs::Program;
use ::aya::{Btf, EbpfLoader};

use crate::case::{Done, immediates};

/// The programs and maps of an object.
pub(crate) fn open(bytes: &[u8]) -> Result<Done, String> {
    let object = aya_obj::Object::parse(bytes).map_err(|error| error.to_string())?;
    Done::new((object.programs.len() as u64, object.maps.len() as u64), object)
}

/// Opens, relocates and loads all programs; how many, and how many maps.
pub(crate) fn load(bytes: &[u8]) -> Result<Done, String> {
    let mut object = EbpfLoader::new().load(bytes).map_err(|error| error.to_string())?;
    let mut loaded = 0;
    for (name, program) in object.programs_mut() {
        match program {
            Program::SocketFilter(filter) => {
                filter.load().map_err(|error| format!("{name}: {error}"))?;
                loaded += 1;
            }
            _ => return Err(format!("{name} is no socket filter")),
        }
    }
    let maps = object.maps().count() as u64;
    Done::new((loaded, maps), object)
}

/// The id of a struct in the running kernel's types.
pub(crate) fn find_struct(name: &str) -> Result<Done, String> {
    let btf = Btf::from_sys_fs().map_err(|error| error.to_string())?;
    let id = btf.id_by_type_name_kind(name, aya_obj::btf::BtfKind::Struct);
    Done::new((id.map_err(|error| error.to_string())?.into(), 0), btf)
}

/// Opens an object and relocates it by the running kernel's types; its instructions and the sum of their immediates.
pub(crate) fn relocate(bytes: &[u8]) -> Result<Done, String> {
    let mut object = aya_obj::Object::parse(bytes).map_err(|error| error.to_string())?;
    let btf = Btf::from_sys_fs().map_err(|error| error.to_string())?;
    object.relocate_btf(&btf).map_err(|error| error.to_string())?;
    let insns = object.functions.values().flat_map(|function| &function.instructions);
    let answer = immediates(insns.map(|insn| insn.imm));
    Done::new(answer, (object, btf))
}
