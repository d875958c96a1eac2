//! Skeletons before they are loaded: what is set is in what is planned. Types by hand.

use bpf_loader::object::OpenOptions;
use bpf_loader::skeleton::Bool;
use bpf_loader::zerocopy::{FromBytes, IntoBytes};
use bpf_loader::{Kernel, Object};

use crate::generated::skeleton::kinds::{Bits, Either, Kinds, Mode, Outer, Point, Tight, UnnamedT};
use crate::generated::struct_ops::cong::{Cong, StructOpsProgram};
use crate::generated::struct_ops::cong_shared::{CongShared, StructOpsProgram as Callbacks};

fn kernel() -> Kernel {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/kernels/stored/x86_64-6.12.kernel");
    Kernel::open(path).unwrap()
}

fn contents<'a>(object: &'a Object, map: &str) -> &'a [u8] {
    object.maps().iter().find(|spec| spec.name() == map).unwrap().contents().unwrap()
}

#[test]
fn variables() {
    let mut open = Kinds::open().unwrap();
    assert_eq!(open.object().name(), "kinds");
    assert!(open.rodata().enabled().get().unwrap());
    assert_eq!(open.rodata().wanted().get().unwrap(), Mode::MODE_ON);
    assert_eq!(open.rodata().limits().get().unwrap(), [1, 2, 3]);
    assert_eq!(&open.rodata().greeting().get().unwrap()[..6], b"hello\0");
    assert_eq!(open.data().below().get().unwrap(), -7);
    assert_eq!(open.data().huge().get().unwrap(), 1);
    assert_eq!(open.data_own().own().get().unwrap(), 3);
    open.rodata().enabled().set(false).unwrap();
    open.rodata().limits().set([7, 8, 9]).unwrap();
    open.rodata().corner().set(Point { x: 1, y: 2, z: 3, ..Point::default() }).unwrap();
    // clang-19: enabled at 0, wanted at 4, limits at 8, corner at 20.
    let bytes = contents(open.object(), ".rodata");
    assert_eq!((bytes[0], &bytes[8..20]), (0, [7_u32, 8, 9].as_bytes()));
    assert_eq!(&bytes[20..32], [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    // Both are called `calls` in C.
    open.bss().see_calls().set(5).unwrap();
    open.bss().other_calls().set(6).unwrap();
    assert_eq!((open.bss().see_calls().get().unwrap(), open.bss().other_calls().get().unwrap()), (5, 6));
}

#[test]
fn maps_by_their_specs() {
    let mut open = Kinds::open().unwrap();
    let error = open.maps().rodata().unwrap().set_value_size(4).unwrap_err();
    assert_eq!(error.code(), "E0316");
    assert_eq!(open.maps().rodata().unwrap().set_max_entries(2).unwrap_err().code(), "E0315");
}

#[test]
fn struct_ops() {
    let mut open = Cong::open_with(OpenOptions::new().name("other")).unwrap();
    assert_eq!(open.object().name(), "other");
    let mut variable = open.struct_ops().bpf_demo_cc().unwrap();
    assert_eq!(&variable.name().get().unwrap()[..12], b"bpf_demo_cc\0");
    assert_eq!(variable.flags().get().unwrap(), 0);
    variable.flags().set(2).unwrap();
    variable.pkts_acked().clear().unwrap();
    assert_eq!(variable.pkts_acked().program().unwrap(), None);
    assert_eq!(variable.cwnd_event().program().unwrap(), None);
    variable.set_state().clear().unwrap();
    variable.cwnd_event().assign(StructOpsProgram::DemoSetState).unwrap();
    assert_eq!(variable.cwnd_event().program().unwrap(), Some("demo_set_state"));
    assert_eq!(variable.spec().get::<u32>("flags").unwrap(), 2);
    assert_eq!(variable.spec().get::<u64>("flags").unwrap_err().code(), "E0312");
    assert_eq!(variable.spec().get::<u64>("init").unwrap_err().code(), "E0314");
    assert_eq!(variable.spec().callback("flags").unwrap_err().code(), "E0314");
    let plan = open.object().plan(&kernel()).unwrap();
    let names: Vec<&str> = plan.programs().iter().map(|program| program.name.as_str()).collect();
    assert!(!names.contains(&"demo_pkts_acked") && names.contains(&"demo_set_state"), "{names:?}");
    let image = &plan.struct_ops()[0].image;
    assert!(image.windows(12).any(|bytes| bytes == b"bpf_demo_cc\0"));
}

#[test]
fn two_variables_of_one_type() {
    let mut open = CongShared::open().unwrap();
    assert_ne!(open.struct_ops().bpf_fast().unwrap().flags().get().unwrap(), 0);
    assert_eq!(open.struct_ops().bpf_slow().unwrap().flags().get().unwrap(), 0);
    open.struct_ops().bpf_slow().unwrap().init().assign(Callbacks::FastInit).unwrap();
    assert_eq!(open.struct_ops().bpf_slow().unwrap().init().program().unwrap(), Some("fast_init"));
    open.programs().fast_init().unwrap().set_autoload(false);
    assert!(!open.object().programs().iter().find(|spec| spec.name() == "fast_init").unwrap().autoload());
}

#[test]
fn bits_and_bytes_are_where_clang_puts_them() {
    let mut bits = Bits::default();
    bits.set_small(5);
    bits.set_negative(-3);
    bits.set_large(0x12_3456_789a);
    bits.set_on(true);
    bits.set_mode(Mode(9));
    bits.plain = 9;
    // small 101, negative 11101 above it; 40 bits; on, and mode 1001 above it.
    assert_eq!(bits.as_bytes(), [0xed, 0x9a, 0x78, 0x56, 0x34, 0x12, 0x13, 9]);
    assert_eq!((bits.small(), bits.negative(), bits.large(), bits.on()), (5, -3, 0x12_3456_789a, true));
    // Four bits of a signed enumeration: the highest is the sign.
    assert_eq!(bits.mode(), Mode(-7));
    let tight = Tight::read_from_bytes(&[1, 4, 3, 2, 1, 6, 5]).unwrap();
    assert_eq!((tight.kind, tight.length(), tight.tail()), (1, 0x0102_0304, 0x0506));
    assert_eq!(format!("{tight:?}"), "Tight { kind: 1, length: 16909060, tail: 1286 }");
    let mut either = Either::default();
    either.set_bytes([1, 2, 3, 4, 5, 6]);
    assert_eq!((either.number(), either.point().y), (0x0403_0201, 0x0605));
    let outer = Outer { unnamed: UnnamedT { first: 1, later: 2 }, flag: Bool::TRUE, ..Outer::default() };
    assert_eq!((outer.as_bytes()[112], outer.as_bytes()[116], outer.as_bytes()[122]), (1, 2, 1));
}

#[test]
fn enumerations_take_any_number() {
    assert_eq!([Mode::MODE_ON, Mode::MODE_ON_2, Mode::MODE_LEAST].map(|mode| mode.0), [5, 6, -2]);
    assert_eq!(Mode::MODE_ALSO_ON, Mode::MODE_ON);
    assert_eq!([Mode(5), Mode(6), Mode(77)].map(Mode::name), [Some("MODE_ON"), Some("mode_on"), None]);
    assert_eq!(format!("{:?} {:?}", Mode(-2), Mode(77)), "MODE_LEAST Mode(77)");
}
