//! Externs: what an object expects from elsewhere, found in the kernel. libbpf's rules: what is weak may be missing.

use std::collections::HashMap;

use bpf_btf::core::declarations_compatible;
use bpf_btf::layout::strip_modifiers;
use bpf_btf::matching::nearest;
use bpf_btf::{Btf, Kind, TypeError, TypeId, dump, essential_name};
use bpf_elf::{Extern, ExternId, ExternKind, FunctionId, MapId, RelocTarget};

use crate::object::Object;
use crate::plan::{Context, ExternError, ExternProblem, KernelType, Notice, PlanError, Site, kconfig};

/// Something that an object uses and does not define, and what that is in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanExtern {
    /// Its id on the object.
    pub id: ExternId,
    /// Its name on the object.
    pub name: String,
    /// What it is.
    pub value: Value,
}

/// What an extern is in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A value of the configuration: it has been put into a map.
    MapValue {
        /// The map.
        map: MapId,
        /// Where in its value, in bytes.
        offset: u32,
    },
    /// The address of the symbol of that name; it is looked up when loading.
    Symbol,
    /// A variable or a function, by its BTF.
    Type(KernelType),
    /// The kernel does not have it, and it may be missing.
    Missing,
}

/// Where each extern that is used is used first.
pub(crate) type Uses = HashMap<ExternId, Site>;

/// Whether anything that an object declares is to be found in the kernel's types.
pub(crate) fn needs_btf(object: &Object) -> bool {
    object.file().externs().iter().any(|found| match found.kind {
        ExternKind::Variable | ExternKind::Function => true,
        _ => kconfig::needs_btf(found),
    })
}

/// Finds everything that these functions use.
pub(crate) fn plan(cx: &mut Context<'_>, functions: &[FunctionId]) {
    let object = cx.object;
    if object.file().externs().is_empty() {
        return;
    }
    let uses = uses(object, functions);
    kconfig::plan(cx, &uses);
    for found in object.file().externs() {
        let Some(site) = uses.get(&found.id) else { continue };
        let value = match found.kind {
            ExternKind::Kconfig { .. } => continue,
            ExternKind::Symbol => symbol(cx, found),
            ExternKind::Variable => variable(cx, found),
            ExternKind::Function => function(cx, found),
            _ => Err(Some(ExternProblem::Undeclared)),
        };
        match value {
            Ok(value) => {
                cx.externs.insert(found.id, value);
            }
            Err(Some(problem)) => {
                let error = ExternError { name: found.name.clone(), site: site.clone(), problem };
                cx.errors.push(PlanError::Extern(Box::new(error)));
            }
            Err(None) => {}
        }
    }
}

fn uses(object: &Object, functions: &[FunctionId]) -> Uses {
    let mut uses = Uses::new();
    for function in functions.iter().filter_map(|id| object.file().function(*id)) {
        for reloc in &function.relocs {
            if let RelocTarget::Extern(id) = reloc.target {
                uses.entry(id).or_insert_with(|| Site::insn(object, function, reloc.at));
            }
        }
    }
    uses
}

/// `None` for a problem that was reported already.
type Found = Result<Value, Option<ExternProblem>>;

fn symbol(cx: &mut Context<'_>, found: &Extern) -> Found {
    let symbols = match cx.kernel.symbols() {
        Ok(Some(symbols)) => symbols,
        Ok(None) => {
            cx.notices.push(Notice::SymbolUnknown { symbol: found.name.clone() });
            return Ok(Value::Symbol);
        }
        Err(error) => {
            cx.kernel_error(error);
            return Err(None);
        }
    };
    match symbols.find(&found.name) {
        Some(symbol) if symbol.ambiguous => Err(Some(ExternProblem::Ambiguous)),
        Some(_) => Ok(Value::Symbol),
        None if found.weak => Ok(Value::Missing),
        None => {
            let names = || symbols.iter().map(|symbol| symbol.name);
            let nearest = cx.may_suggest().then(|| nearest(&found.name, names())).flatten();
            Err(Some(ExternProblem::Missing { what: "symbol", nearest }))
        }
    }
}

fn variable(cx: &mut Context<'_>, found: &Extern) -> Found {
    let Some((module, btf, id)) = find(cx, &found.name, Kind::VAR)? else {
        return missing(cx, found, "variable", Kind::VAR);
    };
    let target = |btf: &Btf, id| btf.get(id).map(|found| found.target().unwrap_or_default());
    let fits = target(btf, id).and_then(|kernel| {
        let (local, own) = declared(cx.object, found).unwrap_or_default();
        let kernel = strip_modifiers(btf, kernel)?.id();
        local.map_or(Ok(false), |local| {
            declarations_compatible(local, strip_modifiers(local, own)?.id(), btf, kernel)
        })
    });
    if !followed(cx, found, fits)? {
        return Err(Some(differs(cx, found, module, btf, id)));
    }
    // The verifier looks the address up by name; whether it will find it shows beforehand.
    let listed = cx.kernel.symbols().ok().flatten();
    if listed.is_some_and(|symbols| symbols.find(&found.name).is_none()) {
        return if found.weak { Ok(Value::Missing) } else { Err(Some(ExternProblem::NoAddress)) };
    }
    Ok(cx.kernel_type(module, &found.name, id))
}

