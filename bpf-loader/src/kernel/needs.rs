//! What of a kernel's types an object's plan rests on, so that a kernel can be cut down to it.

use std::collections::{BTreeMap, BTreeSet};

use bpf_btf::core::{CandidateSet, Candidates, keep_shape, needs as core_needs};
use bpf_btf::matching::nearest;
use bpf_btf::matching::struct_ops::{ValueStruct, all_value_structs, value_struct};
use bpf_btf::minimize::{Keep, minimize, minimize_split};
use bpf_btf::{Btf, Kind, TypeError, essential_name};
use bpf_elf::{Extern, ExternKind};

use crate::kernel::feature::look_up;
use crate::kernel::{Feature, Kernel, KernelError, Symbols, kconfig_values};
use crate::object::Object;
use crate::plan::known_types::keep_listed;
use crate::plan::nearest_of;
use crate::plan::target::Wanted;

/// What a plan of this object looks at in this kernel's types: for all of its programs and struct_ops variables, those
/// included that are not to be loaded. Planned against BTF that was cut to this, the object comes out the same.
///
/// Of modules nothing is in it, and nothing of [other BTF for CO-RE](Kernel::with_core_btf); [`Kernel::cut_to`] sees
/// to these too.
///
/// In it are, whatever the object: the types that show which features the kernel has; and with a struct_ops variable,
/// the names of all that the kernel takes.
///
/// # Errors
/// [`KernelError`]: the kernel has no BTF, or it does not hold together.
pub fn needs(object: &Object, kernel: &Kernel) -> Result<Keep, KernelError> {
    let btf = kernel.btf()?;
    let mut keep = Keep::new();
    keep_listed(object, btf, &mut keep);
    let collected = features(btf, &mut keep)
        .and_then(|()| struct_ops(object, btf, &mut keep))
        .and_then(|()| externs(object, &[btf], &mut keep))
        .and_then(|()| targets(object, &[(None, btf)], &mut keep))
        .and_then(|()| match kernel.core_btf() {
            None => relocations(object, &[btf], &mut keep),
            Some(_) => Ok(()),
        });
    collected.map(|()| keep).map_err(KernelError::Types)
}

/// What of a module's types a plan rests on: those that the kernel itself has not.
fn module_needs(
    object: &Object,
    kernel: &Kernel,
    btf: &Btf,
    name: &str,
    module: &Btf,
) -> Result<Keep, TypeError> {
    let mut keep = Keep::new();
    for (_, value) in all_value_structs(module).iter().filter(|_| !object.file().struct_ops().is_empty()) {
        named(module, value, &mut keep)?;
    }
    for var in object.file().struct_ops() {
        let ops = essential_name(&var.type_name);
        if value_struct(btf, ops).is_none()
            && let Some(value) = value_struct(module, ops)
        {
            keep.whole(module, value.value_type)?;
        }
    }
    externs(object, &[btf, module], &mut keep)?;
    targets(object, &[(None, btf), (Some(name), module)], &mut keep)?;
    if kernel.core_btf().is_none() {
        relocations(object, &[btf, module], &mut keep)?;
    }
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
        let objects: Vec<&Object> = objects.into_iter().collect();
        for object in &objects {
            keep.extend(&needs(object, self)?);
            for (name, (module, keep)) in &mut modules {
                keep.extend(&module_needs(object, self, btf, name, module).map_err(KernelError::Types)?);
            }
        }
        modules.retain(|(_, (_, keep))| !keep.is_empty());
        let (names, splits): (Vec<&str>, Vec<(&Btf, Keep)>) = modules.into_iter().unzip();
        let (bytes, cut) = minimize_split(btf, &keep, &splits).map_err(KernelError::Types)?;
        // A blob written just now is read back: that fails in no case known.
        let btf = Btf::parse(bytes).map_err(|source| KernelError::Cut { source })?;
        let modules: BTreeMap<String, Vec<u8>> = names.into_iter().map(str::to_owned).zip(cut).collect();
        let (kconfig, symbols) = facts(self, &objects)?;
        let cut = self.with(btf, modules, kconfig, symbols);
        match self.core_btf() {
            Some(core) => cut.with_core_btf(cut_core(core, &objects)?),
            None => Ok(cut),
        }
    }
}

/// What of other BTF for CO-RE the relocations of these objects look at.
fn cut_core(core: &Btf, objects: &[&Object]) -> Result<Btf, KernelError> {
    let mut keep = Keep::new();
    let kept = objects.iter().try_for_each(|object| relocations(object, &[core], &mut keep));
    let bytes = kept.and_then(|()| minimize(core, &keep)).map_err(KernelError::Types)?;
    Btf::parse(bytes).map_err(|source| KernelError::Cut { source })
}

