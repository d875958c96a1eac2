//! Which items are public, by which path, and what is implemented for them.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;
use syn::{ImplItem, Item, ItemImpl, Visibility};

use super::items::{self, condition};
use super::print::text;
use super::resolve::{Found, defines, imports, is_public};
use super::tree::{ModuleId, Tree, attributes};

/// The public paths of what is public, and lines about what is not the crate's own.
#[derive(Default)]
struct Names {
    paths: BTreeMap<Found, BTreeSet<String>>,
    lines: BTreeSet<String>,
}

/// A line for every public item of a crate.
pub(super) fn of(tree: &Tree) -> Result<BTreeSet<String>, String> {
    let mut names = Names::default();
    reach(tree, 0, &tree.modules[0].path, &mut names, &mut Vec::new());
    let mut out = std::mem::take(&mut names.lines);
    for (found, paths) in &names.paths {
        let path = names.path(tree, found).unwrap_or_default();
        let others = paths.iter().filter(|other| **other != path);
        out.extend(others.map(|other| format!("pub use {path} as {other}")));
        match found {
            Found::Module(_) => {
                out.insert(format!("pub mod {path}"));
            }
            Found::Item(module, name) => {
                let mut defined = false;
                for item in
                    tree.modules[*module].items.iter().filter(|item| defines(item).as_ref() == Some(name))
                {
                    out.extend(items::lines(item, &path));
                    defined = true;
                }
                if !defined {
                    return Err(format!("{path} is defined nowhere"));
                }
            }
            Found::Elsewhere => {}
        }
    }
    for (id, module) in tree.modules.iter().enumerate() {
        for item in &module.items {
            if let Item::Impl(found) = item {
                out.extend(implemented(tree, id, found, &names));
            }
        }
    }
    Ok(out)
}

impl Names {
    /// The one path that an item is listed by: where it is defined if that is public, else the shortest.
    fn path(&self, tree: &Tree, found: &Found) -> Option<String> {
        let paths = self.paths.get(found)?;
        let own = match found {
            Found::Module(module) => tree.modules[*module].path.clone(),
            Found::Item(module, name) => format!("{}::{name}", tree.modules[*module].path),
            Found::Elsewhere => return None,
        };
        if paths.contains(&own) {
            return Some(own);
        }
        paths.iter().min_by_key(|path| (path.matches("::").count(), *path)).cloned()
    }
}

/// Notes what is public in a module that is itself public by that path.
fn reach(tree: &Tree, id: ModuleId, path: &str, names: &mut Names, open: &mut Vec<ModuleId>) {
    if open.contains(&id) {
        return;
    }
    open.push(id);
    for item in &tree.modules[id].items {
        let attrs = attributes(item);
        if attrs.iter().any(|attr| text(attr) == "#[doc(hidden)]") {
            continue;
        }
        match item {
            Item::Mod(found) if is_public(item) => {
                let name = found.ident.to_string();
                let inner = format!("{path}::{name}");
                let child = tree.modules[id].children[&name];
                names.lines.extend(condition(attrs).map(|condition| format!("{condition} pub mod {inner}")));
                note(tree, &Found::Module(child), &inner, names, open);
            }
            Item::Use(found) => {
                for import in imports(found).into_iter().filter(|import| import.public) {
                    let target = tree.resolve(id, &import.path);
                    let source = import.path.join("::");
                    match (import.name.as_str(), target) {
                        ("*", Found::Module(other)) => reach(tree, other, path, names, open),
                        (name, Found::Elsewhere) => {
                            names.lines.insert(format!("pub use {source} as {path}::{name}"));
                        }
                        (name, target) => {
                            let inner = format!("{path}::{name}");
                            let cfg =
                                condition(attrs).map(|condition| format!("{condition} pub use {inner}"));
                            names.lines.extend(cfg);
                            note(tree, &target, &inner, names, open);
                        }
                    }
                }
            }
            Item::Macro(found) if attrs.iter().any(|attr| attr.path().is_ident("macro_export")) => {
                let name = found.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                names.lines.insert(format!("pub macro {}::{name}!", tree.modules[0].path));
            }
            _ if is_public(item) => {
                if let Some(name) = defines(item) {
                    let inner = format!("{path}::{name}");
                    names.paths.entry(Found::Item(id, name)).or_default().insert(inner);
                }
            }
            _ => {}
        }
    }
    open.pop();
}

