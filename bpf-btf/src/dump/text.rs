//! Records as text, in the form that `bpftool btf dump` calls raw.

use std::fmt;

use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Linkage, Type, VarLinkage};

/// A record as [`fmt::Display`]: see [`raw`].
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(Type<'a>);

/// A record, to be printed in the raw form: one line, and one more for each element, set off by a tab. Nothing is
/// followed but names, so this shows damaged BTF as it is.
///
/// ```text
/// [7] STRUCT 'list_head' size=16 vlen=2
///     'next' type_id=8 bits_offset=0
///     'prev' type_id=8 bits_offset=64
/// ```
#[must_use]
pub fn raw<'a>(record: &Type<'a>) -> Raw<'a> {
    Raw(*record)
}

/// [`raw`], as a `String`.
#[must_use]
pub fn raw_line(record: &Type<'_>) -> String {
    raw(record).to_string()
}

/// A name between quotes.
struct Quoted<'a>(Result<&'a str, TypeError>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.0 {
            Ok("") => "(anon)",
            Ok(name) => name,
            Err(_) => "(bad name)",
        };
        if name.chars().any(char::is_control) {
            write!(f, "'{}'", name.escape_debug())
        } else {
            f.write_str("'")?;
            f.write_str(name)?;
            f.write_str("'")
        }
    }
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let this = &self.0;
        write!(f, "[{}] {} {}", this.id(), this.kind(), Quoted(this.name()))?;
        let target = this.target().unwrap_or_default();
        match this.kind() {
            Kind::INT => self.int(f),
            Kind::ARRAY => {
                let Some(array) = this.array() else { return Ok(()) };
                write!(f, " type_id={} index_type_id={} nr_elems={}", array.element, array.index, array.len)
            }
            Kind::STRUCT | Kind::UNION => self.members(f),
            Kind::ENUM | Kind::ENUM64 => self.enumerators(f),
            Kind::FWD => write!(f, " fwd_kind={}", if this.kflag() { "union" } else { "struct" }),
            Kind::FUNC => {
                write!(f, " type_id={target} linkage=")?;
                match this.linkage().unwrap_or(Linkage::Static) {
                    Linkage::Static => f.write_str("static"),
                    Linkage::Global => f.write_str("global"),
                    Linkage::Extern => f.write_str("extern"),
                    Linkage::Unknown(_) => f.write_str("(unknown)"),
                }
            }
            Kind::FUNC_PROTO => {
                write!(f, " ret_type_id={target} vlen={}", this.vlen())?;
                this.params()
                    .try_for_each(|param| write!(f, "\n\t{} type_id={}", Quoted(param.name()), param.type_id))
            }
            Kind::VAR => {
                write!(f, " type_id={target}, linkage=")?;
                match this.var_linkage().unwrap_or(VarLinkage::Static) {
                    VarLinkage::Static => f.write_str("static"),
                    VarLinkage::Global => f.write_str("global"),
                    VarLinkage::Extern => f.write_str("extern"),
                    VarLinkage::Unknown(_) => f.write_str("(unknown)"),
                }
            }
            Kind::DATASEC => self.section_vars(f),
            Kind::FLOAT => write!(f, " size={}", this.size().unwrap_or(0)),
            Kind::DECL_TAG => {
                write!(f, " type_id={target} component_idx=")?;
                match this.component().flatten() {
                    None => f.write_str("-1"),
                    Some(index) => write!(f, "{index}"),
                }
            }
            Kind::VOID => Ok(()),
            _ => write!(f, " type_id={target}"),
        }
    }
}

impl Raw<'_> {
    fn int(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(int) = self.0.int() else { return Ok(()) };
        let encoding = match (int.signed, int.char, int.bool) {
            (false, false, false) => "(none)",
            (true, false, false) => "SIGNED",
            (false, true, false) => "CHAR",
            (false, false, true) => "BOOL",
            _ => "UNKN",
        };
        write!(
            f,
            " size={} bits_offset={} nr_bits={} encoding={encoding}",
            self.0.size().unwrap_or(0),
            int.offset,
            int.bits
        )
    }

    fn members(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " size={} vlen={}", self.0.size().unwrap_or(0), self.0.vlen())?;
        for member in self.0.members() {
            write!(
                f,
                "\n\t{} type_id={} bits_offset={}",
                Quoted(member.name()),
                member.type_id,
                member.bit_offset
            )?;
            if let Some(width) = member.bitfield {
                write!(f, " bitfield_size={width}")?;
            }
        }
        Ok(())
    }

    fn enumerators(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = self.0.kflag();
        let encoding = if signed { "SIGNED" } else { "UNSIGNED" };
        write!(f, " encoding={encoding} size={} vlen={}", self.0.size().unwrap_or(0), self.0.vlen())?;
        let suffix = match (self.0.kind() == Kind::ENUM64, signed) {
            (false, _) => "",
            (true, true) => "LL",
            (true, false) => "ULL",
        };
        for variant in self.0.enumerators() {
            write!(f, "\n\t{} val=", Quoted(variant.name()))?;
            if signed {
                write!(f, "{}{suffix}", variant.value.cast_signed())?;
            } else {
                write!(f, "{}{suffix}", variant.value)?;
            }
        }
        Ok(())
    }

    fn section_vars(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " size={} vlen={}", self.0.size().unwrap_or(0), self.0.vlen())?;
        for var in self.0.section_vars() {
            write!(f, "\n\ttype_id={} offset={} size={}", var.type_id, var.offset, var.size)?;
            if let Ok(found) = self.0.btf().get(var.type_id) {
                write!(f, " ({} {})", found.kind(), Quoted(found.name()))?;
            }
        }
        Ok(())
    }
}
