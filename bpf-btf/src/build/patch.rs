//! Changing numbers in a blob without moving anything: sizes, places in data sections, linkage.

use super::blob::header;
use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Linkage, RECORD_HEADER, SectionVar, StrOffset, Type, TypeId, VarLinkage};

/// A copy of a blob's bytes with changes in it.
///
/// No record moves, so ids, string offsets and a `.BTF.ext` beside the blob stay valid. What the compiler leaves open
/// (the size of a data section, where a variable stands in it) is filled in this way before a kernel sees the blob.
/// Of split BTF only the records of the blob itself can be changed, not those of its base.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let blob = *b"\x9f\xeb\x01\x00\x18\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x0c\x00\x00\x00\x03\x00\x00\x00\
/// #    \x01\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00s\x00";
/// use bpf_btf::{Btf, Kind, build::Patch};
///
/// let btf = Btf::parse(blob)?;
/// let id = btf.find("s", Kind::STRUCT).ok_or("no such struct")?;
/// let mut patch = Patch::new(&btf);
/// patch.set_size(id, 24)?;
/// let btf = Btf::parse(patch.finish())?;
/// assert_eq!(btf.get(id)?.size(), Some(24));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Patch {
    pub(super) btf: Btf,
    bytes: Vec<u8>,
    /// Records and strings behind those that are there (`patch_add`).
    pub(super) added_types: Vec<u8>,
    pub(super) added_count: u32,
    pub(super) added_strings: Vec<u8>,
}

impl Patch {
    /// Copies the bytes of a blob, to change the copy.
    #[must_use]
    pub fn new(btf: &Btf) -> Self {
        Self {
            btf: btf.clone(),
            bytes: btf.bytes().to_vec(),
            added_types: Vec::new(),
            added_count: 0,
            added_strings: Vec::new(),
        }
    }

    /// Sets the size, in bytes, of a type that carries one: integer, struct, union, enum, float, data section.
    ///
    /// # Errors
    /// [`TypeError::NoSize`] for a type of another kind, [`TypeError::NoSuchType`] where the blob has no such record.
    pub fn set_size(&mut self, id: TypeId, size: u32) -> Result<(), TypeError> {
        let (found, start) = self.record(id)?;
        if found.size().is_none() {
            return Err(TypeError::NoSize { id, kind: found.kind() });
        }
        self.put(id, start, 8, size)
    }

    /// Sets where the `index`-th variable of a data section stands, and how many bytes it takes.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] where `datasec` is no data section, [`TypeError::NoSuchElement`] where it has fewer
    /// variables, [`TypeError::NoSuchType`] where the blob has no such record.
    pub fn set_section_var(
        &mut self,
        datasec: TypeId,
        index: usize,
        offset: u32,
        size: u32,
    ) -> Result<(), TypeError> {
        let (found, start) = self.record_of(datasec, Kind::DATASEC)?;
        let count = found.section_vars().len();
        let at = index.checked_mul(12).and_then(|at| at.checked_add(RECORD_HEADER)).filter(|_| index < count);
        let at = at.ok_or(TypeError::NoSuchElement { id: datasec, index, count })?;
        self.put(datasec, start, at.saturating_add(4), offset)?;
        self.put(datasec, start, at.saturating_add(8), size)
    }

    /// Sets the linkage of a `VAR`.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] for a type of another kind, [`TypeError::NoSuchType`] where the blob has no such record.
    pub fn set_var_linkage(&mut self, id: TypeId, linkage: VarLinkage) -> Result<(), TypeError> {
        let (_, start) = self.record_of(id, Kind::VAR)?;
        self.put(id, start, RECORD_HEADER, linkage.number())
    }

    /// Sets the linkage of a `FUNC`.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] for a type of another kind, [`TypeError::NoSuchType`] where the blob has no such record,
    /// [`TypeError::NoSuchElement`] for a number that does not fit the record's 24 bits.
    pub fn set_func_linkage(&mut self, id: TypeId, linkage: Linkage) -> Result<(), TypeError> {
        let (found, start) = self.record_of(id, Kind::FUNC)?;
        let number = linkage.number();
        if number > Type::VLEN_MASK {
            let index = usize::try_from(number).unwrap_or(usize::MAX);
            return Err(TypeError::NoSuchElement { id, index, count: 1 << 24 });
        }
        let info = found.info & !Type::VLEN_MASK | number;
        self.put(id, start, 4, info)
    }

