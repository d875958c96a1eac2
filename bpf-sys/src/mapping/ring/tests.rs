//! The walk over every kind of damage; and a ring in a file, with a producer that is not the kernel.

#![allow(clippy::cast_possible_truncation, reason = "small numbers, and random ones")]

use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;

use super::walk::{ALIGN, BUSY, DISCARD, Found, HEADER, available, look};
use super::{Claim, RingError, RingMapping};
use crate::os::page_size;

/// Numbers that repeat after 2^64 steps (xorshift): the same in every run.
fn numbers(mut state: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state)
    })
}

#[test]
fn whatever_the_numbers_nothing_is_out_of_bounds() {
    let mut numbers = numbers(0x9e37_79b9_7f4a_7c15);
    let mut number = || usize::try_from(numbers.next().unwrap_or_default()).unwrap_or(usize::MAX);
    let (mut records, mut discarded, mut refused, mut impossible) = (0, 0, 0, 0);
    for round in 0..400_000_usize {
        let size = 4096 << (number() % 6);
        // Near the wrap of positions, near each other, or anywhere.
        let consumer = match round % 4 {
            0 => number(),
            1 => 0_usize.wrapping_sub(number() % (2 * size)) & !7,
            _ => number() & !7,
        };
        let producer =
            if round % 5 == 0 { number() } else { consumer.wrapping_add((number() % (size + 64)) & !7) };
        let Ok(available) = available(consumer, producer, size) else {
            impossible += 1;
            continue;
        };
        assert!(available <= size && available.is_multiple_of(ALIGN) && consumer.is_multiple_of(ALIGN));
        if available == 0 {
            continue;
        }
        let header = match round % 3 {
            0 => u32::try_from(number() & 0xffff_ffff).unwrap_or_default(),
            1 => u32::try_from(number() % (size + 16)).unwrap_or_default(),
            _ => u32::try_from(number() % (size / 8)).unwrap_or_default() | (DISCARD * (round as u32 & 1)),
        };
        let moved = |next: usize| next.wrapping_sub(consumer);
        match look(consumer, available, size, header) {
            Ok(Found::Busy) => assert!(header & BUSY != 0),
            Ok(Found::Discarded { next }) => {
                assert!((HEADER..=available).contains(&moved(next)) && next.is_multiple_of(ALIGN));
                discarded += 1;
            }
            Ok(Found::Record { offset, len, next }) => {
                assert!(offset >= HEADER && offset.is_multiple_of(ALIGN) && offset + len <= 2 * size);
                assert!((HEADER + len..=available).contains(&moved(next)) && next.is_multiple_of(ALIGN));
                assert!(moved(next) - (HEADER + len) < ALIGN);
                records += 1;
            }
            Err(RingError::Length { len, .. }) => {
                assert!(HEADER + len > available - (available % ALIGN));
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    // The sweep has been everywhere.
    for count in [records, discarded, refused, impossible] {
        assert!(count > 5_000, "{records} {discarded} {refused} {impossible}");
    }
}

/// A ring in a file that nobody else knows, laid out as the kernel lays out a map's; both images are written.
struct Fake {
    file: File,
    page: u64,
    size: u64,
    producer: u64,
}

impl Fake {
    /// Begins at a position: the consumer is there too.
    fn new(size: u64, start: u64) -> Self {
        let path = std::env::temp_dir().join(format!(
            "bpf-sys-ring-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        let page = page_size().unwrap() as u64;
        file.set_len(2 * page + 2 * size).unwrap();
        let fake = Self { file, page, size, producer: start };
        fake.set_consumer(start);
        fake.publish();
        fake
    }

    fn ring(&self) -> RingMapping {
        RingMapping::map(self.file.as_fd(), self.size as usize, None).unwrap()
    }

    fn set_consumer(&self, position: u64) {
        self.file.write_all_at(&(position as usize).to_ne_bytes(), 0).unwrap();
    }

    fn consumer(&self) -> u64 {
        let mut word = [0; size_of::<usize>()];
        self.file.read_exact_at(&mut word, 0).unwrap();
        usize::from_ne_bytes(word) as u64
    }

    fn publish(&self) {
        self.file.write_all_at(&(self.producer as usize).to_ne_bytes(), self.page).unwrap();
    }

    /// A byte of the data, in both images.
    fn put(&self, position: u64, bytes: &[u8]) {
        for (byte, distance) in bytes.iter().zip(0..) {
            let at = position.wrapping_add(distance) & (self.size - 1);
            for image in [0, self.size] {
                self.file.write_all_at(&[*byte], 2 * self.page + image + at).unwrap();
            }
        }
    }

    /// Produces a record; answers where its header is.
    fn record(&mut self, bytes: &[u8], flags: u32) -> u64 {
        let at = self.producer;
        self.put(at, &(bytes.len() as u32 | flags).to_ne_bytes());
        self.put(at.wrapping_add(8), bytes);
        self.producer = at.wrapping_add((8 + bytes.len() as u64).next_multiple_of(8));
        self.publish();
        at
    }
}

/// All that can be read now.
fn read(ring: &mut RingMapping) -> Result<Vec<Vec<u8>>, RingError> {
    ring.look()?;
    let mut found = Vec::new();
    while let Some(record) = ring.next()? {
        found.push(record.to_vec());
    }
    Ok(found)
}

fn small() -> u64 {
    page_size().unwrap() as u64
}

#[test]
fn records_come_in_order_and_discarded_ones_do_not() {
    let mut fake = Fake::new(small(), 0);
    let mut ring = fake.ring();
    assert_eq!(read(&mut ring).unwrap(), Vec::<Vec<u8>>::new());
    fake.record(b"one", 0);
    fake.record(b"never", DISCARD);
    fake.record(b"", 0);
    fake.record(b"last of them", 0);
    assert_eq!(read(&mut ring).unwrap(), [&b"one"[..], b"", b"last of them"]);
    assert_eq!((fake.consumer(), ring.consumer_position() as u64), (fake.producer, fake.producer));
}

#[test]
fn a_record_that_is_being_written_holds_up_the_later_ones() {
    let mut fake = Fake::new(small(), 0);
    let mut ring = fake.ring();
    fake.record(b"a", 0);
    let busy = fake.record(b"b", BUSY);
    fake.record(b"c", 0);
    assert_eq!(read(&mut ring).unwrap(), [b"a"]);
    assert_eq!(read(&mut ring).unwrap(), Vec::<Vec<u8>>::new());
    fake.put(busy, &1_u32.to_ne_bytes());
    assert_eq!(read(&mut ring).unwrap(), [b"b", b"c"]);
}

#[test]
fn what_is_not_looked_at_yet_is_not_read() {
    let mut fake = Fake::new(small(), 0);
    let mut ring = fake.ring();
    fake.record(b"a", 0);
    assert_eq!(ring.look(), Ok(16));
    fake.record(b"b", 0);
    assert_eq!(ring.next().unwrap().unwrap().bytes(), b"a");
    assert!(ring.next().unwrap().is_none());
    assert_eq!(read(&mut ring).unwrap(), [b"b"]);
}

#[test]
fn the_end_of_the_ring_is_in_the_middle_of_records() {
    // From just before positions wrap, many times around.
    let size = small();
    for start in [0, (usize::MAX as u64).wrapping_sub(3 * size) & !7] {
        let mut fake = Fake::new(size, start);
        let mut ring = fake.ring();
        let mut numbers = numbers(7);
        let mut bytes_read = 0;
        while bytes_read < 6 * size {
            let len = numbers.next().unwrap() % (size / 3);
            let wanted: Vec<u8> = numbers.by_ref().take(len as usize).map(|number| number as u8).collect();
            fake.record(&wanted, 0);
            fake.record(&wanted, DISCARD);
            assert_eq!(read(&mut ring).unwrap(), [wanted]);
            bytes_read += len;
        }
    }
}

#[test]
fn a_borrow_ends_before_the_position_moves() {
    let mut fake = Fake::new(small(), 0);
    let mut ring = fake.ring();
    fake.record(b"kept", 0);
    ring.look().unwrap();
    let record = ring.next().unwrap().unwrap();
    assert_eq!((fake.consumer(), record.bytes()), (0, &b"kept"[..]));
    drop(record);
    assert_eq!(fake.consumer(), 16);
    // One that is not dropped is not given back, and comes again.
    fake.record(b"again", 0);
    ring.look().unwrap();
    std::mem::forget(ring.next().unwrap().unwrap());
    assert_eq!(ring.next().unwrap().unwrap().bytes(), b"again");
}

#[test]
fn damage_is_refused_and_stays_refused() {
    // A producer that is further ahead than the ring is long, or behind, or between records.
    for producer in [small() + 8, (usize::MAX as u64) & !7, 12] {
        let mut fake = Fake::new(small(), 0);
        let mut ring = fake.ring();
        fake.record(b"a", 0);
        fake.producer = producer;
        fake.publish();
        for _ in 0..2 {
            assert!(matches!(ring.look(), Err(RingError::Positions { .. })), "{producer}");
            assert_eq!(ring.next().map(|record| record.is_some()), Ok(false));
        }
    }
    // A length that goes beyond the producer, also as a discarded record.
    for len in [9, small() as u32, !(BUSY | DISCARD), DISCARD | 9] {
        let mut fake = Fake::new(small(), 0);
        let mut ring = fake.ring();
        let at = fake.record(b"12345678", 0);
        fake.put(at, &len.to_ne_bytes());
        for _ in 0..2 {
            let error = read(&mut ring).unwrap_err();
            assert!(matches!(error, RingError::Length { available: 16, .. }), "{len:#x}: {error}");
        }
        assert_eq!(fake.consumer(), 0);
    }
    // A ring whose last reader left nonsense.
    let fake = Fake::new(small(), 0);
    fake.set_consumer(3);
    assert!(matches!(fake.ring().look(), Err(RingError::Positions { consumer: 3, .. })));
}

#[test]
fn another_reader_is_found_out() {
    let mut fake = Fake::new(small(), 0);
    let mut ring = fake.ring();
    fake.record(b"a", 0);
    fake.record(b"b", 0);
    ring.look().unwrap();
    let record = ring.next().unwrap().unwrap();
    fake.set_consumer(32);
    drop(record);
    let moved = RingError::Moved { left: 0, found: 32 };
    assert_eq!(ring.next().map(drop).unwrap_err(), moved);
    // Putting it back does not help: nobody knows what happened meanwhile.
    fake.set_consumer(0);
    assert_eq!(ring.look(), Err(moved));
}

#[test]
fn a_reader_begins_where_the_last_one_stopped() {
    let mut fake = Fake::new(small(), 0);
    fake.record(b"a", 0);
    fake.record(b"b", 0);
    let mut first = fake.ring();
    first.look().unwrap();
    assert_eq!(first.next().unwrap().unwrap().bytes(), b"a");
    drop(first);
    assert_eq!(read(&mut fake.ring()).unwrap(), [b"b"]);
}

#[test]
fn sizes_that_cannot_be() {
    let fake = Fake::new(small(), 0);
    for size in [0, 1, 24, small() as usize / 2, 3 * small() as usize] {
        assert!(RingMapping::map(fake.file.as_fd(), size, None).is_err(), "{size}");
    }
}

#[test]
fn a_ring_is_read_by_one_at_a_time() {
    let claim = Claim::new(u32::MAX).unwrap();
    assert!(Claim::new(u32::MAX).is_none());
    drop(claim);
    assert!(Claim::new(u32::MAX).is_some());
}
