//! CO-RE: one access of the object to a field, asked of kernels that differ.

use bpf_btf::core::{AccessPath, Candidates, CoreError, Outcome, RelocKind, describe, needs, resolve};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, CoreRecord, Endian, StrOffset, TypeId};

use crate::support::Builder;

/// One side of the comparison: the usual integers, and what is built on them.
pub(crate) struct Side {
    pub(crate) b: Builder,
    pub(crate) int: TypeId,
    pub(crate) uint: TypeId,
    pub(crate) long: TypeId,
    pub(crate) ulong: TypeId,
}

impl Side {
    pub(crate) fn new(endian: Endian, padding: bool) -> Self {
        let mut b = Builder::new(endian);
        if padding {
            b.float("padding", 8); // so that ids differ between the sides
        }
        let int = b.int("int", 4, true);
        let uint = b.int("unsigned int", 4, false);
        let long = b.int("long", 8, true);
        let ulong = b.int("unsigned long", 8, false);
        Self { b, int, uint, long, ulong }
    }

    pub(crate) fn ops(&mut self, name: &str, size: u32, members: &[(&str, TypeId, u32)]) -> TypeId {
        self.b.structure(name, size, members)
    }
}

pub(crate) type Build = fn(&mut Side) -> TypeId;

pub(crate) fn answer(local: &Btf, record: &CoreRecord, kernel: &Btf) -> String {
    let candidates = match Candidates::find(local, record.type_id, &[kernel]) {
        Ok(candidates) => candidates,
        Err(error) => return format!("{} {error}", error.code()),
    };
    match resolve(local, record, &candidates) {
        Err(error) => format!("{} {error}", error.code()),
        Ok(fixup) => {
            let expected = fixup.expected.map_or("?".to_owned(), |value| value.to_string());
            let access =
                fixup.no_access.as_ref().map(|why| format!("; no access: {why}")).unwrap_or_default();
            match fixup.outcome {
                Outcome::Missing(missing) => format!("{} {missing}", missing.code()),
                Outcome::Value { value, resize: None } => format!("{expected} -> {value}{access}"),
                Outcome::Value { value, resize: Some(resize) } => {
                    format!("{expected} -> {value}, {} bytes -> {}", resize.from, resize.to)
                }
                _ => "?".to_owned(),
            }
        }
    }
}

/// `struct task [6]` as `struct task`.
fn without_ids(text: &str) -> String {
    let digit = |c: char| c.is_ascii_digit();
    text.split(" [").map(|part| part.trim_start_matches(digit).trim_start_matches(']')).collect()
}

pub(crate) struct Case {
    pub(crate) local: Btf,
    pub(crate) root: TypeId,
    access: u32,
    pub(crate) kernel: Btf,
}

impl Case {
    fn in_order(endian: Endian, local: Build, access: &str, kernel: Build) -> Self {
        let (mut a, mut b) = (Side::new(endian, false), Side::new(endian, true));
        let root = local(&mut a);
        kernel(&mut b);
        let access = a.b.string(access);
        Self { local: a.b.parse(), root, access, kernel: b.b.parse() }
    }

    pub(crate) fn new(local: Build, access: &str, kernel: Build) -> Self {
        Self::in_order(Endian::Little, local, access, kernel)
    }

    pub(crate) fn record(&self, kind: RelocKind) -> CoreRecord {
        CoreRecord { offset: 0, type_id: self.root, access: StrOffset(self.access), kind }
    }

    #[track_caller]
    pub(crate) fn check(&self, kind: RelocKind, want: &str) -> &Self {
        assert_eq!(answer(&self.local, &self.record(kind), &self.kernel), want, "{kind}");
        self.check_cut(kind);
        self
    }

    /// Against as much of the kernel as the relocation needs, the answer is the same but for ids.
    #[track_caller]
    fn check_cut(&self, kind: RelocKind) {
        let record = self.record(kind);
        let Ok(candidates) = Candidates::find(&self.local, record.type_id, &[&self.kernel]) else { return };
        let mut keep = Keep::new();
        if needs(&self.local, &record, &candidates, &mut keep).is_err() {
            return;
        }
        let cut = Btf::parse(minimize(&self.kernel, &keep).unwrap()).unwrap();
        let [whole, cut] =
            [&self.kernel, &cut].map(|kernel| without_ids(&answer(&self.local, &record, kernel)));
        if kind != RelocKind::TYPE_ID_TARGET {
            assert_eq!(cut, whole, "{kind}, cut");
        }
    }
}

pub(crate) fn task(s: &mut Side) -> TypeId {
    let (int, long) = (s.int, s.long);
    s.ops("task", 16, &[("pid", int, 0), ("start", long, 64)])
}

