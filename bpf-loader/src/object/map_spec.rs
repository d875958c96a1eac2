//! A map before it exists: its definition in the file, and what the user says instead.

use bpf_elf::{MapDef, MapId, MapKind};

/// A map as it will be planned.
#[derive(Clone, Debug)]
pub struct MapSpec {
    def: MapDef,
    contents: Option<Vec<u8>>,
}

impl MapSpec {
    pub(crate) fn new(def: &MapDef) -> Self {
        let contents = match &def.kind {
            MapKind::Data(section) => Some(section.bytes.clone()),
            _ => def.globals.as_ref().map(|globals| globals.bytes.clone()),
        };
        Self { def: def.clone(), contents }
    }

    /// Its id: the same on the object, its plans and what is loaded from them.
    #[must_use]
    pub fn id(&self) -> MapId {
        self.def.id
    }

    /// Its name: the variable's, or the section's for a data section.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.def.name
    }

    /// Its definition, edits included.
    #[must_use]
    pub fn def(&self) -> &MapDef {
        &self.def
    }

    /// What a data section, or the variables of an arena, hold before anything runs; `None` for other maps.
    #[must_use]
    pub fn contents(&self) -> Option<&[u8]> {
        self.contents.as_deref()
    }

    pub(crate) fn contents_mut(&mut self) -> Option<&mut [u8]> {
        self.contents.as_deref_mut()
    }

    /// Changes how many entries it can hold.
    pub fn set_max_entries(&mut self, max_entries: u32) -> &mut Self {
        self.def.max_entries = max_entries;
        self
    }

    /// Creates it, or leaves it out; a program that uses a map that was left out cannot be planned.
    pub fn set_autocreate(&mut self, autocreate: bool) -> &mut Self {
        self.def.autocreate = autocreate;
        self
    }
}
