//! The commands on many elements of maps.

use std::collections::BTreeMap;

use bpf_sys::map::{Batch, BatchCursor};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_CPU, BPF_F_NO_PREALLOC};
use bpf_sys::{MapCreate, MapFd, SysError, possible_cpus};
use libtest_mimic::{Failed, Trial};

use crate::support::{DONE, Outcome, small_hash, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("batches::hash", hash),
        test("batches::take", take),
        test("batches::room", room),
        test("batches::array", array),
        test("batches::per_cpu_hash", per_cpu_hash),
        test("batches::long_keys", long_keys),
        test("batches::stopped", stopped),
        test("batches::wrong_lengths", wrong_lengths),
        test("batches::not_for_all", not_for_all),
    ]
}

/// Keys from 0 on, each with its double.
fn filled(map: &MapFd, count: u32) -> Outcome {
    let keys: Vec<u8> = (0..count).flat_map(u32::to_ne_bytes).collect();
    let values: Vec<u8> = (0..u64::from(count)).flat_map(|key| (key * 2).to_ne_bytes()).collect();
    map.update_batch(&keys, &values, 0)?;
    DONE
}

/// Everything in a map, `room` at a time.
fn all(map: &MapFd, room: usize, take: bool) -> Result<BTreeMap<u32, u64>, Failed> {
    let (mut found, mut cursor) = (BTreeMap::new(), BatchCursor::new());
    loop {
        let (mut keys, mut values) = (vec![0; 4 * room], vec![0; 8 * room]);
        let Batch { count, end } = if take {
            map.lookup_and_delete_batch(&mut cursor, &mut keys, &mut values, 0)?
        } else {
            map.lookup_batch(&mut cursor, &mut keys, &mut values, 0)?
        };
        for (key, value) in keys.as_chunks().0.iter().zip(values.as_chunks().0).take(count) {
            let twice = found.insert(u32::from_ne_bytes(*key), u64::from_ne_bytes(*value));
            assert_eq!(twice, None);
        }
        if end {
            return Ok(found);
        }
    }
}

fn doubled(count: u32) -> BTreeMap<u32, u64> {
    (0..count).map(|key| (key, u64::from(key) * 2)).collect()
}

fn hash() -> Outcome {
    // Before 5.11 maps count against the limit on locked memory.
    bpf_sys::raise_memlock_limit();
    let map = MapCreate::new(MapType::HASH, 4, 8, 1000).create()?;
    filled(&map, 1000)?;
    assert_eq!(all(&map, 64, false)?, doubled(1000));
    assert_eq!(all(&map, 1000, false)?, doubled(1000));
    let keys: Vec<u8> = (1..1000_u32).flat_map(u32::to_ne_bytes).collect();
    map.delete_batch(&keys, 0)?;
    assert_eq!(all(&map, 64, false)?, doubled(1));
    map.delete_batch(&0_u32.to_ne_bytes(), 0)?;
    assert_eq!(all(&map, 64, false)?, doubled(0));
    // Nothing is done, and nothing asked of the kernel.
    map.delete_batch(&[], 0)?;
    map.update_batch(&[], &[], 0)?;
    DONE
}

fn take() -> Outcome {
    let map = MapCreate::new(MapType::HASH, 4, 8, 100).create()?;
    filled(&map, 100)?;
    assert_eq!(all(&map, 32, true)?, doubled(100));
    assert_eq!(all(&map, 32, false)?, doubled(0));
    DONE
}

/// All elements of a bucket have to fit.
fn room() -> Outcome {
    // Few buckets: the kernel makes as many as there can be elements, rounded up, so two elements share one at some time.
    let map = MapCreate::new(MapType::HASH, 4, 8, 64).flags(BPF_F_NO_PREALLOC).create()?;
    filled(&map, 64)?;
    let mut cursor = BatchCursor::new();
    let mut seen = 0;
    let error = loop {
        match map.lookup_batch(&mut cursor, &mut [0; 4], &mut [0; 8], 0) {
            Ok(batch) => seen += batch.count,
            Err(error) => break error,
        }
        assert!(seen < 64, "64 elements in 64 buckets, and no two in one");
    };
    assert_eq!(error.errno_name(), Some("ENOSPC"));
    // The same place again, with room.
    loop {
        let batch = map.lookup_batch(&mut cursor, &mut [0; 4 * 64], &mut [0; 8 * 64], 0)?;
        seen += batch.count;
        if batch.end {
            break;
        }
    }
    assert_eq!(seen, 64);
    DONE
}

fn array() -> Outcome {
    let map = MapCreate::new(MapType::ARRAY, 4, 8, 10).create()?;
    filled(&map, 10)?;
    assert_eq!(all(&map, 3, false)?, doubled(10));
    assert_eq!(all(&map, 10, false)?, doubled(10));
    DONE
}

