//! Tests of the tables: numbers, names, and first versions against what four stored kernels have.

use std::collections::HashSet;

use super::*;

/// The highest number that each kernel's own type information shows for an enumeration.
struct Highest {
    kernel: KernelVersion,
    map: u32,
    program: u32,
    attach: u32,
    link: u32,
    command: u32,
    helper: u32,
}

const KERNELS: [Highest; 5] = [
    Highest {
        kernel: KernelVersion::new(5, 10),
        map: 28,
        program: 30,
        attach: 37,
        link: 6,
        command: 35,
        helper: 155,
    },
    Highest {
        kernel: KernelVersion::new(6, 1),
        map: 31,
        program: 31,
        attach: 43,
        link: 9,
        command: 35,
        helper: 209,
    },
    Highest {
        kernel: KernelVersion::new(6, 12),
        map: 33,
        program: 32,
        attach: 56,
        link: 14,
        command: 36,
        helper: 211,
    },
    Highest {
        kernel: KernelVersion::new(6, 18),
        map: 33,
        program: 32,
        attach: 57,
        link: 14,
        command: 37,
        helper: 211,
    },
    Highest {
        kernel: KernelVersion::new(7, 2),
        map: 35,
        program: 32,
        attach: 61,
        link: 15,
        command: 38,
        helper: 211,
    },
];

fn check(numbers: impl Iterator<Item = (u32, KernelVersion)>, kernel: KernelVersion, highest: u32) {
    for (number, since) in numbers {
        assert_eq!(number <= highest, since <= kernel, "number {number}, since {since}, in {kernel}");
    }
}

macro_rules! table {
    ($test:ident, $Type:ident, $field:ident, $count:literal) => {
        #[test]
        fn $test() {
            let mut names = HashSet::new();
            for (index, value) in $Type::EVERY.iter().enumerate() {
                assert_eq!(usize::try_from(value.0), Ok(index), "a gap before {value:?}");
                let (name, short) = (value.name().unwrap(), value.short_name().unwrap());
                assert!(names.insert(name) && names.insert(short), "{name} is there twice");
                assert_eq!($Type::from_name(name), Some(*value));
                assert_eq!($Type::from_name(short), Some(*value));
                assert_eq!(value.to_string(), short);
            }
            assert_eq!($Type::ALL.len(), $count);
            for highest in &KERNELS {
                let numbers = $Type::EVERY.iter().map(|value| (value.0, value.since().unwrap()));
                check(numbers, highest.kernel, highest.$field);
            }
            let unknown = $Type(99_999);
            assert_eq!((unknown.name(), unknown.short_name(), unknown.since()), (None, None, None));
            assert!(unknown.to_string().ends_with(" 99999"));
            assert_eq!($Type::from_name("no such name"), None);
        }
    };
}

table!(map_types, MapType, map, 35);
table!(program_types, ProgramType, program, 32);
table!(attach_types, AttachType, attach, 62);
table!(link_types, LinkType, link, 15);
table!(commands, Command, command, 39);
table!(helpers, Helper, helper, 211);

#[test]
fn aliases() {
    assert_eq!(MapType::from_name("BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED"), Some(MapType::CGROUP_STORAGE));
    assert_eq!(Command::PROG_RUN, Command::PROG_TEST_RUN);
    assert_eq!(format!("{:?} {:?}", MapType::HASH, MapType(99)), "MapType(1 hash) MapType(99)");
    assert_eq!(MapType(99).to_string(), "map type 99");
}