#[test]
fn a_field_that_moved() {
    let case = Case::new(task, "0:1", |s| {
        let (int, long) = (s.int, s.long);
        s.ops("task", 40, &[("tgid", int, 0), ("pid", int, 64), ("start", long, 256)])
    });
    case.check(RelocKind::FIELD_BYTE_OFFSET, "8 -> 32")
        .check(RelocKind::FIELD_BYTE_SIZE, "8 -> 8")
        .check(RelocKind::FIELD_EXISTS, "1 -> 1")
        .check(RelocKind::FIELD_SIGNED, "1 -> 1")
        .check(RelocKind::FIELD_LSHIFT_U64, "0 -> 0")
        .check(RelocKind::FIELD_RSHIFT_U64, "0 -> 0")
        .check(RelocKind(13), "E0146 CO-RE relocation kind 13 is not supported");
    assert_eq!(describe(&case.local, &case.record(RelocKind::FIELD_BYTE_OFFSET)), "task.start");
}

#[test]
fn a_field_that_is_gone() {
    let kernel: Build = |s| {
        let (int, uint) = (s.int, s.uint);
        let inner = s.ops("", 4, &[("starts", uint, 0)]);
        s.ops("task", 16, &[("pid", int, 0), ("", inner, 32)])
    };
    let case = Case::new(task, "0:1", kernel);
    let want =
        "E0152 task.start: no member start in the kernel's struct task; closest: starts (unsigned int)";
    case.check(RelocKind::FIELD_BYTE_OFFSET, want)
        .check(RelocKind::FIELD_RSHIFT_U64, want)
        .check(RelocKind::FIELD_EXISTS, "1 -> 0");
}

#[test]
fn a_type_that_is_gone() {
    let case = Case::new(task, "0:1", |s| s.ops("tasks", 0, &[]));
    case.check(
        RelocKind::FIELD_BYTE_OFFSET,
        "E0151 task.start: the kernel has no struct of the name task; closest: tasks",
    )
    .check(RelocKind::FIELD_EXISTS, "1 -> 0");
    // A union is no struct.
    let case = Case::new(task, "0:0", |s| s.b.union("task", 0, &[]));
    case.check(RelocKind::FIELD_BYTE_OFFSET, "E0151 task.pid: the kernel has no struct of the name task");
}

#[test]
fn a_field_of_another_kind() {
    let case = Case::new(task, "0:1", |s| {
        let long = s.long;
        let array = s.b.array(long, 4);
        s.ops("task", 32, &[("start", array, 0)])
    });
    case.check(
        RelocKind::FIELD_BYTE_OFFSET,
        "E0153 task.start: it is `long start` in the object, `long start[4]` in the kernel",
    )
    .check(RelocKind::FIELD_EXISTS, "1 -> 0");
}

#[test]
fn flavors_and_anonymous_members() {
    let case = Case::new(
        |s| {
            let long = s.long;
            let inner = s.b.union("", 8, &[("start", long, 0)]);
            let inner = s.ops("", 16, &[("", inner, 64)]);
            s.ops("task___old", 16, &[("", inner, 0)])
        },
        "0:0:0:0",
        |s| {
            let long = s.long;
            let inner = s.ops("", 8, &[("start", long, 0)]);
            s.ops("task", 32, &[("", inner, 192)])
        },
    );
    case.check(RelocKind::FIELD_BYTE_OFFSET, "8 -> 24");
    let record = case.record(RelocKind::FIELD_BYTE_OFFSET);
    assert_eq!(describe(&case.local, &record), "task___old.start");
}

