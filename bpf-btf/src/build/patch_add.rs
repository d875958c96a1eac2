//! Adding strings and types behind those of a blob, which keep their ids and offsets.

use super::patch::Patch;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Linkage, StrOffset, Type, TypeId, VarLinkage};

/// What is added is not held to any rule but that it fits: references may be to types that are added later.
impl Patch {
    /// Adds a string behind those that are there.
    ///
    /// # Errors
    /// [`TypeError::BadString`] for a string with a NUL in it, and where there is no room.
    pub fn add_string(&mut self, text: &str) -> Result<StrOffset, TypeError> {
        let there = self.btf.string_section().len().saturating_add(self.added_strings.len());
        let there = u32::try_from(there).ok().and_then(|at| at.checked_add(self.btf.first_string()));
        let at = there.filter(|_| !text.contains('\0')).ok_or(TypeError::BadString { offset: u32::MAX })?;
        self.added_strings.extend_from_slice(text.as_bytes());
        self.added_strings.push(0);
        Ok(StrOffset(at))
    }

    /// Adds a `VAR` behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_var(
        &mut self,
        name: StrOffset,
        type_id: TypeId,
        linkage: VarLinkage,
    ) -> Result<TypeId, TypeError> {
        self.add(&[name.0, head(Kind::VAR, 0), type_id.0, linkage.number()])
    }

    /// Adds an `ARRAY` of `len` elements behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_array(&mut self, element: TypeId, index: TypeId, len: u32) -> Result<TypeId, TypeError> {
        self.add(&[0, head(Kind::ARRAY, 0), 0, element.0, index.0, len])
    }

    /// Adds a signed `INT` of so many bytes behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_int(&mut self, name: StrOffset, bytes: u8) -> Result<TypeId, TypeError> {
        const SIGNED: u32 = 1 << 24;
        let bytes = u32::from(bytes);
        self.add(&[name.0, head(Kind::INT, 0), bytes, SIGNED | bytes.saturating_mul(8)])
    }

    /// Adds a `STRUCT` without members behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_empty_struct(&mut self, name: StrOffset, size: u32) -> Result<TypeId, TypeError> {
        self.add(&[name.0, head(Kind::STRUCT, 0), size])
    }

    /// Adds a `PTR` behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_ptr(&mut self, target: TypeId) -> Result<TypeId, TypeError> {
        self.add(&[0, head(Kind::PTR, 0), target.0])
    }

    /// Adds a `FUNC_PROTO` behind the types that are there, its parameters by name and type.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type, or for so many parameters.
    pub fn add_func_proto(
        &mut self,
        result: TypeId,
        params: &[(StrOffset, TypeId)],
    ) -> Result<TypeId, TypeError> {
        let count = u32::try_from(params.len()).ok().filter(|count| *count <= Type::VLEN_MASK);
        let limit = Type::VLEN_MASK;
        let count = count.ok_or(TypeError::TooLarge { id: self.btf.last_id(), limit })?;
        let mut words = vec![0, head(Kind::FUNC_PROTO, count), result.0];
        words.extend(params.iter().flat_map(|(name, type_id)| [name.0, type_id.0]));
        self.add(&words)
    }

    /// Adds a `FUNC` behind the types that are there.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_func(
        &mut self,
        name: StrOffset,
        proto: TypeId,
        linkage: Linkage,
    ) -> Result<TypeId, TypeError> {
        self.add(&[name.0, head(Kind::FUNC, linkage.number() & Type::VLEN_MASK), proto.0])
    }

    /// Adds a `DECL_TAG` behind the types that are there, on the `component`-th parameter or member, or on the whole.
    ///
    /// # Errors
    /// [`TypeError::TooLarge`] where there is no room for another type.
    pub fn add_decl_tag(
        &mut self,
        name: StrOffset,
        target: TypeId,
        component: Option<u32>,
    ) -> Result<TypeId, TypeError> {
        self.add(&[name.0, head(Kind::DECL_TAG, 0), target.0, component.unwrap_or(u32::MAX)])
    }

    fn add(&mut self, words: &[u32]) -> Result<TypeId, TypeError> {
        let last = self.btf.last_id();
        let count = self.added_count.checked_add(1);
        let id = count.and_then(|count| last.0.checked_add(count));
        let id = id.ok_or(TypeError::TooLarge { id: last, limit: u32::MAX })?;
        self.added_count = self.added_count.saturating_add(1);
        self.added_types.extend(words.iter().flat_map(|word| self.btf.endian().put_u32(*word)));
        Ok(TypeId(id))
    }
}

/// The word of a record that tells its kind and how many elements it has.
fn head(kind: Kind, count: u32) -> u32 {
    u32::from(kind.0) << 24 | count
}
