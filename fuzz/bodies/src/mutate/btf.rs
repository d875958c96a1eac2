//! Changing BTF record by record. The header is written anew, so that it says where things are.

use super::Mutator;
use super::words::{self, Order};

/// Bytes of a record's header, and of a blob's.
const RECORD: usize = 12;
const HEADER: usize = 24;

/// Words behind the header of a record: always, and for each element. By kind, from 0.
const SHAPES: [(usize, usize); 20] = [
    (0, 0),
    (1, 0),
    (0, 0),
    (3, 0),
    (0, 3),
    (0, 3),
    (0, 2),
    (0, 0),
    (0, 0),
    (0, 0),
    (0, 0),
    (0, 0),
    (0, 0),
    (0, 2),
    (1, 0),
    (0, 3),
    (0, 0),
    (1, 0),
    (0, 0),
    (0, 3),
];

struct Blob {
    order: Order,
    types: Vec<u8>,
    strings: Vec<u8>,
}

impl Blob {
    fn read(data: &[u8]) -> Option<Self> {
        let order = Order::of(data.first()? == &0xeb);
        let number = |at| words::get(data, at, order).and_then(|word| usize::try_from(word).ok());
        let header = number(4)?;
        let part = |start, len| {
            let start = header.checked_add(number(start)?)?;
            data.get(start..start.checked_add(number(len)?)?).map(<[u8]>::to_vec)
        };
        Some(Self { order, types: part(8, 12)?, strings: part(16, 20)? })
    }

    fn write(&self) -> Vec<u8> {
        let word = |number: usize| self.order.bytes(u32::try_from(number).unwrap_or(u32::MAX));
        let magic: [u8; 4] = if self.order == Order::Big { [0xeb, 0x9f, 1, 0] } else { [0x9f, 0xeb, 1, 0] };
        let (types, strings) = (self.types.len(), self.strings.len());
        let head = [magic, word(HEADER), word(0), word(types), word(types), word(strings)];
        [head.as_flattened(), &self.types, &self.strings].concat()
    }

    /// Where each record is, as far as they make sense.
    fn records(&self) -> Vec<std::ops::Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(info) = words::get(&self.types, at + 4, self.order) {
            let (fixed, each) =
                SHAPES.get(usize::try_from(info >> 24 & 0x1f).unwrap_or(0)).copied().unwrap_or_default();
            let count = usize::try_from(info & 0x00ff_ffff).unwrap_or(0);
            let end = at + RECORD + 4 * (fixed + each * count);
            if end > self.types.len() {
                break;
            }
            found.push(at..end);
            at = end;
        }
        found
    }
}

impl Mutator<'_, '_> {
    pub(super) fn btf(&mut self, input: &mut Vec<u8>) {
        let Some(mut blob) = Blob::read(input) else { return self.bytes(input) };
        match self.random.below(16) {
            0 => return self.bytes(input),
            1 => self.bytes(&mut blob.types),
            2..4 => self.name(&mut blob),
            4..8 => self.record(&mut blob),
            _ => {
                let at = 4 * self.random.below(blob.types.len() / 4);
                words::change(&mut self.random, &mut blob.types, at, blob.order);
            }
        }
        let written = blob.write();
        if written.len() <= self.max.max(input.len()) {
            *input = written;
        }
    }

    /// Another name, a flavor of one, or damage.
    fn name(&mut self, blob: &mut Blob) {
        if self.random.below(4) == 0 {
            return self.bytes(&mut blob.strings);
        }
        let names: Vec<&[u8]> = blob.strings.split(|byte| *byte == 0).collect();
        let mut name = self.random.pick(&names).copied().unwrap_or_default().to_vec();
        match self.random.below(4) {
            0 => name.extend(b"___other"),
            1 => name.truncate(self.random.below(name.len() + 1)),
            2 => name.extend(b":1"),
            _ => {}
        }
        let offset = u32::try_from(blob.strings.len()).unwrap_or(0);
        blob.strings.extend(name);
        blob.strings.push(0);
        let record = self.random.pick(&blob.records()).cloned();
        if let Some(record) = record {
            // Its own name, or that of what might be a member.
            let word = if self.random.below(2) == 0 { 0 } else { RECORD + 12 * self.random.below(8) };
            if word < record.len() {
                words::put(&mut blob.types, record.start + word, blob.order, offset);
            }
        }
    }

    /// A record that is there twice, is gone, is another's copy, has more or fewer elements, is of another kind, or is
    /// new.
    fn record(&mut self, blob: &mut Blob) {
        let records = blob.records();
        let Some(record) = self.random.pick(&records).cloned() else { return };
        let bytes = blob.types[record.clone()].to_vec();
        let order = blob.order;
        let info = words::get(&bytes, 4, order).unwrap_or(0);
        match self.random.below(7) {
            0 => blob.types.extend(bytes),
            1 => drop(blob.types.splice(record, [])),
            2 => {
                let other = self.random.pick(&records).cloned().unwrap_or_default();
                drop(blob.types.splice(other, bytes));
            }
            3 => self.element(blob, record, info),
            4 => {
                let kind = u32::try_from(self.random.below(SHAPES.len())).unwrap_or(0);
                words::put(&mut blob.types, record.start + 4, order, info & 0x80ff_ffff | kind << 24);
            }
            5 => words::put(&mut blob.types, record.start + 4, order, info ^ 1 << 31),
            _ => {
                // What refers to one type: pointer, forward, typedef, volatile, const, restrict, function, type tag.
                const KINDS: [u32; 8] = [2, 7, 8, 9, 10, 11, 12, 18];
                let kind = self.random.pick(&KINDS).copied().unwrap_or(2);
                let name = words::get(&bytes, 0, order).unwrap_or(0);
                let target = u32::try_from(self.random.below(records.len() + 3)).unwrap_or(0);
                blob.types.extend([name, kind << 24, target].map(|word| order.bytes(word)).as_flattened());
            }
        }
    }

    /// One element more, or one fewer.
    fn element(&mut self, blob: &mut Blob, record: std::ops::Range<usize>, info: u32) {
        let kind = usize::try_from(info >> 24 & 0x1f).unwrap_or(0);
        let len = SHAPES.get(kind).map_or(0, |(_, each)| each * 4);
        if len == 0 {
            return;
        }
        let count = (record.len() - RECORD) / len;
        let at = record.start + RECORD + len * self.random.below(count);
        if self.random.below(2) == 0 && count > 0 {
            blob.types.drain(at..at + len);
            words::put(&mut blob.types, record.start + 4, blob.order, info - 1);
        } else {
            let new = if count > 0 { blob.types[at..at + len].to_vec() } else { vec![0; len] };
            blob.types.splice(at..at, new);
            words::put(&mut blob.types, record.start + 4, blob.order, info.saturating_add(1));
        }
    }
}
