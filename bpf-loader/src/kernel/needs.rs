//! What of a kernel's types an object's plan rests on, so that a kernel can be cut down to it.

use bpf_btf::core::{CandidateSet, needs as core_needs};
use bpf_btf::matching::struct_ops::{all_value_structs, value_struct};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, Kind, TypeError, essential_name};

use crate::kernel::{Feature, Kernel, KernelError};
use crate::object::Object;

/// What a plan of this object looks at in this kernel's types: for all of its programs and struct_ops variables, those
/// included that are not to be loaded. Planned against BTF that was cut to this, the object comes out the same.
///
/// In it are, whatever the object: the types that show which features the kernel has; and with a struct_ops variable,
/// the names of all that the kernel takes.
///
/// # Errors
/// [`KernelError`]: the kernel has no BTF, or it does not hold together.
pub fn needs(object: &Object, kernel: &Kernel) -> Result<Keep, KernelError> {
    let btf = kernel.btf()?;
    let mut keep = Keep::new();
    let collected = features(btf, &mut keep)
        .and_then(|()| struct_ops(object, btf, &mut keep))
        .and_then(|()| relocations(object, btf, &mut keep));
    collected.map(|()| keep).map_err(KernelError::Types)
}

impl Kernel {
    /// This kernel with only as much of its BTF as these objects need: what is known of it otherwise stays. Plans of
    /// these objects are equal but for the hash of the BTF and ids of types; other objects are told that types or
    /// members are missing which the whole kernel has.
    ///
    /// # Errors
    /// As [`needs`].
    pub fn cut_to<'a>(&self, objects: impl IntoIterator<Item = &'a Object>) -> Result<Self, KernelError> {
        let btf = self.btf()?;
        let mut keep = Keep::new();
        for object in objects {
            keep.extend(&needs(object, self)?);
        }
        let bytes = minimize(btf, &keep).map_err(KernelError::Types)?;
        // A blob written just now is read back: that fails in no case known.
        let btf = Btf::parse(bytes).map_err(|source| KernelError::Cut { source })?;
        Ok(self.with_btf(btf))
    }
}

/// The types that [`Feature::evidence`] looks at. The first of each name counts, so that it must stay the first.
fn features(btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
    let types: Vec<_> = Feature::all().flat_map(Feature::evidence_types).collect();
    let names: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
    let found = btf.find_many(&names, |kind| kind == Kind::STRUCT);
    for ((_, member), ids) in types.into_iter().zip(found) {
        let Some(id) = ids.first().copied() else { continue };
        keep.layout(id);
        if let Some(member) = member {
            keep.member(btf, id, member)?;
        }
    }
    Ok(())
}

fn struct_ops(object: &Object, btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
    let vars = object.file().struct_ops();
    if vars.is_empty() {
        return Ok(());
    }
    if let Some(states) = btf.find_where("bpf_struct_ops_state", Kind::is_enum) {
        keep.elements(states);
    }
    for (_, value) in all_value_structs(btf) {
        keep.layout(value.struct_type);
        let found = btf.get(value.value_type)?;
        for member in found.members() {
            if bpf_btf::layout::strip_modifiers(btf, member.type_id)?.id() == value.struct_type {
                keep.element(value.value_type, member.index);
            }
        }
    }
    for var in vars {
        let ops = essential_name(&var.type_name);
        match value_struct(btf, ops) {
            Some(value) => keep.whole(btf, value.value_type)?,
            None => btf.find(ops, Kind::STRUCT).into_iter().for_each(|id| keep.layout(id)),
        }
    }
    Ok(())
}

/// Relocations that make no sense are left aside: planning says what is wrong with them.
fn relocations(object: &Object, btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
    let Some(local) = object.file().btf() else { return Ok(()) };
    let relocs = || object.file().functions().iter().flat_map(|function| &function.core);
    let candidates = CandidateSet::find(local, relocs().map(|reloc| reloc.record.type_id), &[btf]);
    for reloc in relocs() {
        if let Some(Ok(found)) = candidates.get(reloc.record.type_id) {
            let _ = core_needs(local, &reloc.record, found, keep);
        }
    }
    Ok(())
}
