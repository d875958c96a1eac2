//! Structs, unions and enumerations, added to what is built.

use super::blob::halves;
use super::check::NameRule;
use super::parts::{EnumValues, Field, info};
use super::{BuildError, Builder};
use crate::kind::Kind;
use crate::types::TypeId;

impl Builder {
    /// Adds a struct of `size` bytes, its members in ascending order of their offsets. The name may be empty.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_struct")]
    #[doc(alias = "btf__add_field")]
    pub fn add_struct(&mut self, name: &str, size: u32, fields: &[Field<'_>]) -> Result<TypeId, BuildError> {
        self.composite(Kind::STRUCT, name, size, fields)
    }

    /// Adds a union of `size` bytes. The name may be empty.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_union")]
    pub fn add_union(&mut self, name: &str, size: u32, fields: &[Field<'_>]) -> Result<TypeId, BuildError> {
        self.composite(Kind::UNION, name, size, fields)
    }

    fn composite(
        &mut self,
        kind: Kind,
        name: &str,
        size: u32,
        fields: &[Field<'_>],
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(kind, name);
        draft.name("name", name, NameRule::IdentifierOrNone)?;
        let packed = fields.iter().any(|field| field.width != 0 || !field.bit_offset.is_multiple_of(8));
        let (mut last, end) = (0, u64::from(size) * 8);
        for field in fields {
            let at = field.bit_offset;
            draft.name("member name", field.name, NameRule::IdentifierOrNone)?;
            let why = match kind {
                Kind::UNION if at != 0 => Some("in a union it is 0"),
                _ if at < last => Some("it is before that of the member above"),
                _ if u64::from(at) + u64::from(field.width) > end => Some("the member ends outside"),
                _ if packed && at > 0x00ff_ffff => Some("beside bitfields it has 24 bits"),
                _ => None,
            };
            if let Some(why) = why {
                return Err(draft.number("bit offset", at, why));
            }
            last = at;
        }
        let vlen = self.vlen(kind, name, fields.len())?;
        self.push(kind, name, info(kind, vlen, packed), size, |this, out| {
            for field in fields {
                let width = u32::from(field.width) << 24;
                out.extend([this.string(field.name.as_bytes())?, field.type_id.0, width | field.bit_offset]);
            }
            Ok(())
        })
    }

    /// Adds an enumeration of 1, 2, 4 or 8 bytes with values of up to 32 bits. The name may be empty.
    ///
    /// # Errors
    /// [`BuildError`].
    #[doc(alias = "btf__add_enum")]
    #[doc(alias = "btf__add_enum_value")]
    pub fn add_enum(&mut self, name: &str, size: u32, values: EnumValues<'_>) -> Result<TypeId, BuildError> {
        self.enumeration(Kind::ENUM, name, size, values)
    }

    /// Adds an enumeration of 1, 2, 4 or 8 bytes with values of up to 64 bits. The name may be empty.
    ///
    /// # Errors
    /// [`BuildError`].
    ///
    /// # Kernel
    /// 6.0.
    #[doc(alias = "btf__add_enum64")]
    #[doc(alias = "btf__add_enum64_value")]
    pub fn add_enum64(
        &mut self,
        name: &str,
        size: u32,
        values: EnumValues<'_>,
    ) -> Result<TypeId, BuildError> {
        self.enumeration(Kind::ENUM64, name, size, values)
    }

    fn enumeration(
        &mut self,
        kind: Kind,
        name: &str,
        size: u32,
        values: EnumValues<'_>,
    ) -> Result<TypeId, BuildError> {
        let draft = self.draft(kind, name);
        draft.name("name", name, NameRule::IdentifierOrNone)?;
        if !matches!(size, 1 | 2 | 4 | 8) {
            return Err(draft.number("size", size, "it is 1, 2, 4 or 8"));
        }
        for (value_name, value, narrow) in (0..values.len()).filter_map(|index| values.get(index)) {
            draft.name("value name", value_name, NameRule::Identifier)?;
            if kind == Kind::ENUM && !narrow {
                let value = if values.signed() { i128::from(value.cast_signed()) } else { i128::from(value) };
                return Err(draft.number("value", value, "it needs more than 32 bits: `add_enum64`"));
            }
        }
        let vlen = self.vlen(kind, name, values.len())?;
        self.push(kind, name, info(kind, vlen, values.signed()), size, |this, out| {
            for (name, value, _) in (0..values.len()).filter_map(|index| values.get(index)) {
                let [low, high] = halves(value);
                out.extend([this.string(name.as_bytes())?, low]);
                out.extend((kind == Kind::ENUM64).then_some(high));
            }
            Ok(())
        })
    }
}
