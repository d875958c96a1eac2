//! Finding many names in one pass over the types.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::kind::Kind;
use crate::names::essential_bytes;
use crate::strings;
use crate::types::TypeId;

impl Btf {
    /// The types of each of many names, in the order of the names: of each those whose kind `accept` takes, of the base
    /// and then of the blob itself, in order of ids. One pass over the types, however many names there are.
    #[must_use]
    pub fn find_many(&self, names: &[&str], accept: impl Fn(Kind) -> bool) -> Vec<Vec<TypeId>> {
        let wanted = Wanted::new(names, Form::Whole);
        let mut found = vec![Vec::new(); names.len()];
        self.levels().for_each(|level| wanted.search(level, &accept, &mut found));
        found.into_iter().map(ids).collect()
    }

    /// Every type that this blob itself describes (its base left aside) whose [essential name](crate::essential_name)
    /// is `name` and whose kind `accept` takes, in order of ids. One pass over the types.
    #[must_use]
    pub fn find_essential_own(&self, name: &str, accept: impl Fn(Kind) -> bool) -> Vec<TypeId> {
        self.find_many_essential_own(&[name], accept).pop().unwrap_or_default()
    }

    /// As [`Self::find_essential_own`] for many names, in the order of the names. One pass over the types, however many
    /// names there are.
    #[must_use]
    pub fn find_many_essential_own(&self, names: &[&str], accept: impl Fn(Kind) -> bool) -> Vec<Vec<TypeId>> {
        self.essential_kinds_own(names, accept).into_iter().map(ids).collect()
    }

    /// As [`Self::find_many_essential_own`], with the kind of each.
    pub(crate) fn essential_kinds_own(
        &self,
        names: &[&str],
        accept: impl Fn(Kind) -> bool,
    ) -> Vec<Vec<(TypeId, Kind)>> {
        let mut found = vec![Vec::new(); names.len()];
        Wanted::new(names, Form::Essential).search(self, &accept, &mut found);
        found
    }
}

fn ids(found: Vec<(TypeId, Kind)>) -> Vec<TypeId> {
    found.into_iter().map(|(id, _)| id).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The name as it stands.
    Whole,
    /// The name without its flavor.
    Essential,
}

/// Names that are looked for, and a quick no for nearly all others.
struct Wanted<'n> {
    form: Form,
    /// To the places in the caller's list; a name may be asked for twice.
    names: HashMap<&'n [u8], Vec<usize>>,
    /// Bytes of the longest name that can be one of them.
    longest: usize,
    starts: Starts,
}

/// Longer names carry no flavor: the kernel's longest names have 512 bytes.
const MAX_FLAVORED: usize = 1024;

impl<'n> Wanted<'n> {
    fn new(names: &[&'n str], form: Form) -> Self {
        let mut places: HashMap<_, Vec<usize>> = HashMap::with_capacity(names.len());
        let mut starts = Starts([0; 64]);
        let mut longest = if form == Form::Essential { MAX_FLAVORED } else { 0 };
        for (place, name) in names.iter().enumerate() {
            let name = name.as_bytes();
            if !strings::can_be_name(name) {
                continue;
            }
            places.entry(name).or_default().push(place);
            longest = longest.max(name.len());
            starts.add(name, b"");
            if form == Form::Essential {
                starts.add(name, b"___");
            }
        }
        Self { form, names: places, longest, starts }
    }

    fn search(&self, btf: &Btf, accept: &impl Fn(Kind) -> bool, found: &mut [Vec<(TypeId, Kind)>]) {
        if self.names.is_empty() {
            return;
        }
        // Seven bits tell a kind.
        let mut accepted = [false; 128];
        accepted.iter_mut().zip(0..).for_each(|(accepted, kind)| *accepted = accept(Kind(kind)));
        let (section, first) = (btf.string_section(), btf.first_string());
        for (record, id) in btf.walk().zip(btf.first_id().0..) {
            if !accepted[usize::from(record.kind().0 & 0x7f)] || record.name == 0 {
                continue;
            }
            let rest = match record.name.checked_sub(first) {
                Some(at) => usize::try_from(at).ok().and_then(|at| section.get(at..)),
                None => btf.string_tail(record.name),
            };
            let Some(rest) = rest.filter(|rest| self.starts.may_begin(rest)) else { continue };
            for place in self.places(rest) {
                if let Some(found) = found.get_mut(*place) {
                    found.push((TypeId(id), record.kind()));
                }
            }
        }
    }

    /// Where the name that begins here was asked for.
    fn places(&self, rest: &[u8]) -> &[usize] {
        let window = rest.get(..self.longest.saturating_add(1)).unwrap_or(rest);
        let Some(mut name) = strings::get(window, 0) else { return &[] };
        if self.form == Form::Essential {
            let essential = if name.len() < MAX_FLAVORED { essential_bytes(name) } else { name };
            // What is cut off a name that is not text is none of ours.
            name = if std::str::from_utf8(name).is_ok() { essential } else { name };
        }
        self.names.get(name).map_or(&[], Vec::as_slice)
    }
}

/// How names may begin: a bit for a hash of their first four bytes.
struct Starts([u64; 64]);

impl Starts {
    fn add(&mut self, name: &[u8], more: &[u8]) {
        let mut first = [0; 4];
        for (byte, of) in first.iter_mut().zip(name.iter().chain(more)) {
            *byte = *of;
        }
        let (word, bit) = Self::place(first);
        self.0[word] |= bit;
    }

    #[inline]
    fn may_begin(&self, rest: &[u8]) -> bool {
        // The last names of a section are shorter than four bytes with their NUL.
        let Some(first) = rest.first_chunk::<4>() else { return true };
        let (word, bit) = Self::place(*first);
        self.0[word] & bit != 0
    }

    #[inline]
    fn place(first: [u8; 4]) -> (usize, u64) {
        let text = u32::from_le_bytes(first);
        let text = match first {
            [0, ..] => 0,
            [_, 0, ..] => text & 0xff,
            [_, _, 0, _] => text & 0xffff,
            _ => text,
        };
        let hash = text.wrapping_mul(0x9e37_79b1) >> 20;
        ((hash >> 6) as usize & 63, 1 << (hash & 63))
    }
}
