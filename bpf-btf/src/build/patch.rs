//! Changing numbers in a blob without moving anything: sizes, places in data sections, linkage.

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Linkage, RECORD_HEADER, Type, TypeId, VarLinkage};

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
    btf: Btf,
    bytes: Vec<u8>,
}

impl Patch {
    /// Copies the bytes of a blob, to change the copy.
    #[must_use]
    pub fn new(btf: &Btf) -> Self {
        Self { btf: btf.clone(), bytes: btf.bytes().to_vec() }
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

    /// The changed blob, in the byte order of the one it was made from.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
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
