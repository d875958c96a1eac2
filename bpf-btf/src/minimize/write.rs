//! The types that stay, as a blob: numbered anew, names written once.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::build::blob::{halves, header};
use crate::cursor::Endian;
use crate::error::TypeError;
use crate::header::HEADER_LEN;
use crate::kind::Kind;
use crate::minimize::cut::{Cut, kept};
use crate::minimize::keep::Detail;
use crate::types::{Type, TypeId};

pub(super) fn blob(btf: &Btf, cut: &Cut) -> Result<Vec<u8>, TypeError> {
    Writer::new(btf).all(cut, cut)?.finish()
}

/// A base, and what continues it: each numbered on from the base, its names written only where the base has them not.
pub(super) fn blobs(
    base: &Btf,
    cut: &Cut,
    splits: &[(&Btf, Cut)],
) -> Result<(Vec<u8>, Vec<Vec<u8>>), TypeError> {
    let whole = Writer::new(base).all(cut, cut)?;
    let mut out = Vec::with_capacity(splits.len());
    for (split, own) in splits {
        let all: Cut = cut.iter().chain(own).map(|(id, detail)| (*id, detail.clone())).collect();
        out.push(whole.continued(split)?.all(own, &all)?.finish()?);
    }
    Ok((whole.finish()?, out))
}

struct Writer<'a> {
    btf: &'a Btf,
    ids: HashMap<TypeId, u32>,
    endian: Endian,
    types: Vec<u8>,
    strings: Vec<u8>,
    /// Where its strings begin: those of the base come before.
    first_string: usize,
    known: HashMap<&'a [u8], u32>,
}

/// The bit of an info word that [`Type::kflag`] reads.
const KFLAG: u32 = 1 << 31;

impl<'a> Writer<'a> {
    fn new(btf: &'a Btf) -> Self {
        Self {
            btf,
            ids: HashMap::new(),
            endian: btf.endian(),
            types: Vec::new(),
            strings: vec![0],
            first_string: 0,
            known: HashMap::from([(&[][..], 0)]),
        }
    }

    /// A writer of what continues this.
    fn continued(&self, split: &'a Btf) -> Result<Self, TypeError> {
        if split.endian() != self.endian || split.base().is_none() {
            return Err(TypeError::NoSuchType { id: split.first_id(), last: self.btf.last_id() });
        }
        Ok(Self {
            btf: split,
            ids: self.ids.clone(),
            endian: self.endian,
            types: Vec::new(),
            strings: Vec::new(),
            first_string: self.strings.len(),
            known: self.known.clone(),
        })
    }

    /// Writes the types of `own`; `all` is what else there is to refer to.
    fn all(mut self, own: &Cut, all: &Cut) -> Result<Self, TypeError> {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.ids.extend(own.keys().copied().zip(next..));
        for (id, detail) in own {
            self.record(self.btf.get(*id)?, detail, all)?;
        }
        Ok(self)
    }

