//! What a path in a module means: an item of the crate, a module of it, or something from elsewhere.

use syn::{Item, UseTree, Visibility};

use super::tree::{ModuleId, Tree};

/// How many `use` lead to each other.
const DEPTH: usize = 32;

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Module(ModuleId),
    /// An item by its module and name.
    Item(ModuleId, String),
    /// Another crate's, or a name that is no item: a type parameter, a primitive type.
    Elsewhere,
}

/// A name that a `use` brings in.
pub(super) struct Import {
    /// The name here; `*` for all.
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) public: bool,
}

pub(super) fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let public = matches!(item.vis, Visibility::Public(_));
    tree(&item.tree, &[], public, &mut found);
    found
}

fn tree(tree_: &UseTree, before: &[String], public: bool, found: &mut Vec<Import>) {
    let with = |name: &dyn ToString| [before, &[name.to_string()]].concat();
    match tree_ {
        UseTree::Path(path) => tree(&path.tree, &with(&path.ident), public, found),
        UseTree::Group(group) => group.items.iter().for_each(|inner| tree(inner, before, public, found)),
        UseTree::Glob(_) => found.push(Import { name: "*".into(), path: before.to_vec(), public }),
        UseTree::Rename(rename) => {
            let path = if rename.ident == "self" { before.to_vec() } else { with(&rename.ident) };
            found.push(Import { name: rename.rename.to_string(), path, public });
        }
        UseTree::Name(name) if name.ident == "self" => {
            found.push(Import {
                name: before.last().cloned().unwrap_or_default(),
                path: before.to_vec(),
                public,
            });
        }
        UseTree::Name(name) => {
            found.push(Import { name: name.ident.to_string(), path: with(&name.ident), public });
        }
    }
}

impl Tree {
    /// What a path means, read in that module.
    pub(super) fn resolve(&self, from: ModuleId, path: &[String]) -> Found {
        self.path(from, path, DEPTH)
    }

    fn path(&self, from: ModuleId, path: &[String], depth: usize) -> Found {
        let Some(depth) = depth.checked_sub(1) else { return Found::Elsewhere };
        let mut at = Found::Module(from);
        for (index, segment) in path.iter().enumerate() {
            let Found::Module(module) = at else {
                // An associated item or a variant belongs to its type.
                return at;
            };
            at = match (segment.as_str(), index) {
                ("crate", 0) => Found::Module(0),
                ("self", _) => at,
                ("super", _) => Found::Module(self.modules[module].parent),
                _ => self.name(module, segment, depth),
            };
            if at == Found::Elsewhere {
                break;
            }
        }
        at
    }

    /// A name in a module: defined there, or brought in.
    fn name(&self, module: ModuleId, name: &str, depth: usize) -> Found {
        if let Some(child) = self.modules[module].children.get(name) {
            return Found::Module(*child);
        }
        if self.modules[module].items.iter().any(|item| defines(item).is_some_and(|defined| defined == name))
        {
            return Found::Item(module, name.to_owned());
        }
        let uses = || {
            self.modules[module].items.iter().filter_map(|item| match item {
                Item::Use(found) => Some(imports(found)),
                _ => None,
            })
        };
        let named = uses().flatten().find(|import| import.name == name);
        if let Some(import) = named {
            // `use bpf_btf as btf` and `use self::x` begin with a crate, or with a name of this module.
            return if import.path.first().is_some_and(|first| first == name) && import.path.len() == 1 {
                Found::Elsewhere
            } else {
                self.path(module, &import.path, depth)
            };
        }
        uses()
            .flatten()
            .filter(|import| import.name == "*")
            .map(|import| self.path(module, &import.path, depth))
            .find_map(|from| {
                let Found::Module(other) = from else { return None };
                if other == module || depth == 0 {
                    return None;
                }
                Some(self.name(other, name, depth - 1)).filter(|found| *found != Found::Elsewhere)
            })
            .unwrap_or(Found::Elsewhere)
    }
}

/// The name that an item gives to something that others can name: no module, no `use`, no `impl`.
pub(super) fn defines(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(found) => found.ident.to_string(),
        Item::Enum(found) => found.ident.to_string(),
        Item::Fn(found) => found.sig.ident.to_string(),
        Item::Static(found) => found.ident.to_string(),
        Item::Struct(found) => found.ident.to_string(),
        Item::Trait(found) => found.ident.to_string(),
        Item::Type(found) => found.ident.to_string(),
        Item::Union(found) => found.ident.to_string(),
        _ => return None,
    })
}

/// Whether all can see it that can see where it stands.
pub(super) fn is_public(item: &Item) -> bool {
    let vis = match item {
        Item::Const(found) => &found.vis,
        Item::Enum(found) => &found.vis,
        Item::Fn(found) => &found.vis,
        Item::Mod(found) => &found.vis,
        Item::Static(found) => &found.vis,
        Item::Struct(found) => &found.vis,
        Item::Trait(found) => &found.vis,
        Item::Type(found) => &found.vis,
        Item::Union(found) => &found.vis,
        _ => return false,
    };
    matches!(vis, Visibility::Public(_))
}
