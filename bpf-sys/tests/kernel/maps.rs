//! Maps: element commands, wrong lengths, freezing, memory maps.

use std::collections::BTreeSet;
use std::os::fd::AsFd;

use bpf_sys::uapi::flags::{BPF_ANY, BPF_EXIST, BPF_F_CPU, BPF_F_MMAPABLE, BPF_NOEXIST};
use bpf_sys::uapi::{MapType, ProgramType};
use bpf_sys::{MapCreate, MapFd, MapMapping, MappingError, SysError, possible_cpus};
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Outcome, returning, small_hash, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("maps::hash", hash),
        test("maps::hash_lookup_and_delete", hash_lookup_and_delete),
        test("maps::next_key", next_key),
        test("maps::wrong_lengths", wrong_lengths),
        test("maps::per_cpu_array", per_cpu_array),
        test("maps::one_cpu", one_cpu),
        test("maps::queue", queue),
        test("maps::array_of_maps", array_of_maps),
        test("maps::from_fd", from_fd),
        test("maps::names", names),
        test("maps::freeze", freeze),
        test("maps::mapping", mapping),
        test("maps::arena", arena),
        test("maps::mapping_refused", mapping_refused),
        test("maps::unknown_type", unknown_type),
    ]
}

fn hash() -> Outcome {
    let map = small_hash()?;
    let (key, mut value) = (1u32.to_ne_bytes(), [0; 8]);
    assert!(map.lookup(&key, &mut value, 0).unwrap_err().is(2));
    map.update(&key, &7u64.to_ne_bytes(), BPF_NOEXIST)?;
    map.lookup(&key, &mut value, 0)?;
    assert_eq!(u64::from_ne_bytes(value), 7);
    assert_eq!(map.update(&key, &value, BPF_NOEXIST).unwrap_err().errno_name(), Some("EEXIST"));
    map.update(&key, &8u64.to_ne_bytes(), BPF_EXIST)?;
    map.delete(&key)?;
    let error = map.delete(&key).unwrap_err();
    assert_eq!(error.to_string(), "BPF_MAP_DELETE_ELEM: no such element, object or file (ENOENT)");
    DONE
}

fn hash_lookup_and_delete() -> Outcome {
    let map = small_hash()?;
    let (key, mut value) = (1u32.to_ne_bytes(), [0; 8]);
    map.update(&key, &8u64.to_ne_bytes(), BPF_ANY)?;
    match map.lookup_and_delete(&key, &mut value, 0) {
        Err(error) if error.errno_name() == Some("ENOTSUPP") => {
            return Ok(Completion::ignored_with("needs Linux 5.14: lookup and delete in hash maps"));
        }
        result => result?,
    }
    assert_eq!(u64::from_ne_bytes(value), 8);
    assert_eq!(map.delete(&key).unwrap_err().errno_name(), Some("ENOENT"));
    DONE
}

fn next_key() -> Outcome {
    let map = small_hash()?;
    let mut key = [0; 4];
    assert!(!map.next_key(None, &mut key)?);
    for number in 1..=3u32 {
        map.update(&number.to_ne_bytes(), &[0; 8], BPF_ANY)?;
    }
    let mut found = BTreeSet::new();
    let mut last = None;
    while map.next_key(last.as_ref().map(<[u8; 4]>::as_slice), &mut key)? {
        assert!(found.insert(u32::from_ne_bytes(key)) && found.len() <= 3);
        last = Some(key);
    }
    assert_eq!(found, BTreeSet::from([1, 2, 3]));
    DONE
}

fn wrong_lengths() -> Outcome {
    let map = small_hash()?;
    let wrong = |error: SysError, expected_what, expected_sizes| match error {
        SysError::WrongLength { what, expected, found, .. } => {
            assert_eq!((what, (expected, found)), (expected_what, expected_sizes));
        }
        other => panic!("{other}"),
    };
    wrong(map.lookup(&[0; 3], &mut [0; 8], 0).unwrap_err(), "key", (4, 3));
    wrong(map.lookup(&[0; 4], &mut [0; 7], 0).unwrap_err(), "value", (8, 7));
    wrong(map.update(&[0; 4], &[0; 9], 0).unwrap_err(), "value", (8, 9));
    wrong(map.update(&[], &[0; 8], 0).unwrap_err(), "key", (4, 0));
    wrong(map.delete(&[0; 5]).unwrap_err(), "key", (4, 5));
    wrong(map.next_key(Some(&[]), &mut [0; 4]).unwrap_err(), "key", (4, 0));
    wrong(map.next_key(None, &mut [0; 3]).unwrap_err(), "next key", (4, 3));
    wrong(map.lookup_and_delete(&[0; 4], &mut [], 0).unwrap_err(), "value", (8, 0));
    DONE
}