fn per_cpu_hash() -> Outcome {
    let map = MapCreate::new(MapType::PERCPU_HASH, 4, 5, 10).create()?;
    let cpus = possible_cpus()? as usize;
    let values: Vec<u8> =
        (0..=u8::MAX).cycle().take(2 * 8 * cpus).map(|at| if at % 8 < 5 { at } else { 0 }).collect();
    map.update_batch(&[1, 0, 0, 0, 2, 0, 0, 0], &values, 0)?;
    let (mut keys, mut read) = ([0; 4 * 10], vec![0xff; 10 * 8 * cpus]);
    let batch = map.lookup_batch(&mut BatchCursor::new(), &mut keys, &mut read, 0)?;
    assert_eq!(batch, Batch { count: 2, end: true });
    let (mine, other) = read.split_at(8 * cpus);
    let (first, second) = values.split_at(8 * cpus);
    let swapped = keys[0] == 2;
    assert_eq!((mine, &other[..8 * cpus]), if swapped { (second, first) } else { (first, second) });
    assert!(other[8 * cpus..].iter().all(|byte| *byte == 0xff), "nothing behind what was read is touched");
    DONE
}

/// A position in an array-like map is a key, and keys of LPM tries are long.
fn long_keys() -> Outcome {
    let map = MapCreate::new(MapType::LPM_TRIE, 20, 4, 10).flags(BPF_F_NO_PREALLOC).create()?;
    let key = |last: u8| {
        let mut key = [last; 20];
        key[..4].copy_from_slice(&128_u32.to_ne_bytes());
        key
    };
    let keys: Vec<u8> = (1..=5).flat_map(key).collect();
    match map.update_batch(&keys, &[7; 4 * 5], 0) {
        Err(stopped) if stopped.source.errno_name() == Some("ENOTSUPP") => {
            return Ok(libtest_mimic::Completion::ignored_with("needs Linux 5.13: batches of LPM tries"));
        }
        result => result?,
    }
    let (mut cursor, mut seen) = (BatchCursor::new(), Vec::new());
    loop {
        let mut keys = [0; 40];
        let batch = map.lookup_batch(&mut cursor, &mut keys, &mut [0; 8], 0)?;
        seen.extend(keys.as_chunks::<20>().0.iter().take(batch.count).map(|key| key[19]));
        if batch.end {
            break;
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    DONE
}

fn stopped() -> Outcome {
    let map = small_hash()?;
    let keys: Vec<u8> = (0..6_u32).flat_map(u32::to_ne_bytes).collect();
    // Four fit.
    let stopped = map.update_batch(&keys, &[1; 8 * 6], 0).unwrap_err();
    assert_eq!((stopped.done, stopped.source.errno_name()), (4, Some("E2BIG")));
    let stopped = map.delete_batch(&keys, 0).unwrap_err();
    assert_eq!((stopped.done, stopped.source.errno_name()), (4, Some("ENOENT")));
    let stopped = map.update_batch(&keys, &[1; 8 * 6], BPF_F_CPU).unwrap_err();
    assert_eq!((stopped.done, stopped.source.errno_name()), (0, Some("EINVAL")));
    DONE
}

fn wrong_lengths() -> Outcome {
    let map = small_hash()?;
    let mut cursor = BatchCursor::new();
    let wrong = |found: SysError| match found {
        SysError::WrongLength { what, expected, found, .. } => (what, expected, found),
        other => panic!("{other}"),
    };
    let mut read = |keys: usize, values: usize| {
        wrong(map.lookup_batch(&mut cursor, &mut vec![0; keys], &mut vec![0; values], 0).unwrap_err())
    };
    assert_eq!(read(7, 8), ("keys", 4, 7));
    assert_eq!(read(8, 8), ("values", 16, 8));
    assert_eq!(read(8, 17), ("values", 16, 17));
    assert_eq!(wrong(map.update_batch(&[0; 8], &[0; 8], 0).unwrap_err().source), ("values", 16, 8));
    assert_eq!(wrong(map.delete_batch(&[0; 9], 0).unwrap_err().source), ("keys", 8, 9));
    // A position of another map's.
    let other = MapCreate::new(MapType::ARRAY, 4, 8, 4).create()?;
    let mut cursor = BatchCursor::new();
    other.lookup_batch(&mut cursor, &mut [0; 4], &mut [0; 8], 0)?;
    let long = MapCreate::new(MapType::HASH, 12, 8, 4).create()?;
    let error = long.lookup_batch(&mut cursor, &mut [0; 12], &mut [0; 8], 0).unwrap_err();
    assert_eq!(wrong(error), ("cursor", 12, 4));
    DONE
}

fn not_for_all() -> Outcome {
    let queue = MapCreate::new(MapType::QUEUE, 0, 4, 3).create()?;
    let error = queue.lookup_batch(&mut BatchCursor::new(), &mut [], &mut [], 0).unwrap_err();
    assert_eq!(error.to_string(), "a map of type queue cannot be used in batches");
    let sockets = MapCreate::new(MapType::CGROUP_ARRAY, 4, 4, 3).create()?;
    let error = sockets.lookup_batch(&mut BatchCursor::new(), &mut [0; 4], &mut [0; 4], 0).unwrap_err();
    assert_eq!(error.errno_name(), Some("ENOTSUPP"));
    // Without room the walk does not move.
    let map = MapCreate::new(MapType::ARRAY, 4, 8, 2).create()?;
    let mut cursor = BatchCursor::new();
    assert_eq!(map.lookup_batch(&mut cursor, &mut [], &mut [], 0)?, Batch { count: 0, end: false });
    let batch = map.lookup_batch(&mut cursor, &mut [0; 12], &mut [0; 24], 0)?;
    assert_eq!(batch, Batch { count: 2, end: true });
    DONE
}