#[test]
fn arrays() {
    fn with(s: &mut Side, len: u32, last: bool) -> TypeId {
        let (int, long) = (s.int, s.long);
        let entity = s.ops("entity", 16, &[("load", long, 0), ("sum", long, 64)]);
        let entities = s.b.array(entity, len);
        let members = [("n", int, 0), ("entities", entities, 64), ("end", int, 1024)];
        s.ops("queue", 256, if last { &members[..2] } else { &members })
    }
    let case = |access, kernel| Case::new(|s| with(s, 4, true), access, kernel);
    let offset = RelocKind::FIELD_BYTE_OFFSET;
    case("0:1:3:1", |s| with(s, 8, true))
        .check(offset, "64 -> 64")
        .check(RelocKind::FIELD_BYTE_SIZE, "8 -> 8");
    case("0:1:3:1", |s| with(s, 3, true))
        .check(offset, "E0154 queue.entities[3].sum: index 3 is past the end of the kernel's array of 3")
        .check(RelocKind::FIELD_EXISTS, "1 -> 0");
    // Without a length it is flexible, but only at the end.
    case("0:1:3:1", |s| with(s, 0, true)).check(offset, "64 -> 64");
    case("0:1:3:1", |s| with(s, 0, false))
        .check(offset, "E0154 queue.entities[3].sum: index 3 is past the end of the kernel's array of 0");
    case("0:1:3", |s| with(s, 4, true)).check(RelocKind::FIELD_BYTE_SIZE, "16 -> 16").check(
        RelocKind::FIELD_SIGNED,
        "E0147 CO-RE asks signed of queue.entities[3]: it is an element of an array",
    );
    case("0:1:4:1", |s| with(s, 8, true)).check(
        offset,
        "E0142 CO-RE access `0:1:4:1` does not fit type [7]: it indexes an array past its end",
    );
    // The second queue of an array of them.
    case("1:0", |s| with(s, 4, true)).check(offset, "256 -> 256");
    // The kernel has no array there.
    let one: Build = |s| {
        let int = s.int;
        let entity = s.ops("entity", 16, &[]);
        s.ops("queue", 64, &[("n", int, 0), ("entities", entity, 64)])
    };
    case("0:1:0:0", one).check(
        offset,
        "E0153 queue.entities[0].load: it is `struct entity entities[4]` in the object, `struct entity entities` in the kernel",
    );
}

#[test]
fn loads_that_change_their_size() {
    fn with(s: &mut Side, id: TypeId) -> TypeId {
        s.ops("task", 8, &[("x", id, 0)])
    }
    let check = |local: Build, kernel: Build, want: &str| {
        Case::new(local, "0:0", kernel).check(RelocKind::FIELD_BYTE_OFFSET, want);
    };
    check(|s| with(s, s.uint), |s| with(s, s.ulong), "0 -> 0, 4 bytes -> 8");
    check(|s| with(s, s.ulong), |s| with(s, s.uint), "0 -> 0, 8 bytes -> 4");
    check(
        |s| with(s, s.long),
        |s| with(s, s.int),
        "0 -> 0; no access: task.x: a load or store of `long (8 bytes)` cannot become one of the kernel's `int (4 bytes)`",
    );
    // Only its address can be meant, and that is fine.
    check(
        |s| {
            let inner = s.ops("inner", 8, &[]);
            with(s, inner)
        },
        |s| {
            let inner = s.ops("inner", 16, &[]);
            with(s, inner)
        },
        "0 -> 0; no access: task.x: a load or store of `struct inner (8 bytes)` cannot become one of the kernel's `struct inner (16 bytes)`",
    );
}

#[test]
fn bitfields_in_both_byte_orders() {
    let local: Build = |s| {
        let (int, uint) = (s.int, s.uint);
        s.b.bitfields("task", 8, &[("a", uint, 0, 3), ("b", int, 3, 7)])
    };
    let kernel: Build = |s| {
        let (int, uint) = (s.int, s.uint);
        s.b.bitfields("task", 16, &[("x", uint, 0, 20), ("b", int, 52, 7), ("a", uint, 30, 3)])
    };
    let little = Case::new(local, "0:1", kernel);
    // Bits 52 to 58: in the second word, whose first bit is 32.
    little
        .check(RelocKind::FIELD_BYTE_OFFSET, "? -> 4")
        .check(RelocKind::FIELD_BYTE_SIZE, "? -> 4")
        .check(RelocKind::FIELD_SIGNED, "1 -> 1")
        .check(RelocKind::FIELD_LSHIFT_U64, "? -> 37")
        .check(RelocKind::FIELD_RSHIFT_U64, "57 -> 57");
    let big = Case::in_order(Endian::Big, local, "0:1", kernel);
    big.check(RelocKind::FIELD_BYTE_OFFSET, "? -> 4")
        .check(RelocKind::FIELD_LSHIFT_U64, "? -> 52")
        .check(RelocKind::FIELD_RSHIFT_U64, "57 -> 57");
    // Bits 30 to 32 cross two words: one load of eight bytes.
    Case::new(local, "0:0", kernel)
        .check(RelocKind::FIELD_BYTE_OFFSET, "? -> 0")
        .check(RelocKind::FIELD_BYTE_SIZE, "? -> 8")
        .check(RelocKind::FIELD_SIGNED, "0 -> 0")
        .check(RelocKind::FIELD_LSHIFT_U64, "? -> 31");
    // A field that is no bitfield there: what was compiled as shifts of a load works on.
    Case::new(local, "0:0", with_plain)
        .check(RelocKind::FIELD_BYTE_SIZE, "? -> 4")
        .check(RelocKind::FIELD_LSHIFT_U64, "? -> 32")
        .check(RelocKind::FIELD_RSHIFT_U64, "61 -> 32");
}