fn per_cpu_array() -> Outcome {
    let map = MapCreate::new(MapType::PERCPU_ARRAY, 4, 5, 2).create()?;
    let cpus = usize::try_from(possible_cpus()?)?;
    assert_eq!((map.key_size(), map.value_size()), (4, 8 * cpus));
    let values: Vec<u8> =
        (1..=u8::try_from(cpus)?).flat_map(|cpu| [cpu, cpu, cpu, cpu, cpu, 0, 0, 0]).collect();
    map.update(&1u32.to_ne_bytes(), &values, BPF_ANY)?;
    let mut read = vec![0xff; map.value_size()];
    map.lookup(&1u32.to_ne_bytes(), &mut read, 0)?;
    assert_eq!(read, values);
    // One value alone is too short, unless there is one CPU.
    let alone = map.lookup(&[0; 4], &mut [0; 8], 0);
    assert_eq!(alone.map_err(|error| error.code()), if cpus == 1 { Ok(()) } else { Err("E0002") });
    DONE
}

fn one_cpu() -> Outcome {
    let map = MapCreate::new(MapType::PERCPU_ARRAY, 4, 8, 1).create()?;
    let flags = BPF_F_CPU;
    let mut value = [0; 8];
    // Kernels before 7.0 do not know the flag; either way nothing beyond `value` may change.
    match map.update(&[0; 4], &9u64.to_ne_bytes(), flags) {
        Ok(()) => {
            map.lookup(&[0; 4], &mut value, flags)?;
            assert_eq!(u64::from_ne_bytes(value), 9);
        }
        Err(error) => {
            assert_eq!(error.errno_name(), Some("EINVAL"));
            assert_eq!(map.lookup(&[0; 4], &mut value, flags).unwrap_err().errno_name(), Some("EINVAL"));
        }
    }
    DONE
}

fn queue() -> Outcome {
    let map = MapCreate::new(MapType::QUEUE, 0, 4, 3).create()?;
    let mut value = [0; 4];
    map.update(&[], &1u32.to_ne_bytes(), BPF_ANY)?;
    map.update(&[], &2u32.to_ne_bytes(), BPF_ANY)?;
    map.lookup(&[], &mut value, 0)?;
    map.lookup_and_delete(&[], &mut value, 0)?;
    assert_eq!(u32::from_ne_bytes(value), 1);
    DONE
}

fn array_of_maps() -> Outcome {
    let inner = small_hash()?;
    let outer = MapCreate::new(MapType::ARRAY_OF_MAPS, 4, 4, 1).inner_map(inner.as_fd()).create()?;
    let fd = std::os::fd::AsRawFd::as_raw_fd(&inner.as_fd());
    outer.update(&[0; 4], &fd.to_ne_bytes(), BPF_ANY)?;
    let mut id = [0; 4];
    outer.lookup(&[0; 4], &mut id, 0)?;
    assert_eq!(u32::from_ne_bytes(id), inner.info()?.id);
    DONE
}

fn from_fd() -> Outcome {
    let map = small_hash()?;
    map.update(&[1; 4], &[2; 8], BPF_ANY)?;
    let again = MapFd::from_fd(map.try_clone()?.into())?;
    assert_eq!((again.map_type(), again.key_size(), again.value_size()), (MapType::HASH, 4, 8));
    let mut value = [0; 8];
    again.lookup(&[1; 4], &mut value, 0)?;
    assert_eq!(value, [2; 8]);
    let program = returning(ProgramType::SOCKET_FILTER, 0)?;
    assert_eq!(MapFd::from_fd(program).unwrap_err(), SysError::WrongKind { expected: "map" });
    DONE
}

fn names() -> Outcome {
    let create = |name| MapCreate::new(MapType::ARRAY, 4, 4, 1).name(name).create()?.info();
    assert_eq!(create("größer.als_sechzehn")?.name, "gr__er.als_sech");
    let info = create("")?;
    assert_eq!((info.name.as_str(), info.map_type, info.max_entries), ("", MapType::ARRAY, 1));
    DONE
}

fn mappable() -> Result<MapFd, SysError> {
    MapCreate::new(MapType::ARRAY, 4, 24, 3).name("mappable").flags(BPF_F_MMAPABLE).create()
}

fn freeze() -> Outcome {
    let map = mappable()?;
    let writable = MapMapping::new(&map, 72, true)?;
    assert_eq!(map.freeze().unwrap_err().errno_name(), Some("EBUSY"));
    drop(writable);
    map.freeze()?;
    let again = map.freeze().unwrap_err();
    assert!(matches!(again.errno_name(), Some("EPERM" | "EBUSY")), "{again}");
    assert_eq!(map.update(&[0; 4], &[0; 24], BPF_ANY).unwrap_err().errno_name(), Some("EPERM"));
    assert_eq!(MapMapping::new(&map, 72, true).unwrap_err().errno_name(), Some("EPERM"));
    let mapping = MapMapping::new(&map, 72, false)?;
    assert_eq!(mapping.store_u32(0, 1), Err(MappingError::ReadOnly));
    assert_eq!(mapping.write(0, &[1]), Err(MappingError::ReadOnly));
    assert_eq!(mapping.load_u32(0), Ok(0));
    DONE
}

