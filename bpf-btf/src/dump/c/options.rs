//! What is printed, and how: the options of a dump in C, and what came of it.

use std::io::{self, Write};

use super::kfuncs;
use super::names::Label;
use super::out::Out;
use super::printer::Printer;
use super::records::Name;
use super::sort;
use crate::btf::Btf;
use crate::error::TypeError;
use crate::types::{StrOffset, TypeId};

/// Prints definitions in C: all of a BTF as a header, or some types with what they need.
///
/// The text is libbpf's, byte for byte, so that a header does not change with the tool that wrote it; around it stand
/// the lines that are asked for. Equal names get a number behind (`___2`), types that are only pointed to a forward
/// declaration, and gaps are said where a compiler would not leave them by itself.
///
/// Where a struct embeds another by its tag alone, as Linux 7.2 does, the text says so too: it is to be compiled with
/// `-fms-extensions`, without which compilers warn and leave those members out. What BTF does not tell is not in the text
/// either: alignment to more than members ask for shows as padding, and of a packed union nothing shows.
///
/// ```no_run
/// use bpf_btf::{Btf, Kind, dump};
///
/// let btf = Btf::parse(std::fs::read("/sys/kernel/btf/vmlinux")?)?;
/// let id = btf.find("list_head", Kind::STRUCT).expect("every kernel has lists");
/// let (text, written) = dump::C::new(&btf).types_text(&[id]);
/// assert_eq!(text, "struct list_head {\n\tstruct list_head *next;\n\tstruct list_head *prev;\n};\n\n");
/// assert!(written.is_whole());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "btf_dump__new")]
#[doc(alias = "vmlinux.h")]
#[derive(Clone, Copy, Debug)]
pub struct C<'a> {
    btf: &'a Btf,
    order: Order,
    guard: Option<&'a str>,
    preserve_access_index: bool,
    kfuncs: bool,
}

/// In which order the types of a whole BTF are printed. What a type needs stands before it in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// By id, as libbpf does, and bpftool up to 7.4.
    #[default]
    Ids,
    /// By sort and name, as bpftool does from 7.5 on: two kernels' headers then differ where the kernels do. What comes
    /// first is printed too, usually an enum without a name: bpftool 7.5 passes over it.
    Names,
}

/// What came of a dump.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Bytes of text.
    pub bytes: u64,
    /// Types that are not in the text, each with the reason: BTF that does not hold together. What refers to one of
    /// them is printed, and will not compile.
    pub left_out: Vec<(TypeId, TypeError)>,
}

impl Written {
    /// Whether nothing was left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left_out.is_empty()
    }
}

impl<'a> C<'a> {
    /// Definitions of that BTF's types, without anything around them.
    #[must_use]
    pub fn new(btf: &'a Btf) -> Self {
        Self { btf, order: Order::Ids, guard: None, preserve_access_index: false, kfuncs: false }
    }

    /// In which order [`Self::write_all`] prints.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// Guards the text against being included twice, by a macro of that name: `__VMLINUX_H__` is the usual one.
    #[must_use]
    pub fn guard(self, name: &'a str) -> Self {
        Self { guard: Some(name), ..self }
    }

    /// Lets clang record how the structs are accessed, so that programs follow the layout of the kernel that loads
    /// them (CO-RE). A program that defines `BPF_NO_PRESERVE_ACCESS_INDEX` does without.
    #[must_use]
    pub fn preserve_access_index(self, yes: bool) -> Self {
        Self { preserve_access_index: yes, ..self }
    }

    /// Lets [`Self::write_all`] declare the kernel's functions for BPF programs, those tagged `bpf_kfunc`, unless a
    /// program defines `BPF_NO_KFUNC_PROTOTYPES`.
    ///
    /// # Kernel
    /// The tags are there from about Linux 6.12 on, where the tools that wrote the kernel's BTF knew them; without tags
    /// nothing is declared.
    #[must_use]
    pub fn kfuncs(self, yes: bool) -> Self {
        Self { kfuncs: yes, ..self }
    }

    /// Writes all types; of split BTF its own, with what they need of the base.
    ///
    /// Text and time are bounded by the size of the BTF. What does not hold together is left out, and told.
    ///
    /// # Errors
    /// What `out` returns.
    pub fn write_all(&self, out: &mut impl Write) -> io::Result<Written> {
        self.whole(&mut Printer::whole(self.btf, Out::to(out)))
    }

    /// Writes those types, in that order, with what they need: definitions of what they contain, forward declarations
    /// of what they point to.
    ///
    /// # Errors
    /// What `out` returns.
    pub fn write_types(&self, ids: &[TypeId], out: &mut impl Write) -> io::Result<Written> {
        self.some(&mut self.printer(ids, Out::to(out)), ids)
    }

    /// [`Self::write_all`] into memory.
    #[must_use]
    pub fn all_text(&self) -> (String, Written) {
        let mut printer = Printer::whole(self.btf, Out::memory(self.btf.bytes().len()));
        let written = self.whole(&mut printer).unwrap_or_default();
        (printer.out.into_text(), written)
    }

