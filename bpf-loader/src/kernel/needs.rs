//! What of a kernel's types an object's plan rests on, so that a kernel can be cut down to it.

use std::collections::HashMap;

use bpf_btf::core::{Candidates, needs as core_needs};
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

/// What shows the kernel's features.
fn features(btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
    Feature::all().try_for_each(|feature| feature.keep(btf, keep))
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
    let mut candidates = HashMap::new();
    for reloc in object.file().functions().iter().flat_map(|function| &function.core) {
        let root = reloc.record.type_id;
        let found = candidates.entry(root).or_insert_with(|| Candidates::find(local, root, &[btf]).ok());
        if let Some(found) = found {
            let _ = core_needs(local, &reloc.record, found, keep);
        }
    }
    Ok(())
}
