//! Walking over a map: many elements in a call where kernel and type have that, and otherwise one by one.

use std::marker::PhantomData;

use bpf_sys::map::{Batch, BatchCursor};
use bpf_sys::{SysError, errno};
use zerocopy::FromBytes;

use crate::map::{Map, MapError};

/// Bytes that one call reads, about.
const BATCH: usize = 128 << 10;
/// A bucket of a hash map with more bytes than that is not read at once: elements are then read one by one.
const BATCH_MOST: usize = 64 << 20;

/// How the elements are got.
enum Mode {
    Batches(BatchCursor),
    /// With so many elements at most, since a map that changes can send the walk back to its beginning.
    OneByOne {
        last: Option<Vec<u8>>,
        left: u64,
    },
    Done,
}

/// A key and a value.
type Element<'a> = (&'a [u8], &'a [u8]);

/// The elements of a map as bytes.
pub(super) struct Walk {
    map: Map,
    /// Whether elements are removed as they are read.
    take: bool,
    mode: Mode,
    keys: Vec<u8>,
    values: Vec<u8>,
    /// The next element, and how many there are, in the buffers.
    at: usize,
    count: usize,
}

impl Walk {
    pub(super) fn new(map: &Map, take: bool) -> Self {
        let mode = Mode::Batches(BatchCursor::new());
        Self { map: map.clone(), take, mode, keys: Vec::new(), values: Vec::new(), at: 0, count: 0 }
    }

    /// The next key and value.
    pub(super) fn next(&mut self) -> Option<Result<Element<'_>, MapError>> {
        while self.at == self.count {
            if let Err(error) = self.fill()? {
                self.mode = Mode::Done;
                return Some(Err(self.map.error("iterating over", error)));
            }
        }
        let at = self.at;
        self.at += 1;
        let (key, value) = (self.map.key_size(), self.map.value_size());
        Some(Ok((
            self.keys.get(at * key..(at + 1) * key).unwrap_or_default(),
            self.values.get(at * value..(at + 1) * value).unwrap_or_default(),
        )))
    }

    /// Reads more elements, or none; `None` in the end.
    fn fill(&mut self) -> Option<Result<(), SysError>> {
        (self.at, self.count) = (0, 0);
        match self.mode {
            Mode::Batches(_) => Some(self.fill_batch()),
            Mode::OneByOne { .. } => self.fill_one().transpose(),
            Mode::Done => None,
        }
    }

    fn fill_batch(&mut self) -> Result<(), SysError> {
        let Mode::Batches(cursor) = &mut self.mode else { return Ok(()) };
        let (key, value) = (self.map.key_size(), self.map.value_size());
        let both = key.saturating_add(value).max(1);
        if self.keys.is_empty() {
            let room = (BATCH / both).max(1);
            self.keys.resize(room.saturating_mul(key), 0);
            self.values.resize(room.saturating_mul(value), 0);
        }
        let fd = self.map.fd();
        let read = match self.take {
            true => fd.lookup_and_delete_batch(cursor, &mut self.keys, &mut self.values, 0),
            false => fd.lookup_batch(cursor, &mut self.keys, &mut self.values, 0),
        };
        match read {
            Ok(Batch { count, end }) => {
                self.count = count;
                if end {
                    self.mode = Mode::Done;
                }
                Ok(())
            }
            // More elements in a bucket than there is room for.
            Err(error) if error.is(errno::ENOSPC) && self.keys.len().max(self.values.len()) < BATCH_MOST => {
                self.keys.resize(self.keys.len().saturating_mul(2), 0);
                self.values.resize(self.values.len().saturating_mul(2), 0);
                Ok(())
            }
            // A kernel before 5.6, or a type of map without.
            Err(error) if error.is(errno::EINVAL) || error.is(errno::ENOTSUPP) || error.is(errno::ENOSPC) => {
                let entries = self.map.fd().info()?.max_entries;
                self.mode = Mode::OneByOne { last: None, left: u64::from(entries).saturating_mul(2) };
                self.keys.resize(key, 0);
                self.values.resize(value, 0);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The next element if it is still there; `None` in the end.
    fn fill_one(&mut self) -> Result<Option<()>, SysError> {
        let Mode::OneByOne { last, left } = &mut self.mode else { return Ok(None) };
        let fd = self.map.fd();
        // What is taken is gone, so the first is the next.
        let after = last.as_deref().filter(|_| !self.take);
        if *left == 0 || !fd.next_key(after, &mut self.keys)? {
            self.mode = Mode::Done;
            return Ok(None);
        }
        *left -= 1;
        *last = Some(self.keys.clone());
        let there = match fd.lookup(&self.keys, &mut self.values, 0) {
            Err(error) if error.is(errno::ENOENT) => false,
            read => read.map(|()| true)?,
        };
        let taken = match self.take && there {
            false => there,
            true => match fd.delete(&self.keys) {
                Err(error) if error.is(errno::ENOENT) => false,
                deleted => deleted.map(|()| true)?,
            },
        };
        self.count = usize::from(taken);
        Ok(Some(()))
    }
}

/// The elements of a map. What is added or removed meanwhile may or may not be among them; on kernels that read elements
/// one by one an element can come twice when others are removed. It ends always, with the first error for the latest.
pub struct Iter<T> {
    walk: Walk,
    read: fn(&[u8], &[u8]) -> Option<T>,
    item: PhantomData<T>,
}

impl<T> Iter<T> {
    pub(super) fn new(map: &Map, take: bool, read: fn(&[u8], &[u8]) -> Option<T>) -> Self {
        Self { walk: Walk::new(map, take), read, item: PhantomData }
    }
}

impl<T> Iterator for Iter<T> {
    type Item = Result<T, MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.walk.next()? {
            // The sizes were checked when the handle was made, so that it can be read.
            Ok((key, value)) => (self.read)(key, value).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<T> std::fmt::Debug for Iter<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Iter").field("map", &self.walk.map).finish_non_exhaustive()
    }
}

/// A key and a value.
pub(super) fn pair<K: FromBytes, V: FromBytes>(key: &[u8], value: &[u8]) -> Option<(K, V)> {
    Some((K::read_from_bytes(key).ok()?, V::read_from_bytes(value).ok()?))
}