    /// [`Self::write_types`] into memory.
    #[must_use]
    pub fn types_text(&self, ids: &[TypeId]) -> (String, Written) {
        let mut printer = self.printer(ids, Out::memory(0));
        let written = self.some(&mut printer, ids).unwrap_or_default();
        (printer.out.into_text(), written)
    }

    /// Whether an anonymous enum stands for itself is known only when all types were looked at.
    fn printer<'o>(&self, ids: &[TypeId], out: Out<'o>) -> Printer<'a, 'o> {
        let anonymous_enum = |id: &TypeId| {
            self.btf.get(*id).is_ok_and(|found| found.kind().is_enum() && found.name_offset() == StrOffset(0))
        };
        if ids.iter().any(anonymous_enum) {
            Printer::whole(self.btf, out)
        } else {
            Printer::sparse(self.btf, out)
        }
    }

    fn whole(&self, printer: &mut Printer<'a, '_>) -> io::Result<Written> {
        self.begin(printer);
        let own = self.btf.first_id().0..=self.btf.last_id().0;
        match self.order {
            Order::Ids => own.into_iter().try_for_each(|id| printer.root(id))?,
            Order::Names => {
                sort::sorted(&mut printer.records, own).into_iter().try_for_each(|id| printer.root(id))?;
            }
        }
        if self.kfuncs {
            kfuncs::write(printer);
        }
        self.end(printer)
    }

    fn some(&self, printer: &mut Printer<'a, '_>, ids: &[TypeId]) -> io::Result<Written> {
        self.begin(printer);
        ids.iter().try_for_each(|id| printer.root(id.0))?;
        self.end(printer)
    }

    fn begin(&self, printer: &mut Printer<'a, '_>) {
        let out = &mut printer.out;
        if let Some(guard) = self.guard {
            for part in ["#ifndef ", guard, "\n#define ", guard, "\n\n"] {
                out.text(part);
            }
        }
        if self.preserve_access_index {
            out.text(
                "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n\
                 #pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n\
                 #endif\n\n",
            );
        }
        if self.kfuncs {
            out.text(kfuncs::MACROS);
        }
    }

    fn end(&self, printer: &mut Printer<'a, '_>) -> io::Result<Written> {
        let out = &mut printer.out;
        if self.preserve_access_index {
            out.text("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n");
        }
        if let Some(guard) = self.guard {
            for part in ["\n#endif /* ", guard, " */\n"] {
                out.text(part);
            }
        }
        let bytes = out.finish()?;
        Ok(Written { bytes, left_out: std::mem::take(&mut printer.left_out) })
    }
}

/// One declaration: of a member, a variable, a parameter.
#[must_use]
pub fn type_decl(btf: &Btf, id: TypeId) -> TypeDecl<'_> {
    TypeDecl { btf, id, name: "", indent: 0, strip_qualifiers: false }
}

/// One declaration, to be printed: see [`type_decl`]. For messages there is [`crate::dump::declaration`], which is short and
/// never fails.
///
/// ```no_run
/// use bpf_btf::{Btf, Kind, dump};
///
/// let btf = Btf::parse(std::fs::read("/sys/kernel/btf/vmlinux")?)?;
/// let id = btf.find("list_head", Kind::STRUCT).expect("every kernel has lists");
/// assert_eq!(dump::type_decl(&btf, id).name("head").text()?, "struct list_head head");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "btf_dump__emit_type_decl")]
#[derive(Clone, Copy, Debug)]
pub struct TypeDecl<'a> {
    btf: &'a Btf,
    id: TypeId,
    name: &'a str,
    indent: u32,
    strip_qualifiers: bool,
}

impl<'a> TypeDecl<'a> {
    /// What is declared; without, the type alone.
    #[doc(alias = "field_name")]
    #[must_use]
    pub fn name(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// How many tabs the declaration will stand behind: lines that follow its first get as many.
    #[doc(alias = "indent_level")]
    #[must_use]
    pub fn indent(self, tabs: u32) -> Self {
        Self { indent: tabs, ..self }
    }

    /// Leaves `const`, `volatile`, `restrict` and type tags out.
    #[doc(alias = "strip_mods")]
    #[must_use]
    pub fn strip_qualifiers(self, yes: bool) -> Self {
        Self { strip_qualifiers: yes, ..self }
    }

    /// The declaration.
    ///
    /// # Errors
    /// [`TypeError`] where the type does not hold together, or its text would be too long.
    pub fn text(&self) -> Result<String, TypeError> {
        let mut printer = Printer::sparse(self.btf, Out::memory(0));
        printer.strip_qualifiers = self.strip_qualifiers;
        printer.decl(self.id.0, Label::of(Name::of(self.name.as_bytes())), self.indent, 0)?;
        Ok(printer.out.into_text())
    }
}