fn mapping() -> Outcome {
    let map = mappable()?;
    let mapping = MapMapping::new(&map, 72, true)?;
    let bytes: Vec<u8> = (0..72).collect();
    let mut read = vec![0; 72];
    // Every offset and length, so every way that a range splits into words and bytes.
    for offset in 0..=72 {
        for len in 0..=72 - offset {
            mapping.write(0, &[0xee; 72])?;
            let range = offset..offset + len;
            mapping.write(offset, &bytes[range.clone()])?;
            mapping.read(0, &mut read)?;
            assert_eq!(read[range.clone()], bytes[range.clone()]);
            assert!(read.iter().enumerate().all(|(at, byte)| range.contains(&at) || *byte == 0xee));
            mapping.read(offset, &mut read[range.clone()])?;
            assert_eq!(read[range.clone()], bytes[range]);
        }
    }
    mapping.write(0, &bytes)?;
    let mut value = [0; 24];
    map.lookup(&1u32.to_ne_bytes(), &mut value, 0)?;
    assert_eq!(value, bytes[24..48]);
    map.update(&2u32.to_ne_bytes(), &[7; 24], BPF_ANY)?;
    assert_eq!(mapping.load_u32(48), Ok(0x0707_0707));
    mapping.store_u32(4, 5)?;
    assert_eq!((mapping.fetch_add_u32(4, 2), mapping.load_u32(4)), (Ok(5), Ok(7)));
    #[cfg(target_pointer_width = "64")]
    {
        mapping.store_u64(8, u64::MAX)?;
        assert_eq!((mapping.fetch_add_u64(8, 2), mapping.load_u64(8)), (Ok(u64::MAX), Ok(1)));
        assert_eq!(mapping.load_u64(4), Err(MappingError::Misaligned { offset: 4, align: 8 }));
        let outside = MappingError::OutOfBounds { offset: 72, len: 8, size: 72 };
        assert_eq!(mapping.load_u64(72), Err(outside));
    }
    assert_eq!(mapping.load_u32(2), Err(MappingError::Misaligned { offset: 2, align: 4 }));
    for offset in [70, 72, usize::MAX] {
        let outside = MappingError::OutOfBounds { offset, len: 4, size: 72 };
        assert_eq!(mapping.load_u32(offset), Err(outside));
        assert_eq!(mapping.read(offset, &mut [0; 4]), Err(outside));
        assert_eq!(mapping.write(offset, &[0; 4]), Err(outside));
    }
    // The mapping keeps the map alive.
    drop(map);
    assert_eq!(mapping.load_u32(4), Ok(7));
    DONE
}

fn arena() -> Outcome {
    let page = 4096;
    let create = || MapCreate::new(MapType::ARENA, 0, 0, 4).flags(BPF_F_MMAPABLE);
    let map = match create().create() {
        Err(error) if error.errno_name() == Some("EINVAL") => {
            return Ok(Completion::ignored_with("needs Linux 6.9: arenas"));
        }
        map => map?,
    };
    let mapping = MapMapping::arena(&map, 4 * page, 0)?;
    mapping.write(3 * page - 2, &[1, 2, 3, 4])?;
    let mut read = [9; 8];
    mapping.read(3 * page - 4, &mut read)?;
    assert_eq!(read, [0, 0, 1, 2, 3, 4, 0, 0]);
    // What was written stays with the arena.
    let again = MapMapping::arena(&map, 4 * page, 0);
    assert!(again.is_err(), "an arena is mapped at one address");
    drop(mapping);
    // At an address of its own, which is free again, and taken while it is mapped.
    let address = 0x1000_0000_0000;
    let fixed = create().extra(address).create()?;
    let mapping = MapMapping::arena(&fixed, 4 * page, address)?;
    mapping.write(0, &[7])?;
    assert_eq!(MapMapping::arena(&fixed, 4 * page, address).unwrap_err().errno_name(), Some("EEXIST"));
    drop(mapping);
    assert_eq!(
        MapMapping::arena(&fixed, 4 * page, address)?.load_u32(0),
        Ok(u32::from_ne_bytes([7, 0, 0, 0]))
    );
    assert_eq!(MapMapping::arena(&mappable()?, page, 0).unwrap_err().code(), "E0005");
    DONE
}

fn mapping_refused() -> Outcome {
    let hash = small_hash()?;
    assert_eq!(MapMapping::new(&hash, 8, false).unwrap_err().code(), "E0005");
    let plain = MapCreate::new(MapType::ARRAY, 4, 8, 1).create()?;
    assert!(MapMapping::new(&plain, 8, false).unwrap_err().errno().is_some());
    let map = mappable()?;
    for len in [0, 1 << 20, usize::MAX] {
        assert!(MapMapping::new(&map, len, false).unwrap_err().errno().is_some());
    }
    DONE
}

fn unknown_type() -> Outcome {
    let error = MapCreate::new(MapType(9999), 4, 4, 1).create().unwrap_err();
    assert_eq!(error.to_string(), "BPF_MAP_CREATE: invalid argument (EINVAL)");
    DONE
}
