//! A map as text: every attribute that is set.

use std::fmt::{self, Write as _};

use bpf_btf::{TypeId, VarLinkage, dump};

use super::{Dump, line};
use crate::data::DataSection;
use crate::externs::{ExternKind, KconfigType};
use crate::map_def::{MapDef, MapKind, SlotTarget};

impl<'a> Dump<'a> {
    pub(super) fn map(&mut self, map: &'a MapDef) -> fmt::Result {
        line!(self, "\n", "map {}", map.name);
        if matches!(map.kind, MapKind::Legacy { .. }) {
            line!(self, "  ", "defined in the old way");
        }
        self.attributes("  ", map)?;
        for (slot, target) in &map.slots {
            let target = match target {
                SlotTarget::Map(id) => self.object.map(*id).map(|map| format!("map {}", map.name)),
                SlotTarget::Program(id) => {
                    self.object.program(*id).map(|program| format!("program {}", program.name))
                }
            };
            line!(self, "  ", "[{slot}] = {}", target.unwrap_or_default());
        }
        if let Some(data) = &map.globals {
            self.data(map, data)?;
        }
        match &map.kind {
            MapKind::Data(data) => self.data(map, data),
            MapKind::StructOps(id) => match self.object.struct_ops().iter().find(|var| var.id == *id) {
                Some(var) => self.struct_ops(var),
                None => Ok(()),
            },
            MapKind::Kconfig => self.kconfig(),
            MapKind::Declared { .. } | MapKind::Legacy { .. } => Ok(()),
        }
    }

    /// The values, by their places.
    fn kconfig(&mut self) -> fmt::Result {
        let mut values: Vec<(u32, u32, &str)> = self
            .object
            .externs()
            .iter()
            .filter_map(|found| match found.kind {
                ExternKind::Kconfig { value: KconfigType::Unsupported, .. } => None,
                ExternKind::Kconfig { offset, size, .. } => Some((offset, size, found.name.as_str())),
                _ => None,
            })
            .collect();
        values.sort_unstable();
        for (offset, size, name) in values {
            let bytes = if size == 1 { "byte" } else { "bytes" };
            line!(self, "  ", "+{offset} {name}, {size} {bytes}");
        }
        Ok(())
    }

    fn attributes(&mut self, indent: &str, map: &MapDef) -> fmt::Result {
        let key = self.sized(map.key_size, map.key_type);
        let value = match map.kind {
            MapKind::Data(_) | MapKind::Kconfig => self.sized(map.value_size, None),
            _ => self.sized(map.value_size, map.value_type),
        };
        let MapDef { map_type, max_entries, .. } = map;
        write!(self.text, "{indent}type {map_type}\n{indent}key {key}\n{indent}value {value}\n")?;
        writeln!(self.text, "{indent}max_entries {max_entries}")?;
        if map.flags != 0 {
            writeln!(self.text, "{indent}flags {:#x}", map.flags)?;
        }
        if let Some(node) = map.numa_node {
            writeln!(self.text, "{indent}numa_node {node}")?;
        }
        if map.extra != 0 {
            writeln!(self.text, "{indent}map_extra {:#x}", map.extra)?;
        }
        if map.pin_by_name {
            writeln!(self.text, "{indent}pinned by name")?;
        }
        if !map.autocreate {
            writeln!(self.text, "{indent}created only when asked for")?;
        }
        if let Some(inner) = &map.inner {
            writeln!(self.text, "{indent}of maps like {}", inner.name)?;
            // There is one level: a definition inside has none of its own.
            self.attributes("    ", inner)?;
        }
        Ok(())
    }

    fn sized(&self, size: u32, id: Option<TypeId>) -> String {
        match self.object.btf().zip(id) {
            Some((btf, id)) => format!("{size} bytes, {}", dump::type_name(btf, id)),
            None => format!("{size} bytes"),
        }
    }

    fn data(&mut self, map: &MapDef, data: &DataSection) -> fmt::Result {
        let mmapable = if data.mmapable { ", can be memory-mapped" } else { "" };
        line!(self, "  ", "{} section{mmapable}", data.kind);
        for global in self.object.globals_of(map.id) {
            let declared = self.object.btf().map(|btf| dump::declaration(btf, global.type_id, &global.name));
            let linkage = match global.linkage {
                VarLinkage::Static => "static ",
                _ => "",
            };
            let declared = declared.unwrap_or_default();
            line!(self, "  ", "+{} {linkage}{declared}, {} bytes", global.offset, global.size);
        }
        for pointer in &data.pointers {
            line!(
                self,
                "  ",
                "+{} should hold the address of `{}`, and does not",
                pointer.offset,
                pointer.symbol
            );
        }
        Ok(())
    }
}