/// What shows the kernel's features.
fn features(btf: &Btf, keep: &mut Keep) -> Result<(), TypeError> {
    let looked_up = look_up(btf);
    Feature::all().try_for_each(|feature| feature.keep_evidence(btf, &looked_up, keep))
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

/// Functions and variables that the object uses, in the last of the places to look for them, unless one before has
/// them; where nothing has them, what is suggested instead.
fn externs(object: &Object, places: &[&Btf], keep: &mut Keep) -> Result<(), TypeError> {
    let Some((last, before)) = places.split_last() else { return Ok(()) };
    for found in object.file().externs() {
        let (name, kind) = match found.kind {
            ExternKind::Function => (essential_name(&found.name), Kind::FUNC),
            ExternKind::Variable => (found.name.as_str(), Kind::VAR),
            _ => continue,
        };
        if before.iter().any(|btf| btf.find(name, kind).is_some()) {
            continue;
        }
        match last.find(name, kind) {
            Some(id) => keep_shape(last, id, keep)?,
            None if found.weak => {}
            None => {
                let near =
                    nearest_of(name, [*last].into_iter(), kind).and_then(|name| last.find(&name, kind));
                near.into_iter().for_each(|id| keep.layout(id));
            }
        }
    }
    Ok(())
}

/// What programs are loaded for, in the same way.
fn targets(object: &Object, places: &[(Option<&str>, &Btf)], keep: &mut Keep) -> Result<(), TypeError> {
    let Some(((module, last), before)) = places.split_last() else { return Ok(()) };
    let named = object.programs().iter().flat_map(|spec| {
        let def = spec.def().filter(|def| def.needs_btf_target);
        let attach_type = def.and_then(|def| def.attach_type);
        attach_type.into_iter().flat_map(|found| spec.targets().into_iter().map(move |name| (found, name)))
    });
    for (attach_type, target) in named {
        let wanted = Wanted::new(attach_type, &target);
        if before.iter().any(|(_, btf)| wanted.in_kernel(btf).is_some()) {
            continue;
        }
        let found = match module {
            Some(module) => wanted.in_module(module, last),
            None => wanted.in_kernel(last),
        };
        let found = found.or_else(|| wanted.nearest(last).map(|(id, _)| id).filter(|_| module.is_none()));
        found.into_iter().for_each(|id| keep.layout(id));
    }
    Ok(())
}

/// The lines of the configuration and the symbols that the objects ask for; where one is not there, the one that is
/// suggested instead. What no object asks for is not read.
fn facts(kernel: &Kernel, objects: &[&Object]) -> Result<(Option<String>, Option<Symbols>), KernelError> {
    let externs = || objects.iter().flat_map(|object| object.file().externs());
    let configured = || externs().filter(|found| matches!(found.kind, ExternKind::Kconfig { .. }));
    let addressed =
        || externs().filter(|found| matches!(found.kind, ExternKind::Symbol | ExternKind::Variable));
    let known = match configured().next().map(|_| kernel.kconfig()) {
        Some(Ok(text)) => Some(kconfig_values(text)),
        None | Some(Err(KernelError::NoKconfig { .. })) => None,
        Some(Err(other)) => return Err(other),
    };
    let kconfig = known.map(|known| {
        let names: BTreeSet<&str> = known.keys().copied().collect();
        let kept = near(configured(), &names);
        kept.iter().map(|name| format!("{name}={}\n", known.get(name).copied().unwrap_or_default())).collect()
    });
    let all = if addressed().next().is_none() { None } else { kernel.symbols()? };
    let symbols = all.map(|symbols| {
        let names: BTreeSet<&str> = symbols.iter().map(|symbol| symbol.name).collect();
        let kept = near(addressed(), &names);
        let kept = kept.into_iter().filter_map(|name| symbols.find(name));
        Symbols::of(kept.map(|found| (found.name.to_owned(), 0, found.ambiguous)).collect())
    });
    Ok((kconfig, symbols))
}

/// Of these names those that the externs have, or the nearest to them.
fn near<'a, 'n>(externs: impl Iterator<Item = &'a Extern>, names: &BTreeSet<&'n str>) -> BTreeSet<&'n str> {
    let mut kept = BTreeSet::new();
    for found in externs {
        let same = names.get(found.name.as_str()).copied();
        let close = || {
            let close = nearest(&found.name, names.iter().copied())?;
            names.get(close.as_str()).copied()
        };
        kept.extend(same.or_else(|| if found.weak { None } else { close() }));
    }
    kept
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
