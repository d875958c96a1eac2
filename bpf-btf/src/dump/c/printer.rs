//! The state of a dump: what was ordered, printed and named so far.

use std::io;

use super::layout::Layout;
use super::names::Names;
use super::out::Out;
use super::records::{Record, Records};
use crate::btf::Btf;
use crate::cursor::Endian;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::TypeId;

/// How deep types may contain or point to each other, where one text nests in the other.
pub(super) const MAX_DEPTH: u32 = 128;
/// Bytes of text that any BTF may take.
const FREE_TEXT: u64 = 16 << 20;
/// Bytes of text for each byte of BTF. Real ones take less than one.
const TEXT_A_BYTE: u64 = 16;

/// Prints definitions.
pub(super) struct Printer<'a, 'o> {
    pub(super) records: Records<'a>,
    pub(super) out: Out<'o>,
    /// Bytes of text at which it ends.
    limit: u64,
    pub(super) states: States,
    pub(super) names: Names,
    /// Alignments of structs and unions: see `layout.rs`.
    pub(super) aligns: Vec<u8>,
    /// Layouts of the members of the structs at hand.
    pub(super) layouts: Vec<Layout>,
    pub(super) pointer_size: u32,
    /// Definitions that the type at hand needs, in order.
    pub(super) queue: Vec<u32>,
    /// Types that the declarations at hand are made of.
    pub(super) chains: Vec<(u32, Record<'a>)>,
    pub(super) strip_qualifiers: bool,
    pub(super) left_out: Vec<(TypeId, TypeError)>,
    /// No text is left.
    ended: bool,
}

impl<'a, 'o> Printer<'a, 'o> {
    /// For all types of a BTF.
    pub(super) fn whole(btf: &'a Btf, out: Out<'o>) -> Self {
        let mut states = States::of(btf);
        let records = Records::whole(btf, |id, record| states.mark(id, record, btf.endian()));
        let mut printer = Self::new(records, states, out);
        printer.out.clean = printer.records.strings_are_clean();
        printer
    }

    /// For a few types.
    pub(super) fn sparse(btf: &'a Btf, out: Out<'o>) -> Self {
        Self::new(Records::sparse(btf), States::of(btf), out)
    }

    fn new(records: Records<'a>, states: States, out: Out<'o>) -> Self {
        let size: u64 = std::iter::successors(Some(records.btf), |level| level.base())
            .take(16)
            .map(|level| level.bytes().len() as u64)
            .sum();
        let ids = states.0.len();
        let room = records.laid_out();
        Self {
            pointer_size: records.pointer_size(),
            records,
            out,
            limit: FREE_TEXT + TEXT_A_BYTE * size,
            states,
            names: Names::with_room(room),
            aligns: vec![0; ids],
            layouts: Vec::new(),
            queue: Vec::new(),
            chains: Vec::new(),
            strip_qualifiers: false,
            left_out: Vec::new(),
            ended: false,
        }
    }

    /// Prints a type, with what it needs and was not printed yet.
    #[inline]
    pub(super) fn root(&mut self, id: u32) -> io::Result<()> {
        let state = self.states.get(id);
        if self.ended || state.ordered() == Stage::Done {
            return Ok(());
        }
        // That is all that becomes of most.
        if state.leaf() {
            self.states.change(id, |state| state.set_ordered(Stage::Done));
            return Ok(());
        }
        self.root_open(id)
    }

    fn root_open(&mut self, id: u32) -> io::Result<()> {
        self.queue.clear();
        let ordered = self.order(id, false, 0).map(|_| ());
        self.leave_out(id, ordered);
        for at in 0..self.queue.len() {
            let Some(next) = self.queue.get(at).copied() else { break };
            let emitted = self.emit(next, 0, 0);
            self.leave_out(next, emitted);
        }
        self.out.flush()
    }

    pub(super) fn leave_out(&mut self, id: u32, came: Result<(), TypeError>) {
        if let Err(error) = came {
            if !self.ended {
                self.left_out.push((TypeId(id), error));
            }
            self.ended = self.check_room(id).is_err() || self.records.step(id).is_err();
        }
    }

    /// Whether more text may come.
    #[inline]
    pub(super) fn check_room(&self, id: u32) -> Result<(), TypeError> {
        if self.out.len() <= self.limit {
            return Ok(());
        }
        Err(TypeError::TooLarge { id: TypeId(id), limit: u32::try_from(self.limit).unwrap_or(u32::MAX) })
    }
}

/// How far each type is.
pub(super) struct States(Vec<State>);

impl States {
    fn of(btf: &Btf) -> Self {
        Self(vec![State(0); usize::try_from(btf.last_id().0).unwrap_or(0).saturating_add(1)])
    }

