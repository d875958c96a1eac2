//! Which definitions a type needs before it, in which order.
//!
//! C wants a type defined before it is embedded; for a pointer to it a declaration is enough, if the type has a name. So
//! a reference is *strong* unless a pointer and, behind it, a name are on the way; strong ones are followed.

use super::printer::{MAX_DEPTH, Printer, Stage};
use super::records::Record;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::TypeId;

impl<'a> Printer<'a, '_> {
    /// Puts what a type needs into the queue, and then itself. Says whether the reference to it is strong.
    #[inline]
    pub(super) fn order(&mut self, id: u32, through_pointer: bool, depth: u32) -> Result<bool, TypeError> {
        if self.states.get(id).ordered() == Stage::Done || id == 0 {
            return Ok(true);
        }
        self.order_open(id, through_pointer, depth)
    }

    fn order_open(&mut self, id: u32, through_pointer: bool, depth: u32) -> Result<bool, TypeError> {
        let state = self.states.get(id);
        self.records.step(id)?;
        let record = self.records.get(id)?;
        let kind = record.kind();
        if state.ordered() == Stage::Within {
            // A circle, but a declaration resolves it.
            if kind.is_composite() && through_pointer && record.name != 0 {
                return Ok(false);
            }
            return Err(too_deep(id));
        }
        if depth > MAX_DEPTH {
            return Err(too_deep(id));
        }
        match kind {
            Kind::INT | Kind::FLOAT => {
                self.set_ordered(id, Stage::Done);
                Ok(false)
            }
            Kind::PTR => {
                let strong = self.order(record.word, true, depth + 1)?;
                self.set_ordered(id, Stage::Done);
                Ok(strong)
            }
            Kind::ARRAY => {
                let [element, _, _] = record.array(self.records.endian);
                self.order(element, false, depth + 1)
            }
            Kind::STRUCT | Kind::UNION => self.order_composite(id, record, through_pointer, depth),
            Kind::ENUM | Kind::ENUM64 | Kind::FWD => {
                if record.name != 0 || !(state.referenced() || depth > 0) {
                    self.queue.push(id);
                }
                self.set_ordered(id, Stage::Done);
                Ok(true)
            }
            Kind::TYPEDEF => {
                let strong = self.order(record.word, through_pointer, depth + 1)?;
                if through_pointer && !strong {
                    return Ok(false);
                }
                self.queue.push(id);
                self.set_ordered(id, Stage::Done);
                Ok(true)
            }
            Kind::VOLATILE | Kind::CONST | Kind::RESTRICT | Kind::TYPE_TAG => {
                self.order(record.word, through_pointer, depth + 1)
            }
            Kind::FUNC_PROTO => {
                let mut strong = self.order(record.word, through_pointer, depth + 1)?;
                for [_, param] in record.pairs(self.records.endian) {
                    strong |= self.order(param, through_pointer, depth + 1)?;
                }
                Ok(strong)
            }
            Kind::FUNC | Kind::VAR | Kind::DATASEC | Kind::DECL_TAG => {
                self.set_ordered(id, Stage::Done);
                Ok(false)
            }
            kind => Err(TypeError::NoSize { id: TypeId(id), kind }),
        }
    }

    fn order_composite(
        &mut self,
        id: u32,
        record: Record<'a>,
        through_pointer: bool,
        depth: u32,
    ) -> Result<bool, TypeError> {
        if through_pointer && record.name != 0 {
            return Ok(false);
        }
        self.set_ordered(id, Stage::Within);
        for member in record.members(self.records.endian) {
            self.order(member.id, false, depth + 1)?;
        }
        if record.name != 0 {
            self.queue.push(id);
        }
        self.set_ordered(id, Stage::Done);
        Ok(true)
    }

    fn set_ordered(&mut self, id: u32, stage: Stage) {
        self.states.change(id, |state| state.set_ordered(stage));
    }
}

pub(super) fn too_deep(id: u32) -> TypeError {
    TypeError::TooDeep { id: TypeId(id), limit: MAX_DEPTH }
}
