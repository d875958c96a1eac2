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
        let mut starts = Starts::new();
        let mut longest = if form == Form::Essential { MAX_FLAVORED } else { 0 };
        for (place, name) in names.iter().enumerate() {
            let name = name.as_bytes();
            if !strings::can_be_name(name) {
                continue;
            }
            places.entry(name).or_default().push(place);
            longest = longest.max(name.len());
            starts.add(name);
            if form == Form::Essential {
                starts.add_flavored(name);
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
        btf.each_record(|record, id| {
            if !accepted[usize::from(record.kind().0 & 0x7f)] || record.name == 0 {
                return;
            }
            let rest = match record.name.checked_sub(first) {
                Some(at) => usize::try_from(at).ok().and_then(|at| section.get(at..)),
                None => btf.string_tail(record.name),
            };
            let Some(rest) = rest.filter(|rest| self.starts.may_begin(rest)) else { return };
            for place in self.places(rest) {
                if let Some(found) = found.get_mut(*place) {
                    found.push((TypeId(id), record.kind()));
                }
            }
        });
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

/// How names may begin: bits for hashes of their first bytes.
struct Starts {
    /// Of eight bytes, or fewer and zeros.
    names: Bits,
    /// Of the four bytes that the shortest names with any flavor begin with.
    short: Option<Bits>,
}

type Bits = [u64; 64];

impl Starts {
    fn new() -> Self {
        Self { names: [0; 64], short: None }
    }

    fn add(&mut self, name: &[u8]) {
        let (word, bit) = place(first(name));
        self.names[word] |= bit;
    }

    fn add_flavored(&mut self, name: &[u8]) {
        let flavored = first(&[name.get(..8).unwrap_or(name), b"___"].concat());
        if name.len() + 3 >= 8 {
            let (word, bit) = place(flavored);
            self.names[word] |= bit;
        } else {
            let (word, bit) = place(flavored & u64::from(u32::MAX));
            self.short.get_or_insert([0; 64])[word] |= bit;
        }
    }

    #[inline]
    fn may_begin(&self, rest: &[u8]) -> bool {
        // The last names of a section are shorter than that with their NUL.
        let Some(eight) = rest.first_chunk::<8>() else { return true };
        let (text, _) = strings::until_nul(u64::from_le_bytes(*eight));
        let has = |bits: &Bits, text| {
            let (word, bit) = place(text);
            bits[word] & bit != 0
        };
        has(&self.names, text)
            || self.short.as_ref().is_some_and(|bits| has(bits, text & u64::from(u32::MAX)))
    }
}

/// The first eight bytes of a name, or fewer and zeros.
fn first(name: &[u8]) -> u64 {
    name.iter().take(8).rev().fold(0, |text, byte| text << 8 | u64::from(*byte))
}

#[inline]
fn place(text: u64) -> (usize, u64) {
    let hash = text.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
    (usize::from((hash >> 6) as u8 & 63), 1 << (hash & 63))
}
