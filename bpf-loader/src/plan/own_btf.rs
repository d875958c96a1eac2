//! The object's BTF as a kernel takes it: what is declared and defined elsewhere becomes defined, in libbpf's way.

use std::collections::HashMap;

use bpf_btf::build::Patch;
use bpf_btf::{Btf, Kind, Linkage, SectionVar, TypeError, TypeId, VarLinkage};
use bpf_elf::{Extern, ExternKind};

use crate::object::{MapSpec, Object};
use crate::plan::maps::resized_tail;
use crate::plan::{Context, PlanError};

/// What the placeholder of functions in `.ksyms` is called.
const DUMMY: &str = "dummy_ksym";
/// Bytes of a placeholder.
const DUMMY_SIZE: u8 = 4;

/// The object's BTF; changed only where something is declared in it that is defined elsewhere.
pub(crate) fn plan(cx: &mut Context<'_>) -> Option<Btf> {
    let file = cx.object.file();
    let btf = file.btf()?;
    let resized = cx.object.maps().iter().any(|spec| resized_tail(spec).is_some());
    if !resized && !file.externs().iter().any(|found| found.section.is_some()) {
        return Some(btf.clone());
    }
    match defined(cx.object, btf) {
        // A blob that was changed by the rules is read back: that fails in no case known.
        Ok(bytes) => Btf::parse(bytes).ok(),
        Err(source) => {
            cx.errors.push(PlanError::Types { of: cx.object.name().to_owned(), source });
            None
        }
    }
}

fn defined(object: &Object, btf: &Btf) -> Result<Vec<u8>, TypeError> {
    let file = object.file();
    let mut patch = Patch::new(btf);
    object.maps().iter().try_for_each(|spec| resized(spec, btf, &mut patch))?;
    if let Some(section) = btf.find(".ksyms", Kind::DATASEC) {
        symbols(btf, section, &mut patch)?;
    }
    if let Some(section) = btf.find(".kconfig", Kind::DATASEC) {
        values(file.externs(), btf, section, &mut patch)?;
    }
    Ok(patch.finish())
}

/// A data section that was given another size: the array at its end has another length, by a type and a variable of its
/// own, since others may use those that it had.
fn resized(spec: &MapSpec, btf: &Btf, patch: &mut Patch) -> Result<(), TypeError> {
    let (Some(datasec), Some((tail, elements))) = (spec.def().value_type, resized_tail(spec)) else {
        return Ok(());
    };
    let name = btf.get(tail.var.type_id)?.name_offset();
    let array = patch.add_array(tail.element, tail.index_type, elements)?;
    let type_id = patch.add_var(name, array, tail.linkage)?;
    let size = spec.def().value_size;
    let mut vars: Vec<SectionVar> = btf.get(datasec)?.section_vars().collect();
    if let Some(var) = vars.get_mut(tail.index) {
        *var = SectionVar { type_id, size: size.saturating_sub(var.offset), ..*var };
    }
    patch.set_section_vars(datasec, &vars)?;
    patch.set_size(datasec, size)
}

/// Variables become integers, functions become global and a placeholder stands in their section for them.
fn symbols(btf: &Btf, section: TypeId, patch: &mut Patch) -> Result<(), TypeError> {
    let vars: Vec<SectionVar> = btf.get(section)?.section_vars().collect();
    let is_function = |var: &SectionVar| btf.get(var.type_id).map(|found| found.kind() == Kind::FUNC);
    let functions = vars.iter().map(is_function).collect::<Result<Vec<bool>, _>>()?;
    let word = |found: &bpf_btf::Type<'_>| found.int().is_some_and(|int| int.bits == 32);
    let int = match btf.types().find(word) {
        Some(found) => found.id(),
        None => {
            let name = patch.add_string("int")?;
            patch.add_int(name, DUMMY_SIZE)?
        }
    };
    let dummy = if functions.contains(&true) {
        let name = patch.add_string(DUMMY)?;
        Some((name, patch.add_var(name, int, VarLinkage::Global)?))
    } else {
        None
    };
    let mut placed = Vec::with_capacity(vars.len());
    let size = u32::from(DUMMY_SIZE);
    let mut offset = 0_u32;
    for (var, is_function) in vars.iter().zip(functions) {
        let mut type_id = var.type_id;
        match dummy.filter(|_| is_function) {
            Some((name, dummy)) => {
                let proto = btf.get(var.type_id)?.target().unwrap_or_default();
                for (index, param) in btf.get(proto)?.params().enumerate() {
                    // The kernel wants every parameter of a global function to have a name.
                    if param.type_id != TypeId::VOID && param.name()?.is_empty() {
                        patch.set_param_name(proto, index, name)?;
                    }
                }
                patch.set_func_linkage(var.type_id, Linkage::Global)?;
                type_id = dummy;
            }
            None => {
                patch.set_var_linkage(var.type_id, VarLinkage::Global)?;
                patch.set_target(var.type_id, int)?;
            }
        }
        placed.push(SectionVar { type_id, offset, size });
        offset = offset.saturating_add(size);
    }
    patch.set_section_vars(section, &placed)?;
    patch.set_size(section, offset)
}

/// Values stand where they are in their map.
fn values(externs: &[Extern], btf: &Btf, section: TypeId, patch: &mut Patch) -> Result<(), TypeError> {
    let mut placed = Vec::new();
    let mut end = 0;
    // Of several of one type the first.
    let kinds = externs.iter().rev().filter_map(|found| Some((found.type_id?, found.kind)));
    let kinds: HashMap<TypeId, ExternKind> = kinds.collect();
    for var in btf.get(section)?.section_vars() {
        let place = match kinds.get(&var.type_id).copied() {
            Some(ExternKind::Kconfig { offset, size, .. }) => SectionVar { offset, size, ..var },
            _ => var,
        };
        end = end.max(place.offset.saturating_add(place.size));
        patch.set_var_linkage(var.type_id, VarLinkage::Global)?;
        placed.push(place);
    }
    placed.sort_by_key(|var| var.offset);
    patch.set_section_vars(section, &placed)?;
    patch.set_size(section, end)
}