fn note(tree: &Tree, found: &Found, path: &str, names: &mut Names, open: &mut Vec<ModuleId>) {
    let known = names.paths.entry(found.clone()).or_default();
    known.insert(path.to_owned());
    if let Found::Module(module) = *found {
        // What is in a module with two names is listed once: by where the module is, or by its first name.
        let first = known.len() == 1 || tree.modules[module].path == path;
        if first {
            reach(tree, module, path, names, open);
        }
    }
}

/// What an `impl` adds to what is public.
fn implemented(tree: &Tree, id: ModuleId, found: &ItemImpl, names: &Names) -> Vec<String> {
    // Every type and trait of the crate that it speaks of must be public, and there must be one.
    let mut mentioned = Mentioned(Vec::new());
    mentioned.visit_type(&found.self_ty);
    found.trait_.iter().for_each(|of| mentioned.visit_path(&of.0));
    let own: Vec<Found> = mentioned
        .0
        .iter()
        .map(|path| tree.resolve(id, path))
        .filter(|found| *found != Found::Elsewhere)
        .collect();
    if own.is_empty() || own.iter().any(|found| !names.paths.contains_key(found)) {
        return Vec::new();
    }
    let cfg = condition(&found.attrs).map(|condition| format!("{condition} ")).unwrap_or_default();
    let (owner, self_type) = by_full_path(tree, id, names, &found.self_ty);
    let generics = text(&found.generics);
    if let Some((of, _)) = &found.trait_ {
        let bounds = found.generics.where_clause.as_ref().map(|bounds| format!(" {}", text(bounds)));
        let of = trait_path(tree, id, names, of);
        return vec![format!("{cfg}impl{generics} {of} for {self_type}{}", bounds.unwrap_or_default())];
    }
    let generics = if generics.is_empty() {
        String::new()
    } else {
        format!(" in impl{generics} {}", text(&found.self_ty))
    };
    let items = found.items.iter().filter_map(|item| member(item, &owner));
    items.map(|line| format!("{cfg}{line}{generics}")).collect()
}

/// The type that an `impl` is for: its path, and as it is written there but for that path.
fn by_full_path(tree: &Tree, id: ModuleId, names: &Names, self_type: &syn::Type) -> (String, String) {
    let written = text(self_type);
    let mut mentioned = Mentioned(Vec::new());
    mentioned.visit_type(self_type);
    let own = mentioned.0.iter().find_map(|path| Some((path, names.path(tree, &tree.resolve(id, path))?)));
    match own {
        Some((path, full)) => {
            let written = written.replacen(&path.join("::"), &full, 1);
            (full, written)
        }
        None => (written.clone(), written),
    }
}

/// A trait of the crate by its full path, another by its name.
fn trait_path(tree: &Tree, id: ModuleId, names: &Names, of: &syn::Path) -> String {
    let path: Vec<String> = of.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let last = of.segments.last().map(text).unwrap_or_default();
    match names.path(tree, &tree.resolve(id, &path)) {
        Some(full) => last.replacen(path.last().map_or("", String::as_str), &full, 1),
        None => last,
    }
}

/// A public function or constant of a type.
fn member(item: &ImplItem, owner: &str) -> Option<String> {
    let public = |vis: &Visibility, attrs: &[syn::Attribute]| {
        matches!(vis, Visibility::Public(_)) && !attrs.iter().any(|attr| text(attr) == "#[doc(hidden)]")
    };
    match item {
        ImplItem::Fn(found) if public(&found.vis, &found.attrs) => Some(items::conditional(
            &found.attrs,
            &format!("pub {}", items::signature(&found.sig, &format!("{owner}::{}", found.sig.ident))),
        )),
        ImplItem::Const(found) if public(&found.vis, &found.attrs) => {
            let line = format!("pub const {owner}::{}: {}", found.ident, text(&found.ty));
            Some(items::conditional(&found.attrs, &line))
        }
        _ => None,
    }
}

/// The paths that a type or trait is written with.
struct Mentioned(Vec<Vec<String>>);

impl<'a> Visit<'a> for Mentioned {
    fn visit_path(&mut self, path: &'a syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}