fn function(cx: &mut Context<'_>, found: &Extern) -> Found {
    let name = essential_name(&found.name);
    let Some((module, btf, id)) = find(cx, name, Kind::FUNC)? else {
        return missing(cx, found, "function", Kind::FUNC);
    };
    let fits = btf.get(id).and_then(|kernel| {
        let kernel = kernel.target().unwrap_or_default();
        let (local, own) = declared(cx.object, found).unwrap_or_default();
        local.map_or(Ok(false), |local| declarations_compatible(local, own, btf, kernel))
    });
    match followed(cx, found, fits)? {
        true => Ok(cx.kernel_type(module, name, id)),
        false if found.weak => Ok(Value::Missing),
        false => Err(Some(differs(cx, found, module, btf, id))),
    }
}

/// The object's BTF, and what its declaration refers to: the type of a variable, the prototype of a function.
fn declared<'a>(object: &'a Object, found: &Extern) -> Option<(Option<&'a Btf>, TypeId)> {
    let btf = object.file().btf()?;
    Some((Some(btf), btf.get(found.type_id?).ok()?.target()?))
}

fn followed(
    cx: &mut Context<'_>,
    found: &Extern,
    fits: Result<bool, TypeError>,
) -> Result<bool, Option<ExternProblem>> {
    fits.map_err(|source| {
        cx.errors.push(PlanError::Types { of: found.name.clone(), source });
        None
    })
}

type Place<'a> = (Option<&'a str>, &'a Btf, TypeId);

/// Something of that name and kind: in the kernel itself, or else in the first module that has it.
fn find<'a>(
    cx: &mut Context<'a>,
    name: &str,
    kind: Kind,
) -> Result<Option<Place<'a>>, Option<ExternProblem>> {
    let kernel = cx.kernel_btf().ok_or(None)?;
    if let Some(id) = kernel.find(name, kind) {
        return Ok(Some((None, kernel, id)));
    }
    let found = cx
        .modules()
        .into_iter()
        .find_map(|(module, btf)| Some((Some(module), btf, btf.find_own(name, kind)?)));
    Ok(found)
}

fn missing(cx: &mut Context<'_>, found: &Extern, what: &'static str, kind: Kind) -> Found {
    if found.weak {
        return Ok(Value::Missing);
    }
    let Some(kernel) = cx.kernel_btf() else { return Err(None) };
    let modules = cx.modules();
    let all = [kernel].into_iter().chain(modules.iter().map(|(_, btf)| *btf));
    let nearest = cx.may_suggest().then(|| nearest_of(&found.name, all, kind)).flatten();
    Err(Some(ExternProblem::Missing { what, nearest }))
}

/// The name of something of that kind that is close.
pub(crate) fn nearest_of<'a>(name: &str, among: impl Iterator<Item = &'a Btf>, kind: Kind) -> Option<String> {
    let names =
        among.flat_map(Btf::types).filter(|found| found.kind() == kind).filter_map(|found| found.name().ok());
    nearest(essential_name(name), names)
}

fn differs(cx: &Context<'_>, found: &Extern, module: Option<&str>, btf: &Btf, id: TypeId) -> ExternProblem {
    ExternProblem::Type {
        local: cx.declaration(found),
        kernel: dump::declaration(btf, id, ""),
        module: module.map(str::to_owned),
    }
}

impl Context<'_> {
    /// How the object declares it.
    pub(crate) fn declaration(&self, found: &Extern) -> String {
        let declared = self.object.file().btf().zip(found.type_id);
        declared.map_or_else(String::new, |(btf, id)| dump::declaration(btf, id, ""))
    }

    fn kernel_type(&mut self, module: Option<&str>, name: &str, id: TypeId) -> Value {
        Value::Type(self.type_of(module, name, id))
    }

    /// A type that the plan rests on from now on.
    pub(crate) fn type_of(&mut self, module: Option<&str>, name: &str, id: TypeId) -> KernelType {
        self.modules.extend(module.map(str::to_owned));
        KernelType { name: name.to_owned(), id, module: module.map(str::to_owned) }
    }
}

/// The number that a call to a function carries which the kernel does not have: libbpf's, so that its users recognise
/// it in a log. It counts the externs as libbpf does: values of the configuration, then all others by name.
pub(crate) fn poison_number(cx: &Context<'_>, id: ExternId) -> i32 {
    let numbers = cx.poison_numbers.get_or_init(|| poison_numbers(cx.object.file().externs()));
    usize::try_from(id.0).ok().and_then(|at| numbers.get(at)).copied().unwrap_or(i32::MAX)
}

fn poison_numbers(externs: &[Extern]) -> Vec<i32> {
    const BASE: usize = 2_002_000_000;
    let is_value = |found: &&Extern| matches!(found.kind, ExternKind::Kconfig { .. });
    let others = externs.iter().filter(|found| !is_value(found));
    let mut names: Vec<&str> = others.map(|found| found.name.as_str()).collect();
    names.sort_unstable();
    let values = externs.len() - names.len();
    let number = |found: &Extern| {
        let before = names.partition_point(|name| *name < found.name.as_str());
        i32::try_from(BASE.saturating_add(values).saturating_add(before)).unwrap_or(i32::MAX)
    };
    externs.iter().map(number).collect()
}
