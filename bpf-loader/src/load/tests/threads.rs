//! What may be shared by threads, and what comes of programs that several of them load.

use std::num::NonZero;

use super::*;
use crate::load::LoadError;
use crate::object::Instances;

/// `pick` with 200 instances, and `counted`: all are refused, with a log of so many bytes each. What is said of them.
fn refused(threads: usize, log: usize, memory: Option<usize>) -> Vec<(String, Option<u32>, usize, bool)> {
    let kernel = kernel();
    let mut object = Object::open(fixture("instances/filter")).unwrap();
    object.program_mut("loops").unwrap().set_autoload(false);
    object.set_instances("pick", Instances::new(200)).unwrap();
    let plan = object.plan(&kernel).unwrap();
    let mut options = LoadOptions::new().threads(NonZero::new(threads).unwrap());
    if let Some(memory) = memory {
        options = options.log_memory(memory);
    }
    let fake: SysRef = Arc::new(Fake { verbose: Some(log), ..Fake::default() });
    let error = load_with(&plan, &kernel, &options, &fake).unwrap_err();
    let LoadError::Programs(failed) = error else { panic!("{error}") };
    let told = |error: &crate::load::ProgramError| {
        let report = error.report.as_ref().unwrap();
        (error.program.clone(), error.instance, report.log.len(), report.truncated)
    };
    failed.errors().iter().map(told).collect()
}

/// All are told of, in the order of the file, whatever was refused first.
#[test]
fn all_that_fail_in_the_order_of_the_file() {
    let _alone = alone();
    let one = refused(1, 100, None);
    let mut wanted: Vec<_> = (0..200).map(|at| ("pick".to_owned(), Some(at), 100, false)).collect();
    wanted.push(("counted".to_owned(), None, 100, false));
    wanted.sort_by_key(|told| told.0 != one[0].0);
    assert_eq!(one, wanted);
    assert_eq!(refused(8, 100, None), one);
}

/// They share the memory evenly, on however many threads; what does not fit is said to be cut off.
#[test]
fn logs_share_their_memory() {
    let _alone = alone();
    for threads in [1, 8] {
        let told = refused(threads, 300_000, Some(201 * 100_000));
        assert!(told.iter().all(|(_, _, len, truncated)| (*len, *truncated) == (100_000, true)), "{told:?}");
        let told = refused(threads, 300_000, Some(201 * 300_000));
        assert!(told.iter().all(|(_, _, len, truncated)| (*len, *truncated) == (300_000, false)), "{told:?}");
        // Never less than every kernel takes.
        assert!(refused(threads, 300_000, Some(1)).iter().all(|(_, _, len, _)| *len == 128));
    }
}

/// What crosses threads: handles are cloned too.
#[test]
fn handles_are_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send + Sync + 'static>() {}
    shared::<crate::Map>();
    shared::<crate::Program>();
    shared::<crate::StructOps>();
    shared::<crate::Global>();
    shared::<Kernel>();
    shared::<Plan>();
    shared::<LoadOptions>();
    shared::<crate::OpenOptions>();
    shared::<crate::AttachOptions>();
    shared::<Instances>();
    shared::<crate::map::Hash<u32, u64>>();
    shared::<crate::map::Array<u64>>();
    shared::<crate::map::PerCpuHash<u32, u64>>();
    shared::<crate::map::PerCpuArray<u64>>();
    shared::<crate::map::Queue<u64>>();
    shared::<crate::map::Stack<u64>>();
    shared::<crate::map::BloomFilter<u64>>();
    shared::<crate::map::ArrayOfMaps>();
    shared::<crate::map::HashOfMaps<u32>>();
    shared::<crate::map::ProgArray>();
    sent::<Object>();
    sent::<crate::Link>();
    sent::<crate::Links>();
    sent::<LoadedObject>();
    sent::<crate::OpenError>();
    sent::<crate::PlanFailed>();
    sent::<LoadError>();
    sent::<crate::AttachError>();
    sent::<crate::MapError>();
    sent::<crate::KernelError>();
    sent::<crate::EventError>();
    // Read by one thread at a time.
    fn moved<T: Send + 'static>() {}
    moved::<crate::RingBuffer>();
    let _ = descriptor().as_fd();
}