    fn record(&mut self, found: Type<'a>, detail: &Detail, cut: &Cut) -> Result<(), TypeError> {
        let name = self.string(found.name)?;
        let kind = found.kind();
        if kind.is_composite() && *detail == Detail::Name {
            let kflag = if kind == Kind::UNION { KFLAG } else { 0 };
            self.words(&[name, kflag | u32::from(Kind::FWD.0) << 24, 0]);
            return Ok(());
        }
        // A forward declaration's last word is not used, and not always 0.
        let mut last =
            if found.target().is_some() { self.id(found.size_or_type)? } else { found.size_or_type };
        if kind == Kind::FWD {
            last = 0;
        }
        let head = |vlen: u32| [name, found.info & !Type::VLEN_MASK | vlen, last];
        match kind {
            Kind::STRUCT | Kind::UNION => {
                let mut tail = Vec::new();
                for member in kept(found.members(), detail) {
                    let width = u32::from(member.bitfield.unwrap_or(0));
                    let place =
                        if found.kflag() { width << 24 | member.bit_offset } else { member.bit_offset };
                    tail.extend([self.string(member.name_offset())?, self.id(member.type_id.0)?, place]);
                }
                self.elements(&head(0), &tail, 3);
            }
            Kind::ENUM | Kind::ENUM64 => {
                let mut tail = Vec::new();
                let each = if kind == Kind::ENUM64 { 3 } else { 2 };
                for (value, _) in found.enumerators().zip(0..).filter(|(_, index)| detail.has(*index)) {
                    let [low, high] = halves(value.value);
                    tail.extend([self.string(value.name_offset())?, low]);
                    tail.extend((each == 3).then_some(high));
                }
                self.elements(&head(0), &tail, each);
            }
            Kind::FUNC_PROTO => {
                let mut tail = Vec::new();
                for param in found.params() {
                    tail.extend([self.string(param.name_offset().0)?, self.id(param.type_id.0)?]);
                }
                self.elements(&head(0), &tail, 2);
            }
            Kind::DATASEC => {
                let mut tail = Vec::new();
                for var in found.section_vars() {
                    tail.extend([self.id(var.type_id.0)?, var.offset, var.size]);
                }
                self.elements(&head(0), &tail, 3);
            }
            Kind::ARRAY => {
                let array = found.array().unwrap_or(crate::types::Array {
                    element: TypeId::VOID,
                    index: TypeId::VOID,
                    len: 0,
                });
                self.words(&head(found.vlen()));
                let words = [self.id(array.element.0)?, self.id(array.index.0)?, array.len];
                self.words(&words);
            }
            Kind::INT | Kind::VAR => {
                self.words(&head(found.vlen()));
                self.words(&[found.word(0)]);
            }
            Kind::DECL_TAG => {
                self.words(&head(found.vlen()));
                let target = found.target().unwrap_or_default();
                let at = found.component().flatten().map_or(u32::MAX, |at| self.moved(target, at, cut));
                self.words(&[at]);
            }
            // What it refers to is not known either.
            _ if !kind.is_known() => return Err(TypeError::UnknownKind { id: found.id(), kind }),
            _ => self.words(&head(found.vlen())),
        }
        Ok(())
    }

    /// Where the member with that index is among those that stay.
    fn moved(&self, id: TypeId, index: u32, cut: &Cut) -> u32 {
        match (self.btf.get(id), cut.get(&id)) {
            (Ok(found), Some(detail)) if found.kind().is_composite() => {
                let before = kept(found.members(), detail).take_while(|member| member.index < index).count();
                u32::try_from(before).unwrap_or(u32::MAX)
            }
            _ => index,
        }
    }

    /// A record whose elements have `each` words.
    fn elements(&mut self, head: &[u32; 3], tail: &[u32], each: usize) {
        let [name, info, last] = *head;
        // As many as there were, or fewer.
        let vlen = u32::try_from(tail.len() / each.max(1)).unwrap_or(Type::VLEN_MASK);
        self.words(&[name, info | vlen, last]);
        self.words(tail);
    }

    fn words(&mut self, words: &[u32]) {
        self.types.extend(words.iter().flat_map(|word| self.endian.put_u32(*word)));
    }

    fn id(&self, old: u32) -> Result<u32, TypeError> {
        let old = TypeId(old);
        if old == TypeId::VOID {
            return Ok(0);
        }
        self.ids.get(&old).copied().ok_or(TypeError::NoSuchType { id: old, last: self.btf.last_id() })
    }

    fn string(&mut self, offset: u32) -> Result<u32, TypeError> {
        let text = self.btf.string_bytes(offset).ok_or(TypeError::BadString { offset })?;
        if let Some(at) = self.known.get(text) {
            return Ok(*at);
        }
        // Names may share bytes in the original, so that written out they could take more than a section holds.
        let at = u32::try_from(self.first_string.saturating_add(self.strings.len()))
            .map_err(|_| TypeError::BadString { offset })?;
        self.strings.extend_from_slice(text);
        self.strings.push(0);
        self.known.insert(text, at);
        Ok(at)
    }

    fn finish(self) -> Result<Vec<u8>, TypeError> {
        let id = self.btf.last_id();
        let too_large = |_| TypeError::TooLarge { id, limit: u32::MAX };
        let types = u32::try_from(self.types.len()).map_err(too_large)?;
        let strings = u32::try_from(self.strings.len()).map_err(too_large)?;
        let len = HEADER_LEN.saturating_add(self.types.len()).saturating_add(self.strings.len());
        let mut out = Vec::with_capacity(len);
        header(&mut out, self.endian, types, strings);
        out.extend(self.types);
        out.extend(self.strings);
        Ok(out)
    }
}
