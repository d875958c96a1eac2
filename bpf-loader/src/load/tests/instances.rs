//! What instances ask of the kernel: maps of their own, one load each; those that are added, every call refused in turn.

use super::*;
use crate::object::Instances;
use crate::plan::Step;

fn numbers(count: u32) -> Instances {
    Instances::new(count).global("number", |index| index + 1).keep_stream()
}

/// `pick` with two instances, and `counted`.
fn two(kernel: &Kernel) -> Plan {
    let mut object = Object::open(fixture("instances/filter")).unwrap();
    object.program_mut("loops").unwrap().set_autoload(false);
    object.set_instances("pick", numbers(2)).unwrap();
    object.plan(kernel).unwrap()
}

/// A section in a map: made, filled, closed to writing, mapped into memory.
const SECTION: [&str; 4] = ["MAP_CREATE", "MAP_UPDATE_ELEM", "MAP_FREEZE", "mmap"];

#[test]
fn calls_of_a_load() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let (counted, loaded) = load(&two(&kernel), &kernel, Fake::default());
    let sections = [SECTION.as_slice(), &["MAP_CREATE", "mmap"], &SECTION, &SECTION].concat();
    // `counted` is bound to what it does not refer to.
    assert_eq!(counted.calls(), [&["BTF_LOAD"], &*sections, &["PROG_LOAD"; 3], &["PROG_BIND_MAP"]].concat());
    drop(loaded);
    assert_eq!(descriptors(), before);
}

/// All or none are added: after each refusal the object is what it was, and can be added to.
#[test]
fn all_or_none_are_added() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = two(&kernel);
    let first = load(&plan, &kernel, Fake::default()).0.calls().len();
    // Two sections and two programs; nothing that is in the kernel already is sent again.
    let want = [SECTION.as_slice(), &SECTION, &["PROG_LOAD"; 2]].concat();
    for at in 0..want.len() {
        let fake = Fake { refuse: Some((first + at, errno::EPERM)), ..Fake::default() };
        let (counted, loaded) = load(&plan, &kernel, fake);
        let mut loaded = loaded.unwrap();
        let held = descriptors();
        let error = loaded.add_instances("pick", &numbers(2)).unwrap_err();
        assert!(matches!(error.code(), "E0503" | "E0504"), "call {at}: {error}");
        assert!(std::error::Error::source(&error).is_some(), "call {at}: {error}");
        assert_eq!((descriptors(), loaded.programs().count()), (held, 3), "call {at}");
        assert_eq!(loaded.plan().programs().len(), 3, "call {at}");
        // What was refused once is taken now.
        let sent = counted.calls().len();
        assert_eq!(loaded.add_instances("pick", &numbers(2)).unwrap(), 2..4, "call {at}");
        assert_eq!(counted.calls()[sent..], want, "call {at}");
        assert_eq!((loaded.programs().count(), loaded.maps().count()), (5, 6), "call {at}");
        let map = |index| loaded.instance_map("pick", index, ".rodata").unwrap().id();
        assert!(map(0) != map(3) && map(3) == Some(loaded.plan().maps().last().unwrap().id), "call {at}");
        drop((loaded, error));
        assert_eq!(descriptors(), before, "call {at}");
    }
}

/// Without a stream that is kept the object's BTF is let go of, and nothing can be added.
#[test]
fn nothing_is_kept_unasked() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let mut object = Object::open(fixture("instances/filter")).unwrap();
    object.set_instances("pick", Instances::new(3)).unwrap();
    let (_, loaded) = load(&object.plan(&kernel).unwrap(), &kernel, Fake::default());
    let mut loaded = loaded.unwrap();
    // Two maps, and five programs.
    assert_eq!(descriptors() - before, 7);
    assert_eq!(loaded.add_instances("pick", &Instances::new(1)).unwrap_err().code(), "E0715");
    assert_eq!(loaded.add_instances("pikc", &Instances::new(1)).unwrap_err().code(), "E0701");
}

/// When an assumption was wrong everything is planned again, instances too.
#[test]
fn an_older_kernel() {
    let _alone = alone();
    let kernel = Kernel::builder().build_as_running();
    let plan = two(&kernel);
    assert!(plan.assumed_by(Step::Program(plan.programs()[0].id)).any(|feature| feature == Feature::Names));
    let (_, loaded) = load(&plan, &kernel, Fake { lacks: Some(Feature::Names), ..Fake::default() });
    let loaded = loaded.unwrap();
    assert!(loaded.plan().programs().iter().all(|program| program.kernel_name.is_empty()));
    let copies = loaded.plan().maps().iter().filter(|map| map.copy.is_some());
    assert!(
        copies
            .map(|map| map.contents.as_ref().unwrap()[..4].to_vec())
            .eq([1_u32, 2].map(|n| n.to_ne_bytes().to_vec()))
    );
    assert_eq!(loaded.instance("pick", 1).unwrap().instance(), 1);
}
