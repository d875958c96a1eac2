//! A struct_ops variable before loading: which program each callback is, and the values of its other members.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bpf_btf::{TypeId, layout};
use bpf_elf::{FunctionId, ObjectFile, StructOpsId, StructOpsVar};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::object::SpecError;
use bpf_btf::matching::nearest;

/// A struct_ops variable as it will be planned.
#[derive(Clone, Debug)]
pub struct StructOpsSpec {
    id: StructOpsId,
    name: String,
    type_name: String,
    link: bool,
    image: Vec<u8>,
    /// The program that stands at a byte offset of the image.
    callbacks: BTreeMap<u32, FunctionId>,
    type_id: TypeId,
    /// Members and programs are looked up there: many variables may be of one type, which may have many members.
    file: Arc<ObjectFile>,
}

struct Member<'a> {
    name: &'a str,
    offset: usize,
    size: usize,
    callback: bool,
}

impl StructOpsSpec {
    pub(crate) fn new(var: &StructOpsVar, file: &Arc<ObjectFile>) -> Self {
        Self {
            id: var.id,
            name: var.name.clone(),
            type_name: var.type_name.clone(),
            link: var.link,
            image: var.image.clone(),
            callbacks: var.callbacks.iter().copied().collect(),
            type_id: var.type_id,
            file: Arc::clone(file),
        }
    }

    /// Its id: the same on the object, its plans and what is loaded from them.
    #[must_use]
    pub fn id(&self) -> StructOpsId {
        self.id
    }

    /// The variable's name, which is its map's too.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The C name of the struct, flavor included.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Whether it is attached through a link (`.struct_ops.link`) or by filling its map (`.struct_ops`).
    #[must_use]
    pub fn link(&self) -> bool {
        self.link
    }

    /// Whether to attach it through a link. The section says so at first; without a link a variable can be registered
    /// by kernels before 6.4 too, but once only, and it stays registered when its process is killed.
    pub fn set_link(&mut self, link: bool) -> &mut Self {
        self.link = link;
        self
    }

    /// The variable's bytes in the object's layout; callbacks are zero here.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        &self.image
    }

    /// The function at a byte offset of the image.
    pub(crate) fn callback_at(&self, offset: u32) -> Option<FunctionId> {
        self.callbacks.get(&offset).copied()
    }

    pub(crate) fn callbacks(&self) -> impl Iterator<Item = FunctionId> + '_ {
        self.callbacks.values().copied()
    }

    /// Sets a member that is not a callback.
    ///
    /// # Errors
    /// [`SpecError`]: no such member, a callback, or a value of another size.
    pub fn set<T: IntoBytes + Immutable + ?Sized>(
        &mut self,
        member: &str,
        value: &T,
    ) -> Result<&mut Self, SpecError> {
        let (name, range) = self.value_member(member)?;
        let value = value.as_bytes();
        let outside = || SpecError::Outside { name: member.to_owned() };
        let place = self.image.get_mut(range).ok_or_else(outside)?;
        if place.len() != value.len() {
            return Err(SpecError::Size { name, expected: place.len(), found: value.len() });
        }
        place.copy_from_slice(value);
        Ok(self)
    }

    /// The value of a member that is not a callback.
    ///
    /// # Errors
    /// [`SpecError`]: no such member, a callback, or a value of another size.
    pub fn get<T: FromBytes>(&self, member: &str) -> Result<T, SpecError> {
        let (name, range) = self.value_member(member)?;
        let place = self.image.get(range).ok_or_else(|| SpecError::Outside { name: name.clone() })?;
        let (expected, found) = (place.len(), size_of::<T>());
        T::read_from_bytes(place).map_err(|_| SpecError::Size { name, expected, found })
    }

    /// The program that a callback has, by name; `None` where it is empty, or a function that is no program.
    ///
    /// # Errors
    /// [`SpecError`]: no such member, or one that is no callback.
    pub fn callback(&self, member: &str) -> Result<Option<&str>, SpecError> {
        let function = self.callback_at(self.callback_offset(member)?);
        let named = |wanted| self.file.programs().iter().find(|program| program.function == wanted);
        Ok(function.and_then(named).map(|program| program.name.as_str()))
    }

    /// The name and the place of a member that is not a callback.
    fn value_member(&self, member: &str) -> Result<(String, Range<usize>), SpecError> {
        let found = self.member(member)?;
        if found.callback {
            let name = found.name.to_owned();
            return Err(SpecError::MemberKind { name, found: "a callback", wanted: "a value" });
        }
        Ok((found.name.to_owned(), found.offset..found.offset.saturating_add(found.size)))
    }

    /// Gives a callback a program.
    ///
    /// # Errors
    /// [`SpecError`]: no such member or program, or a member that is no callback.
    pub fn assign(&mut self, member: &str, program: &str) -> Result<&mut Self, SpecError> {
        let offset = self.callback_offset(member)?;
        let programs = self.file.programs();
        let found = programs.iter().find(|found| found.name == program);
        let function = found.map(|found| found.function).ok_or_else(|| SpecError::NoSuch {
            kind: "program",
            name: program.to_owned(),
            nearest: nearest(program, programs.iter().map(|found| found.name.as_str())),
        })?;
        self.callbacks.insert(offset, function);
        Ok(self)
    }

    /// Leaves a callback empty.
    ///
    /// # Errors
    /// [`SpecError`]: no such member, or one that is no callback.
    pub fn clear(&mut self, member: &str) -> Result<&mut Self, SpecError> {
        let offset = self.callback_offset(member)?;
        self.callbacks.remove(&offset);
        Ok(self)
    }

    fn callback_offset(&self, member: &str) -> Result<u32, SpecError> {
        let found = self.member(member)?;
        let offset = u32::try_from(found.offset).ok().filter(|_| found.callback);
        offset.ok_or_else(|| SpecError::MemberKind {
            name: found.name.to_owned(),
            found: "no callback",
            wanted: "a program",
        })
    }

    fn member(&self, name: &str) -> Result<Member<'_>, SpecError> {
        self.members().find(|member| member.name == name).ok_or_else(|| SpecError::NoSuch {
            kind: "member",
            name: format!("{}.{name}", self.name),
            nearest: nearest(name, self.members().map(|member| member.name)),
        })
    }

    /// The members that can be edited: those with a name, a size and a whole number of bytes. What cannot be decoded here
    /// is reported when the object is planned.
    fn members(&self) -> impl Iterator<Item = Member<'_>> {
        let found = self.file.btf().and_then(|btf| Some((btf, btf.get(self.type_id).ok()?)));
        let members = found.into_iter().flat_map(|(btf, found)| found.members().map(move |one| (btf, one)));
        members.filter(|(_, one)| one.bitfield.is_none() && one.bit_offset % 8 == 0).filter_map(
            |(btf, one)| {
                Some(Member {
                    name: one.name().ok().filter(|name| name.len() <= LONGEST)?,
                    offset: usize::try_from(one.bit_offset / 8).ok()?,
                    size: usize::try_from(layout::size_of(btf, one.type_id).ok()?).ok()?,
                    callback: layout::function_pointer(btf, one.type_id).ok()?.is_some(),
                })
            },
        )
    }
}

/// Bytes of the longest name by which a member is known. Members may share a name, however long it is.
const LONGEST: usize = 256;
