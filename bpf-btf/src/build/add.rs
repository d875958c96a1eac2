//! Types without members, functions and sections, added to what is built.

use super::check::NameRule;
use super::parts::{Encoding, EnumValues, FwdKind, info};
use super::{BuildError, Builder};
use crate::kind::Kind;
use crate::types::{IntEncoding, Linkage, SectionVar, TypeId, VarLinkage};

impl Builder {
    /// Adds an integer of 1, 2, 4, 8 or 16 bytes.
    ///
    /// # Errors
    /// [`BuildError`], as all methods that add: a name or number that the kernel would not take.
    #[doc(alias = "btf__add_int")]
    pub fn add_int(&mut self, name: &str, size: u32, encoding: Encoding) -> Result<TypeId, BuildError> {
        // What does not fit is refused for its size.
        let bits = u8::try_from(size.saturating_mul(8)).unwrap_or(u8::MAX);
        self.add_int_bits(
            name,
            size,
            IntEncoding {
                signed: encoding == Encoding::Signed,
                char: encoding == Encoding::Char,
                bool: encoding == Encoding::Bool,
                offset: 0,
                bits,
            },
        )
    }

    /// Adds an integer that takes only some bits of its bytes, as old compilers wrote bitfields.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn add_int_bits(
        &mut self,
        name: &str,
        size: u32,
        encoding: IntEncoding,
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::INT, name);
        draft.name("name", name, NameRule::Some)?;
        if !size.is_power_of_two() || size > 16 {
            return Err(draft.number("size", size, "it is 1, 2, 4, 8 or 16"));
        }
        let IntEncoding { signed, char, bool, offset, bits } = encoding;
        if u32::from(bits) + u32::from(offset) > size * 8 || bits == 0 || bits > 128 {
            return Err(draft.number("width", bits, "it does not fit the size"));
        }
        let how = u32::from(signed) | u32::from(char) << 1 | u32::from(bool) << 2;
        if how.count_ones() > 1 {
            return Err(draft.number("encoding", how, "signed, char and bool exclude each other"));
        }
        let word = how << 24 | u32::from(offset) << 16 | u32::from(bits);
        self.push(Kind::INT, name, info(Kind::INT, 0, false), size, |_, out| {
            out.push(word);
            Ok(())
        })
    }

    /// Adds a floating-point number of 2, 4, 8, 12 or 16 bytes.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_float")]
    pub fn add_float(&mut self, name: &str, size: u32) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::FLOAT, name);
        draft.name("name", name, NameRule::Some)?;
        if !matches!(size, 2 | 4 | 8 | 12 | 16) {
            return Err(draft.number("size", size, "it is 2, 4, 8, 12 or 16"));
        }
        self.plain(Kind::FLOAT, name, size)
    }

    /// Adds a pointer to that type.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_ptr")]
    pub fn add_ptr(&mut self, target: TypeId) -> Result<TypeId, BuildError> {
        self.plain(Kind::PTR, "", target.0)
    }

    /// Adds that type as `const`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_const")]
    pub fn add_const(&mut self, target: TypeId) -> Result<TypeId, BuildError> {
        self.plain(Kind::CONST, "", target.0)
    }

    /// Adds that type as `volatile`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_volatile")]
    pub fn add_volatile(&mut self, target: TypeId) -> Result<TypeId, BuildError> {
        self.plain(Kind::VOLATILE, "", target.0)
    }

    /// Adds that type as `restrict`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_restrict")]
    pub fn add_restrict(&mut self, target: TypeId) -> Result<TypeId, BuildError> {
        self.plain(Kind::RESTRICT, "", target.0)
    }

    /// Adds a typedef.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_typedef")]
    pub fn add_typedef(&mut self, name: &str, target: TypeId) -> Result<TypeId, BuildError> {
        self.draft(Kind::TYPEDEF, name).name("name", name, NameRule::Identifier)?;
        self.plain(Kind::TYPEDEF, name, target.0)
    }

    /// Adds that type with a tag: `__attribute__((btf_type_tag("rcu")))`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_type_tag")]
    pub fn add_type_tag(&mut self, tag: &str, target: TypeId) -> Result<TypeId, BuildError> {
        self.draft(Kind::TYPE_TAG, tag).name("tag", tag, NameRule::Some)?;
        self.plain(Kind::TYPE_TAG, tag, target.0)
    }

    /// Adds that type with any other attribute: `address_space(1)`.
    ///
    /// # Errors
    /// [`BuildError`].
    ///
    /// # Kernel
    /// 6.15.
    #[doc(alias = "btf__add_type_attr")]
    pub fn add_type_attr(&mut self, attribute: &str, target: TypeId) -> Result<TypeId, BuildError> {
        self.draft(Kind::TYPE_TAG, attribute).name("attribute", attribute, NameRule::Some)?;
        self.push(Kind::TYPE_TAG, attribute, info(Kind::TYPE_TAG, 0, true), target.0, |_, _| Ok(()))
    }

    /// Adds an array of `len` elements. The index type is an integer; compilers take `unsigned int`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_array")]
    pub fn add_array(&mut self, element: TypeId, index: TypeId, len: u32) -> Result<TypeId, BuildError> {
        self.push(Kind::ARRAY, "", info(Kind::ARRAY, 0, false), 0, |_, out| {
            out.extend([element.0, index.0, len]);
            Ok(())
        })
    }

    /// Adds a forward declaration.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_fwd")]
    pub fn add_fwd(&mut self, name: &str, declares: FwdKind) -> Result<TypeId, BuildError> {
        if declares == FwdKind::Enum {
            self.draft(Kind::ENUM, name).name("name", name, NameRule::Identifier)?;
            return self.add_enum(name, 4, EnumValues::Unsigned(&[]));
        }
        self.draft(Kind::FWD, name).name("name", name, NameRule::Identifier)?;
        let union = declares == FwdKind::Union;
        self.push(Kind::FWD, name, info(Kind::FWD, 0, union), 0, |_, _| Ok(()))
    }

    /// Adds a prototype. A variadic one ends with a parameter without a name and of type `void`.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_func_proto")]
    #[doc(alias = "btf__add_func_param")]
    pub fn add_func_proto(
        &mut self,
        returns: TypeId,
        params: &[(&str, TypeId)],
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::FUNC_PROTO, "");
        for (index, (name, id)) in params.iter().enumerate() {
            draft.name("parameter name", name, NameRule::IdentifierOrNone)?;
            if *id == TypeId::VOID && (!name.is_empty() || index + 1 != params.len()) {
                return Err(draft.number("parameter type", 0, "only the last is void, and has no name then"));
            }
        }
        let vlen = self.vlen(Kind::FUNC_PROTO, "", params.len())?;
        self.push(Kind::FUNC_PROTO, "", info(Kind::FUNC_PROTO, vlen, false), returns.0, |this, out| {
            for (name, id) in params {
                out.extend([this.string(name.as_bytes())?, id.0]);
            }
            Ok(())
        })
    }

    /// Adds a function of that prototype.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_func")]
    pub fn add_func(
        &mut self,
        name: &str,
        linkage: Linkage,
        prototype: TypeId,
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::FUNC, name);
        draft.name("name", name, NameRule::Identifier)?;
        let number = linkage.number();
        if number > 2 {
            return Err(draft.number("linkage", number, "it is static, global or extern"));
        }
        self.push(Kind::FUNC, name, info(Kind::FUNC, number, false), prototype.0, |_, _| Ok(()))
    }

    /// Adds a variable.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_var")]
    pub fn add_var(
        &mut self,
        name: &str,
        linkage: VarLinkage,
        type_id: TypeId,
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::VAR, name);
        draft.name("name", name, NameRule::Identifier)?;
        let number = linkage.number();
        if number > 2 {
            return Err(draft.number("linkage", number, "it is static, global or extern"));
        }
        self.push(Kind::VAR, name, info(Kind::VAR, 0, false), type_id.0, |_, out| {
            out.push(number);
            Ok(())
        })
    }

    /// Adds a section of variables (or, for kfuncs, functions). A section of 0 bytes is one that is not laid out yet,
    /// as compilers write it; in any other, variables stand in ascending order, do not overlap, and end inside it.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_datasec")]
    #[doc(alias = "btf__add_datasec_var_info")]
    pub fn add_datasec(&mut self, name: &str, size: u32, vars: &[SectionVar]) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::DATASEC, name);
        draft.name("name", name, NameRule::Section)?;
        let mut end = 0_u64;
        for var in vars.iter().filter(|_| size != 0) {
            if u64::from(var.offset) < end {
                return Err(draft.number("variable offset", var.offset, "the variable above ends after it"));
            }
            end = u64::from(var.offset) + u64::from(var.size);
            if end > u64::from(size) {
                return Err(draft.number("variable size", var.size, "the variable ends outside"));
            }
        }
        let vlen = self.vlen(Kind::DATASEC, name, vars.len())?;
        self.push(Kind::DATASEC, name, info(Kind::DATASEC, vlen, false), size, |_, out| {
            out.extend(vars.iter().flat_map(|var| [var.type_id.0, var.offset, var.size]));
            Ok(())
        })
    }

    /// Adds a tag on a declaration (struct, union, typedef, variable, function), or on one of its members or parameters.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_decl_tag")]
    pub fn add_decl_tag(
        &mut self,
        tag: &str,
        target: TypeId,
        component: Option<u32>,
    ) -> Result<TypeId, BuildError> {
        self.decl_tag(tag, target, component, false)
    }

    /// Adds any other attribute on a declaration, as [`Self::add_decl_tag`] adds a tag.
    ///
    /// # Errors
    /// [`BuildError`].
    ///
    /// # Kernel
    /// 6.15.
    #[doc(alias = "btf__add_decl_attr")]
    pub fn add_decl_attr(
        &mut self,
        attribute: &str,
        target: TypeId,
        component: Option<u32>,
    ) -> Result<TypeId, BuildError> {
        self.decl_tag(attribute, target, component, true)
    }

    fn decl_tag(
        &mut self,
        tag: &str,
        target: TypeId,
        component: Option<u32>,
        attribute: bool,
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(Kind::DECL_TAG, tag);
        draft.name("tag", tag, NameRule::Some)?;
        if let Some(index) = component.filter(|index| i32::try_from(*index).is_err()) {
            return Err(draft.number("component", index, "it has 31 bits"));
        }
        self.push(Kind::DECL_TAG, tag, info(Kind::DECL_TAG, 0, attribute), target.0, |_, out| {
            out.push(component.unwrap_or(u32::MAX));
            Ok(())
        })
    }
}
