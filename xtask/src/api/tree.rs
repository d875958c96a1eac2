//! A crate as a tree of modules with their items, macros expanded.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use syn::{Attribute, Item};

use super::expand::expand;
use super::print::text;

/// How deep macros make macros.
const DEPTH: usize = 8;

/// Which module: 0 is the crate's root.
pub(super) type ModuleId = usize;

pub(super) struct Module {
    /// `bpf_btf::layout`.
    pub(super) path: String,
    pub(super) parent: ModuleId,
    pub(super) items: Vec<Item>,
    /// Modules in this one, by name.
    pub(super) children: HashMap<String, ModuleId>,
}

pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
}

/// Where files of the modules in a file are.
struct Home {
    folder: PathBuf,
}

impl Tree {
    /// Reads a crate from its root file. Tests are left out.
    pub(super) fn read(name: &str, file: &Path) -> Result<Self, String> {
        let mut tree = Self { modules: Vec::new() };
        let items = items(file)?;
        let folder = file.parent().unwrap_or(file).to_path_buf();
        tree.module(name, 0, items, &Home { folder })?;
        tree.expand_all()?;
        Ok(tree)
    }

    fn module(
        &mut self,
        path: &str,
        parent: ModuleId,
        items: Vec<Item>,
        home: &Home,
    ) -> Result<ModuleId, String> {
        let id = self.modules.len();
        let items: Vec<Item> = items.into_iter().filter(|item| !is_test(attributes(item))).collect();
        self.modules.push(Module {
            path: path.to_owned(),
            parent,
            items: items.clone(),
            children: HashMap::new(),
        });
        for item in items {
            let Item::Mod(found) = item else { continue };
            let name = found.ident.to_string();
            let below = Home { folder: home.folder.join(&name) };
            let (inner, below) = match found.content {
                Some((_, inner)) => (inner, below),
                None => file_of(&found.attrs, &home.folder, &name)
                    .and_then(|(file, below)| Ok((self::items(&file)?, below)))?,
            };
            let child = self.module(&format!("{path}::{name}"), id, inner, &below)?;
            self.modules[id].children.insert(name, child);
        }
        Ok(id)
    }

    /// Puts what macros make in the place of their invocations.
    fn expand_all(&mut self) -> Result<(), String> {
        for id in 0..self.modules.len() {
            for _ in 0..DEPTH {
                let mut again = false;
                let mut items = Vec::new();
                for item in self.modules[id].items.clone() {
                    match item {
                        Item::Macro(found) if found.ident.is_none() => {
                            again = true;
                            items.extend(self.expanded(id, &found.mac)?);
                        }
                        other => items.push(other),
                    }
                }
                items.retain(|item| !is_test(attributes(item)));
                self.modules[id].items = items;
                if !again {
                    break;
                }
            }
            if self.modules[id]
                .items
                .iter()
                .any(|item| matches!(item, Item::Macro(found) if found.ident.is_none()))
            {
                return Err(format!("macros in {} make macros without end", self.modules[id].path));
            }
        }
        Ok(())
    }

    fn expanded(&self, id: ModuleId, invoked: &syn::Macro) -> Result<Vec<Item>, String> {
        let name = invoked.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let failed = |why: String| format!("{name}! in {}: {why}", self.modules[id].path);
        let definition =
            self.definition(id, &name).ok_or_else(|| failed("it is not defined in this crate".to_owned()))?;
        let made = expand(definition, invoked.tokens.clone()).map_err(&failed)?;
        let made = syn::parse2::<syn::File>(made).map_err(|error| failed(error.to_string()))?;
        if made.items.iter().any(|item| matches!(item, Item::Mod(_))) {
            return Err(failed("it makes a module, which is not looked into".to_owned()));
        }
        Ok(made.items)
    }

    /// The macro of that name: of the module, of one around it, or the only one in the crate.
    fn definition(&self, id: ModuleId, name: &str) -> Option<TokenStream> {
        let own = |id: ModuleId| {
            self.modules[id].items.iter().find_map(|item| match item {
                Item::Macro(found) if found.ident.as_ref().is_some_and(|ident| ident == name) => {
                    Some(found.mac.tokens.clone())
                }
                _ => None,
            })
        };
        let mut at = id;
        loop {
            if let Some(found) = own(at) {
                return Some(found);
            }
            if at == 0 {
                break;
            }
            at = self.modules[at].parent;
        }
        let mut all = (0..self.modules.len()).filter_map(own);
        all.next().filter(|_| all.next().is_none())
    }
}

fn items(file: &Path) -> Result<Vec<Item>, String> {
    let source = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let parsed = syn::parse_file(&source).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(parsed.items)
}

/// The file of `mod NAME;`, and where files of modules in it are.
fn file_of(attrs: &[Attribute], folder: &Path, name: &str) -> Result<(PathBuf, Home), String> {
    if attrs.iter().any(|attr| attr.path().is_ident("path")) {
        return Err(format!("module {name} has its file elsewhere, which is not understood"));
    }
    let below = Home { folder: folder.join(name) };
    let candidates = [folder.join(format!("{name}.rs")), below.folder.join("mod.rs")];
    let file = candidates.into_iter().find(|file| file.is_file());
    file.map(|file| (file, below)).ok_or_else(|| format!("module {name} has no file in {}", folder.display()))
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| matches!(text(attr).as_str(), "#[cfg(test)]" | "#[cfg(doctest)]"))
}

/// The attributes of an item that can have any of those that matter here.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(found) => &found.attrs,
        Item::Enum(found) => &found.attrs,
        Item::Fn(found) => &found.attrs,
        Item::Impl(found) => &found.attrs,
        Item::Macro(found) => &found.attrs,
        Item::Mod(found) => &found.attrs,
        Item::Static(found) => &found.attrs,
        Item::Struct(found) => &found.attrs,
        Item::Trait(found) => &found.attrs,
        Item::Type(found) => &found.attrs,
        Item::Union(found) => &found.attrs,
        Item::Use(found) => &found.attrs,
        _ => &[],
    }
}
