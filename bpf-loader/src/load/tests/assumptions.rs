//! Assumptions that the kernel does not hold, and loads that it puts off.

use super::*;

#[test]
fn a_wrong_assumption_is_probed_once_and_planned_away() {
    let _alone = alone();
    // A program whose plan rests on names, on a kernel without them.
    let bare = Kernel::builder().build_as_running();
    let plan = Object::open(fixture("socket/minimal")).unwrap().plan(&bare).unwrap();
    assert!(plan.assumptions().any(|(feature, _)| feature == Feature::Names));
    let (fake, loaded) = load(&plan, &bare, Fake { lacks: Some(Feature::Names), ..Fake::default() });
    let loaded = loaded.unwrap();
    assert_eq!(loaded.plan().programs()[0].kernel_name, "");
    assert_eq!(plan.programs()[0].kernel_name, "seven");
    assert!(loaded.plan().assumptions().all(|(feature, _)| feature != Feature::Names));
    assert!(fake.probes.load(Ordering::Relaxed) >= 1);
}

#[test]
fn a_wrong_assumption_of_a_map_is_planned_away_too() {
    let bare = Kernel::builder().build_as_running();
    let plan = Object::open(fixture("socket/filter_maps")).unwrap().plan(&bare).unwrap();
    let _alone = alone();
    let (fake, loaded) = load(&plan, &bare, Fake { lacks: Some(Feature::Names), ..Fake::default() });
    assert!(loaded.unwrap().plan().maps().iter().all(|map| map.kernel_name.is_empty()));
    // The refused map, then everything again.
    assert_eq!(fake.calls().iter().filter(|call| **call == "MAP_CREATE").count(), 5);
}

#[test]
fn a_load_that_is_put_off_is_tried_five_times() {
    let kernel = kernel();
    let plan = Object::open(fixture("socket/minimal")).unwrap().plan(&kernel).unwrap();
    let _alone = alone();
    for (times, loads) in [(4, true), (5, false)] {
        let (fake, outcome) =
            load(&plan, &kernel, Fake { put_off: AtomicUsize::new(times), ..Fake::default() });
        assert_eq!(outcome.is_ok(), loads, "{times} times");
        assert_eq!(fake.calls().iter().filter(|call| **call == "PROG_LOAD").count(), 5);
    }
}