    /// Notes which types a record refers to: an anonymous enum that none does stands for itself. And whether it is one
    /// that nothing has to be printed for.
    #[inline]
    fn mark(&mut self, id: u32, record: &Record<'_>, endian: Endian) {
        let mut mark = |id: u32| self.change(id, State::set_referenced);
        match record.kind() {
            Kind::VOLATILE | Kind::CONST | Kind::RESTRICT | Kind::PTR | Kind::TYPEDEF | Kind::TYPE_TAG => {
                mark(record.word);
            }
            Kind::FUNC | Kind::VAR | Kind::DECL_TAG => {
                mark(record.word);
                self.change(id, State::set_leaf);
            }
            Kind::INT | Kind::FLOAT => self.change(id, State::set_leaf),
            Kind::ARRAY => {
                let [element, index, _] = record.array(endian);
                mark(element);
                mark(index);
            }
            Kind::STRUCT | Kind::UNION => record.triples(endian).for_each(|[_, id, _]| mark(id)),
            Kind::DATASEC => {
                record.triples(endian).for_each(|[id, _, _]| mark(id));
                self.change(id, State::set_leaf);
            }
            // Not what they return: so does libbpf.
            Kind::FUNC_PROTO => record.pairs(endian).for_each(|[_, id]| mark(id)),
            _ => {}
        }
    }

    #[inline]
    pub(super) fn get(&self, id: u32) -> State {
        usize::try_from(id).ok().and_then(|at| self.0.get(at)).copied().unwrap_or(State(0))
    }

    #[inline]
    pub(super) fn change(&mut self, id: u32, change: impl FnOnce(&mut State)) {
        if let Some(state) = usize::try_from(id).ok().and_then(|at| self.0.get_mut(at)) {
            change(state);
        }
    }
}

/// Where a type stands in one of the two passes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not begun.
    Open,
    /// What it needs is looked at.
    Within,
    /// Done with.
    Done,
}

/// How far a type is: a byte, since there are many.
#[derive(Clone, Copy)]
pub(super) struct State(u8);

impl State {
    const FORWARD: u8 = 1 << 4;
    const REFERENCED: u8 = 1 << 5;
    const NAMED: u8 = 1 << 6;
    const NUMBERED: u8 = 1 << 7;

    /// In the place of [`Stage::Open`], where nothing has to be printed for the type or before it.
    const LEAF: u8 = 3;

    #[inline]
    fn stage(bits: u8) -> Stage {
        match bits & 3 {
            1 => Stage::Within,
            2 => Stage::Done,
            _ => Stage::Open,
        }
    }

    fn bits(stage: Stage) -> u8 {
        match stage {
            Stage::Open => 0,
            Stage::Within => 1,
            Stage::Done => 2,
        }
    }

    /// Whether the definitions that it needs are in the queue.
    pub(super) fn ordered(self) -> Stage {
        Self::stage(self.0)
    }

    /// Nothing has to be printed for it or before it.
    fn leaf(self) -> bool {
        self.0 & 3 == Self::LEAF
    }

    /// Whether its definition is printed.
    pub(super) fn emitted(self) -> Stage {
        Self::stage(self.0 >> 2)
    }

    /// A forward declaration of it is printed; of a typedef, itself.
    pub(super) fn forward(self) -> bool {
        self.0 & Self::FORWARD != 0
    }

    /// Another type refers to it.
    pub(super) fn referenced(self) -> bool {
        self.0 & Self::REFERENCED != 0
    }

    /// It has its name.
    pub(super) fn named(self) -> bool {
        self.0 & Self::NAMED != 0
    }

    /// Its name has a number.
    pub(super) fn numbered(self) -> bool {
        self.0 & Self::NUMBERED != 0
    }

    fn set_leaf(&mut self) {
        self.0 |= Self::LEAF;
    }

    pub(super) fn set_ordered(&mut self, stage: Stage) {
        self.0 = self.0 & !3 | Self::bits(stage);
    }

    pub(super) fn set_emitted(&mut self, stage: Stage) {
        self.0 = self.0 & !0xc | Self::bits(stage) << 2;
    }

    pub(super) fn set_forward(&mut self) {
        self.0 |= Self::FORWARD;
    }

    pub(super) fn set_referenced(&mut self) {
        self.0 |= Self::REFERENCED;
    }

    pub(super) fn set_named(&mut self) {
        self.0 |= Self::NAMED;
    }

    pub(super) fn set_numbered(&mut self) {
        self.0 |= Self::NUMBERED;
    }
}
