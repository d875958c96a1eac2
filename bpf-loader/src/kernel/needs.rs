//! What of a kernel's types an object's plan rests on, so that a kernel can be cut down to it.

use std::collections::BTreeMap;

use bpf_btf::core::{CandidateSet, Candidates, needs as core_needs};
use bpf_btf::matching::struct_ops::{ValueStruct, all_value_structs, value_struct};
use bpf_btf::minimize::{Keep, minimize_split};
use bpf_btf::{Btf, Kind, TypeError, essential_name};

use crate::kernel::{Feature, Kernel, KernelError};
use crate::object::Object;

/// What a plan of this object looks at in this kernel's types: for all of its programs and struct_ops variables, those
/// included that are not to be loaded. Planned against BTF that was cut to this, the object comes out the same.
///
/// Of modules nothing is in it; [`Kernel::cut_to`] sees to these too.
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
        .and_then(|()| relocations(object, &[btf], &mut keep));
    collected.map(|()| keep).map_err(KernelError::Types)
}

/// What of a module's types a plan rests on: those that the kernel itself has not.
fn module_needs(object: &Object, kernel: &Btf, module: &Btf) -> Result<Keep, TypeError> {
    let mut keep = Keep::new();
    for (_, value) in all_value_structs(module).iter().filter(|_| !object.file().struct_ops().is_empty()) {
        named(module, value, &mut keep)?;
    }
    for var in object.file().struct_ops() {
        let ops = essential_name(&var.type_name);
        if value_struct(kernel, ops).is_none()
            && let Some(value) = value_struct(module, ops)
        {
            keep.whole(module, value.value_type)?;
        }
    }
    relocations(object, &[kernel, module], &mut keep)?;
    Ok(keep)
}

impl Kernel {
    /// This kernel with only as much of its BTF as these objects need, and of its modules only those that they need
    /// anything of: what is known of it otherwise stays. A module whose BTF cannot be used is left out. Plans of
    /// these objects are equal but for the hash of the BTF and ids of types; other objects are told that types or
    /// members are missing which the whole kernel has.
    ///
    /// # Errors
    /// As [`needs`].
    pub fn cut_to<'a>(&self, objects: impl IntoIterator<Item = &'a Object>) -> Result<Self, KernelError> {
        let btf = self.btf()?;
        let modules = self.modules().filter_map(|module| Some((module.name(), module.btf().ok()?)));
        let mut modules: Vec<(&str, (&Btf, Keep))> =
            modules.map(|(name, module)| (name, (module, Keep::new()))).collect();
        let mut keep = Keep::new();
        for object in objects {
            keep.extend(&needs(object, self)?);
            for (_, (module, keep)) in &mut modules {
                keep.extend(&module_needs(object, btf, module).map_err(KernelError::Types)?);
            }
        }
        modules.retain(|(_, (_, keep))| !keep.is_empty());
        let (names, splits): (Vec<&str>, Vec<(&Btf, Keep)>) = modules.into_iter().unzip();
        let (bytes, cut) = minimize_split(btf, &keep, &splits).map_err(KernelError::Types)?;
        // A blob written just now is read back: that fails in no case known.
        let btf = Btf::parse(bytes).map_err(|source| KernelError::Cut { source })?;
        let modules: BTreeMap<String, Vec<u8>> = names.into_iter().map(str::to_owned).zip(cut).collect();
        Ok(self.with_btf(btf, modules))
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
        named(btf, &value, keep)?;
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

/// What tells that a table of that name can be registered.
fn named(btf: &Btf, value: &ValueStruct, keep: &mut Keep) -> Result<(), TypeError> {
    keep.layout(value.struct_type);
    let found = btf.get(value.value_type)?;
    for member in found.members() {
        if bpf_btf::layout::strip_modifiers(btf, member.type_id)?.id() == value.struct_type {
            keep.element(value.value_type, member.index);
        }
    }
    Ok(())
}

/// What relocations look at in the last of the targets. Those that make no sense are left aside: planning says what is
/// wrong with them.
fn relocations(object: &Object, targets: &[&Btf], keep: &mut Keep) -> Result<(), TypeError> {
    let Some(local) = object.file().btf() else { return Ok(()) };
    let relocs = || object.file().functions().iter().flat_map(|function| &function.core);
    let candidates = CandidateSet::find(local, relocs().map(|reloc| reloc.record.type_id), targets);
    let of_last = |found: &&Candidates| match (found.as_slice().first(), targets) {
        (_, [_]) => true,
        (Some(first), [.., last]) => first.btf.first_id() == last.first_id(),
        _ => false,
    };
    for reloc in relocs() {
        let found = candidates.get(reloc.record.type_id).and_then(Result::ok);
        if let Some(found) = found.filter(of_last) {
            let _ = core_needs(local, &reloc.record, found, keep);
        }
    }
    Ok(())
}