    /// Sets what a type refers to: the type of a `VAR`, the prototype of a `FUNC`.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] for a type that refers to none, [`TypeError::NoSuchType`] where the blob has no such
    /// record.
    pub fn set_target(&mut self, id: TypeId, target: TypeId) -> Result<(), TypeError> {
        let (found, start) = self.record(id)?;
        if found.target().is_none() {
            return Err(TypeError::WrongKind { id, wanted: Kind::VAR, found: found.kind() });
        }
        self.put(id, start, 8, target.0)
    }

    /// Sets all variables of a data section, as many as it has.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] where `datasec` is no data section, [`TypeError::NoSuchElement`] where it has another
    /// number of variables, [`TypeError::NoSuchType`] where the blob has no such record.
    pub fn set_section_vars(&mut self, datasec: TypeId, vars: &[SectionVar]) -> Result<(), TypeError> {
        let (found, start) = self.record_of(datasec, Kind::DATASEC)?;
        let count = found.section_vars().len();
        if count != vars.len() {
            return Err(TypeError::NoSuchElement { id: datasec, index: vars.len(), count });
        }
        let mut at = RECORD_HEADER;
        for var in vars {
            for word in [var.type_id.0, var.offset, var.size] {
                self.put(datasec, start, at, word)?;
                at = at.saturating_add(4);
            }
        }
        Ok(())
    }

    /// Sets the name of the `index`-th parameter of a `FUNC_PROTO`.
    ///
    /// # Errors
    /// [`TypeError::WrongKind`] where `proto` is no prototype, [`TypeError::NoSuchElement`] where it has fewer
    /// parameters, [`TypeError::NoSuchType`] where the blob has no such record.
    pub fn set_param_name(&mut self, proto: TypeId, index: usize, name: StrOffset) -> Result<(), TypeError> {
        let (found, start) = self.record_of(proto, Kind::FUNC_PROTO)?;
        let count = found.params().len();
        let at = index.checked_mul(8).and_then(|at| at.checked_add(RECORD_HEADER)).filter(|_| index < count);
        let at = at.ok_or(TypeError::NoSuchElement { id: proto, index, count })?;
        self.put(proto, start, at, name.0)
    }

    /// The changed blob, in the byte order of the one it was made from.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        if self.added_types.is_empty() && self.added_strings.is_empty() {
            return self.bytes;
        }
        let endian = self.btf.endian();
        let part =
            |start: usize, len: usize| self.bytes.get(start..start.saturating_add(len)).unwrap_or_default();
        let types = part(self.btf.types_start(), self.btf.type_bytes().len());
        let strings = part(self.btf.strings_start(), self.btf.string_section().len());
        // Both parts were within 32 bits, and what was added is small.
        let len = |a: usize, b: usize| u32::try_from(a.saturating_add(b)).unwrap_or(u32::MAX);
        let types_len = len(types.len(), self.added_types.len());
        let strings_len = len(strings.len(), self.added_strings.len());
        let mut out = Vec::new();
        header(&mut out, endian, types_len, strings_len);
        [types, &self.added_types, strings, &self.added_strings]
            .into_iter()
            .for_each(|part| out.extend(part));
        out
    }

    fn record(&self, id: TypeId) -> Result<(Type<'_>, usize), TypeError> {
        let start =
            self.btf.record_start(id).ok_or(TypeError::NoSuchType { id, last: self.btf.last_id() })?;
        Ok((self.btf.get(id)?, start))
    }

    fn record_of(&self, id: TypeId, wanted: Kind) -> Result<(Type<'_>, usize), TypeError> {
        let (found, start) = self.record(id)?;
        if found.kind() == wanted {
            Ok((found, start))
        } else {
            Err(TypeError::WrongKind { id, wanted, found: found.kind() })
        }
    }

    fn put(&mut self, id: TypeId, start: usize, at: usize, value: u32) -> Result<(), TypeError> {
        let word = self.btf.endian().put_u32(value);
        let place = start.checked_add(at).and_then(|at| self.bytes.get_mut(at..)?.first_chunk_mut::<4>());
        // Parsing has checked that every record lies inside the blob.
        *place.ok_or(TypeError::NoSuchType { id, last: self.btf.last_id() })? = word;
        Ok(())
    }
}
