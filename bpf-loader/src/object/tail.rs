//! The array at the end of a data section, which can be given another length before loading.

use bpf_btf::layout::{size_of, strip_modifiers};
use bpf_btf::{Btf, SectionVar, TypeError, TypeId, VarLinkage};

/// The last variable of a data section, an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// Its place among the variables of the section's `DATASEC`.
    pub(crate) index: usize,
    /// Its entry there.
    pub(crate) var: SectionVar,
    pub(crate) linkage: VarLinkage,
    /// The type of an element, and its bytes.
    pub(crate) element: TypeId,
    pub(crate) element_size: u32,
    /// The type that the array is indexed with.
    pub(crate) index_type: TypeId,
}

impl Tail {
    /// What a `DATASEC` ends with, if that is an array.
    pub(crate) fn of(btf: &Btf, datasec: TypeId) -> Result<Option<Self>, TypeError> {
        let last = btf.get(datasec)?.section_vars().enumerate().max_by_key(|(_, var)| var.offset);
        let Some((index, var)) = last else { return Ok(None) };
        let variable = btf.get(var.type_id)?;
        let (Some(target), Some(linkage)) = (variable.target(), variable.var_linkage()) else {
            return Ok(None);
        };
        let Some(array) = strip_modifiers(btf, target)?.array() else { return Ok(None) };
        let element_size = size_of(btf, array.element)?;
        let found =
            Self { index, var, linkage, element: array.element, element_size, index_type: array.index };
        Ok(Some(found).filter(|_| element_size != 0))
    }

    /// How many elements it has in a section of that many bytes; `None` where they do not fill it.
    pub(crate) fn elements(&self, section: u32) -> Option<u32> {
        let bytes = section.checked_sub(self.var.offset)?;
        bytes.is_multiple_of(self.element_size).then(|| bytes / self.element_size)
    }
}
