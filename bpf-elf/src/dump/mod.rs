//! An object as text: what people read, and what the golden tests compare. Names in place of numbers.

mod map;
mod struct_ops;

use std::fmt::{self, Write as _};

use bpf_btf::core::describe;

use crate::externs::Extern;
use crate::function::Function;
use crate::ids::InsnIndex;
use crate::object_file::ObjectFile;
use crate::program::Program;
use crate::reloc::RelocTarget;

pub(crate) fn object(object: &ObjectFile) -> String {
    let mut out = Dump { object, text: format!("{}-endian BPF object\n", object.endian) };
    // Writing into a string cannot fail.
    let _ = out.object();
    out.text
}

struct Dump<'a> {
    object: &'a ObjectFile,
    text: String,
}

/// One line, indented.
macro_rules! line {
    ($dump:expr, $indent:literal, $($arg:tt)*) => {{
        $dump.text.push_str($indent);
        write!($dump.text, $($arg)*)?;
        $dump.text.push('\n');
    }};
}
use line;

impl Dump<'_> {
    fn object(&mut self) -> fmt::Result {
        let object = self.object;
        match object.license() {
            Some(license) => line!(self, "", "license {license:?}"),
            None => line!(self, "", "no license"),
        }
        if let Some(version) = object.version() {
            line!(self, "", "kernel version {version:#x}");
        }
        if object.btf().is_none() {
            line!(self, "", "no types");
        }
        for program in object.programs() {
            if let Some(function) = object.function(program.function) {
                self.program(program, function)?;
            }
        }
        // A callback in .text is a program and can be called all the same; it was listed above.
        let programs = |function: &Function| {
            object.programs().binary_search_by_key(&function.id, |program| program.function).is_ok()
        };
        for function in object.functions().iter().filter(|function| !programs(function)) {
            line!(self, "\n", "subprogram {}", function.name);
            self.function(function)?;
        }
        for map in object.maps() {
            self.map(map)?;
        }
        for found in object.externs() {
            self.declared(found)?;
        }
        Ok(())
    }

    fn program(&mut self, program: &Program, function: &Function) -> fmt::Result {
        line!(self, "\n", "program {}", program.name);
        match &program.def {
            Some(def) => line!(self, "  ", "type {def}"),
            None => line!(self, "  ", "type unknown"),
        }
        if let Some(cookie) = program.def.as_ref().and_then(|def| def.cookie) {
            line!(self, "  ", "by a handler of the user's, {cookie}");
        }
        if program.struct_ops {
            line!(self, "  ", "a struct_ops callback");
        }
        if !program.autoload {
            line!(self, "  ", "loaded only when asked for");
        }
        self.function(function)
    }

    fn function(&mut self, function: &Function) -> fmt::Result {
        let Function { section_name, offset, .. } = function;
        let plural = if function.insns.len() == 1 { "" } else { "s" };
        line!(
            self,
            "  ",
            "section {section_name} + {:#x}, {} instruction{plural}",
            offset.0,
            function.insns.len()
        );
        let hidden = if function.hidden { ", hidden" } else { "" };
        let btf = self.object.btf();
        let prototype = btf.zip(function.type_id).map(|(btf, id)| bpf_btf::dump::declaration(btf, id, ""));
        let prototype = prototype.unwrap_or_else(|| "of unknown type".into());
        line!(self, "  ", "{}{hidden}, {prototype}", function.linkage.name());
        if let Some(line) = self.object.source_line(function, InsnIndex(0)) {
            line!(self, "  ", "from {}:{}", line.file, line.line);
        }
        for callback in &function.exception_callbacks {
            line!(self, "  ", "throws to {callback}");
        }
        for reloc in &function.relocs {
            let target = self.target(function, &reloc.target);
            let insn = function.insns.get(reloc.at.index());
            let calls =
                matches!(reloc.target, RelocTarget::Extern(_)) && insn.is_some_and(|insn| insn.is_call());
            line!(self, "  ", "@{} {}{target}", reloc.at, if calls { "call " } else { "" });
        }
        for core in &function.core {
            let Some(btf) = btf else { continue };
            let access = btf.string(core.record.access).unwrap_or("?");
            let what = describe(btf, &core.record);
            line!(self, "  ", "@{} core {} {what} ({access})", core.insn, core.record.kind);
        }
        Ok(())
    }

    fn target(&self, of: &Function, target: &RelocTarget) -> String {
        let function = |id| self.object.function(id).map_or("?", |function| &function.name);
        let map = |id| self.object.map(id).map_or("?", |map| map.name.as_str());
        match target {
            RelocTarget::Map(id) => format!("map {}", map(*id)),
            RelocTarget::MapValue { map: id, offset } => {
                let place = format!("{} + {offset}", map(*id));
                match self.object.global_at(*id, *offset) {
                    Some((global, 0)) => format!("data {} ({place})", global.name),
                    Some((global, inside)) => format!("data {} + {inside} ({place})", global.name),
                    None => format!("data {place}"),
                }
            }
            RelocTarget::Call(id) => format!("call {}", function(*id)),
            RelocTarget::FunctionPointer(id) => format!("function {}", function(*id)),
            RelocTarget::JumpTable(id) => {
                let Some(table) = of.jump_tables.get(id.index()) else { return "jump table ?".into() };
                let targets: Vec<String> = table.targets.iter().map(|insn| format!("@{insn}")).collect();
                format!("jump table {}: {}", table.name, targets.join(" "))
            }
            RelocTarget::Extern(id) => {
                let found = self.object.extern_by_id(*id);
                format!("extern {}", found.map_or("?", |found| &found.name))
            }
        }
    }

    fn declared(&mut self, found: &Extern) -> fmt::Result {
        let weak = if found.weak { "weak extern" } else { "extern" };
        let section = found.section.as_deref().map_or(String::new(), |section| format!(" in {section}"));
        let declared = self.object.btf().zip(found.type_id);
        let declared = declared.map(|(btf, id)| bpf_btf::dump::declaration(btf, id, ""));
        let declared = declared.unwrap_or_else(|| "of unknown type".into());
        line!(self, "\n", "{weak} {}{section}: {declared}", found.name);
        Ok(())
    }
}
