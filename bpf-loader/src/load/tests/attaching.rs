//! Attaching what is loaded: each call refused, and undone.

use super::*;

#[test]
fn attaching_is_undone() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    for (name, loads, attach) in [
        ("struct_ops/cong", 23, &["MAP_UPDATE_ELEM", "LINK_CREATE", "LINK_DETACH"][..]),
        ("struct_ops/cong_nolink", 0, &["MAP_UPDATE_ELEM", "MAP_DELETE_ELEM"]),
    ] {
        let plan = Object::open(fixture(name)).unwrap().plan(&kernel).unwrap();
        let (fake, loaded) = load(&plan, &kernel, Fake::default());
        let loaded = loaded.unwrap();
        let done = fake.calls().len();
        assert!(loads == 0 || done == loads);
        let ops = loaded.struct_ops_variables().next().unwrap();
        let link = ops.attach().unwrap();
        assert_eq!(ops.attach().map(drop).unwrap_err().code(), "E0604");
        link.detach().unwrap();
        assert_eq!(fake.calls()[done..], *attach, "{name}: a refused second attach makes no call");

        // The last call before it is registered is refused: it is not registered, and can be tried again.
        let at = done + attach.len() - 2;
        let (_, loaded) = load(&plan, &kernel, Fake { refuse: Some((at, errno::EINVAL)), ..Fake::default() });
        let loaded = loaded.unwrap();
        let ops = loaded.struct_ops_variables().next().unwrap();
        assert!(ops.attach().is_err());
        assert_ne!(ops.state(), State::Registered);
        drop(ops.attach().unwrap());
    }
    assert_eq!(descriptors(), before);
}

#[test]
fn a_refused_memory_map_undoes_the_load() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = Object::open(fixture("socket/filter_maps")).unwrap().plan(&kernel).unwrap();
    let (_, outcome) = load(&plan, &kernel, Fake { refuse_mmap: true, ..Fake::default() });
    let error = outcome.expect_err("it was refused");
    assert_eq!(
        (error.code(), error.to_string().contains("mapping map `.rodata`")),
        ("E0503", true),
        "{error}"
    );
    drop(error);
    assert_eq!(descriptors(), before);
}

#[test]
fn a_detach_that_is_refused_gives_the_link_back() {
    let _alone = alone();
    let kernel = kernel();
    let plan = Object::open(fixture("struct_ops/cong_nolink")).unwrap().plan(&kernel).unwrap();
    let (fake, loaded) = load(&plan, &kernel, Fake::default());
    let at = fake.calls().len() + 1;
    drop(loaded);
    let (_, loaded) = load(&plan, &kernel, Fake { refuse: Some((at, errno::EPERM)), ..Fake::default() });
    let loaded = loaded.unwrap();
    let ops = loaded.struct_ops_variables().next().unwrap();
    let failed = ops.attach().unwrap().detach().unwrap_err();
    assert_eq!(ops.state(), State::Registered);
    failed.link.detach().unwrap();
    assert_eq!(ops.state(), State::Unregistered);
}

#[test]
fn a_link_without_the_detach_command_is_closed() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = Object::open(fixture("tracing/raw_tp")).unwrap().plan(&kernel).unwrap();
    let done = load(&plan, &kernel, Fake::default()).0.calls().len();
    let refuse = Some((done + 1, errno::EOPNOTSUPP));
    let (_, loaded) = load(&plan, &kernel, Fake { refuse, ..Fake::default() });
    let loaded = loaded.unwrap();
    let link = loaded.programs().next().unwrap().attach().unwrap();
    let attached = descriptors();
    link.detach().unwrap();
    assert_eq!(descriptors() + 1, attached);
    drop(loaded);
    assert_eq!(descriptors(), before);
}
#[test]
fn a_tracepoint_without_links_is_attached_all_the_same() {
    use crate::attach::AttachOptions;
    let _alone = alone();
    let before = descriptors();
    // Nothing is known of this kernel: a link is tried, and the kernel asked once if it refuses.
    for (lacks, probes) in [(None, 0), (Some(Feature::PerfLink), 1)] {
        let bare = Kernel::builder().build_as_running();
        let plan = Object::open(fixture("ring/printk")).unwrap().plan(&bare).unwrap();
        let fake = Arc::new(Fake { lacks, probes: AtomicUsize::new(1), ..Fake::default() });
        let loaded = load_with(&plan, &bare, &one_thread(), &(fake.clone() as SysRef)).unwrap();
        let program = loaded.program("on_exec").unwrap();
        let attach = |options: AttachOptions| options.attach_event(program, "a/b", 1);
        let link = attach(AttachOptions::new()).unwrap();
        assert_eq!(link.fd().is_some(), lacks.is_none());
        let with_cookie = attach(AttachOptions::new().cookie(7)).map(drop).map_err(|error| error.code());
        assert_eq!(with_cookie, if lacks.is_none() { Ok(()) } else { Err("E0610") });
        assert_eq!(fake.probes.load(Ordering::Relaxed), 1 + probes);
        if lacks.is_some() {
            assert_eq!(link.pin("/nowhere").unwrap_err().code(), "E0605");
        }
        link.detach().unwrap();
    }
    assert_eq!(descriptors(), before);
}