fn with_plain(s: &mut Side) -> TypeId {
    let uint = s.uint;
    s.ops("task", 4, &[("a", uint, 0)])
}

#[test]
fn candidates_that_disagree() {
    let two: Build = |s| {
        let (int, long) = (s.int, s.long);
        s.ops("task", 16, &[("pid", int, 0), ("start", long, 64)]);
        s.ops("task", 16, &[("pid", int, 0), ("start", long, 0)])
    };
    Case::new(task, "0:0", two).check(RelocKind::FIELD_BYTE_OFFSET, "0 -> 0");
    Case::new(task, "0:1", two).check(
        RelocKind::FIELD_BYTE_OFFSET,
        "E0145 task.start means two things in this kernel: byte_off is 8 by struct task [6], 0 by struct task [7]",
    );
    // One of two has it.
    let one: Build = |s| {
        let (int, long) = (s.int, s.long);
        s.ops("task", 16, &[("start", int, 32), ("pid", int, 64)]);
        s.ops("task", 16, &[("pid", long, 0)])
    };
    Case::new(task, "0:1", one)
        .check(
            RelocKind::FIELD_BYTE_OFFSET,
            "8 -> 4; no access: task.start: a load or store of `long (8 bytes)` cannot become one of the kernel's `int (4 bytes)`",
        );
    // Narrowed by the first question, the second one has one answer.
    let case = Case::new(task, "0:1", one);
    let mut candidates = Candidates::find(&case.local, case.root, &[&case.kernel]).unwrap();
    assert_eq!(candidates.as_slice().len(), 2);
    candidates.narrow(&case.local, &case.record(RelocKind::FIELD_EXISTS)).unwrap();
    assert_eq!(candidates.as_slice().len(), 1);
}

#[test]
fn relocations_that_make_no_sense() {
    let check = |access: &str, want: &str| {
        Case::new(task, access, task).check(RelocKind::FIELD_BYTE_OFFSET, want);
    };
    check("0:2", "E0142 CO-RE access `0:2` does not fit type [5]: it names a member that is not there");
    check(
        "0:0:0",
        "E0142 CO-RE access `0:0:0` does not fit type [5]: it enters something that is neither a struct nor an array",
    );
    check("0:x", "E0141 CO-RE access string `0:x` is not up to 64 numbers between colons");
    check("", "E0141 CO-RE access string `` is not up to 64 numbers between colons");
    check("4294967295:0", "68719476720 -> 68719476720");
    check("4294967296:0", "E0141 CO-RE access string `4294967296:0` is not up to 64 numbers between colons");
    let anonymous: Build = |s| {
        let int = s.int;
        s.ops("", 4, &[("x", int, 0)])
    };
    Case::new(anonymous, "0:0", task)
        .check(RelocKind::FIELD_BYTE_OFFSET, "E0144 CO-RE relocation against type [5], which has no name");
    Case::new(anonymous, "0", task).check(RelocKind::TYPE_ID_LOCAL, "? -> 5");

    let case = Case::new(task, "0:0", task);
    let other = Candidates::find(&case.local, TypeId(1), &[]).unwrap();
    let error = resolve(&case.local, &case.record(RelocKind::FIELD_EXISTS), &other).unwrap_err();
    assert!(matches!(error, CoreError::OtherRoot { wanted: TypeId(5), given: TypeId(1) }));
    assert_eq!(Candidates::find(&case.local, TypeId(99), &[]).unwrap_err().code(), "E0143");
    let lost = CoreRecord { access: StrOffset(9999), ..case.record(RelocKind::FIELD_EXISTS) };
    assert_eq!(describe(&case.local, &lost), "struct task (<bad name>)");
}

#[test]
fn access_strings() {
    let numbers = |text: &str| AccessPath::parse(text).map(|path| path.numbers().to_vec());
    assert_eq!(numbers("0").unwrap(), [0]);
    assert_eq!(numbers("0:12:3").unwrap(), [0, 12, 3]);
    for bad in ["", ":", "0:", "+1", "-1", "0: 1", "0:1 ", "٣", "99999999999"] {
        assert!(numbers(bad).is_err(), "{bad}");
    }
    let long = |n: usize| vec!["1"; n].join(":");
    assert_eq!(numbers(&long(64)).unwrap().len(), 64);
    assert!(numbers(&long(65)).is_err());
    assert_eq!(AccessPath::parse("0:12:3").unwrap().to_string(), "0:12:3");
}
