//! Pins and maps that are there already.

use super::*;

/// `socket/filter_maps` with `lengths` pinned.
fn pinned(kernel: &Kernel) -> Plan {
    let mut object = Object::open(fixture("socket/filter_maps")).unwrap();
    object.map_mut("lengths").unwrap().set_pin_path(Some(Path::new("/pins/app/lengths")));
    object.plan(kernel).unwrap()
}

fn names(fake: &Fake) -> String {
    fake.calls().join(" ")
}

/// A map that is inside of another is created before it, as a pattern; slots of maps are filled once all maps are there,
/// those of programs at the end.
#[test]
fn maps_in_maps() {
    check(
        "maps/nested",
        "BTF_LOAD MAP_CREATE MAP_CREATE MAP_CREATE MAP_CREATE MAP_CREATE MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM \
         MAP_UPDATE_ELEM MAP_UPDATE_ELEM PROG_LOAD PROG_LOAD PROG_LOAD MAP_UPDATE_ELEM",
    );
}

#[test]
fn a_pin_is_made_once_the_maps_are_whole() {
    let _alone = alone();
    let kernel = kernel();
    let plan = pinned(&kernel);
    let (fake, loaded) = load(&plan, &kernel, Fake::default());
    let loaded = loaded.unwrap();
    assert_eq!(
        names(&fake),
        "BTF_LOAD OBJ_GET MAP_CREATE MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE mmap \
         mkdir OBJ_PIN PROG_LOAD"
    );
    assert_eq!(*fake.folders.lock().unwrap(), [Path::new("/pins/app")]);
    drop(loaded);
    assert!(fake.pins.lock().unwrap().contains_key(Path::new("/pins/app/lengths")), "it outlives the load");
}

#[test]
fn what_is_pinned_is_used_and_stays() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = pinned(&kernel);
    let there = |shape| {
        let pins = Mutex::new(HashMap::from([("/pins/app/lengths".into(), shape)]));
        Fake { pins, ..Fake::default() }
    };
    let (fake, loaded) = load(&plan, &kernel, there(HASH));
    drop(loaded.unwrap());
    assert_eq!(
        names(&fake),
        "BTF_LOAD OBJ_GET OBJ_GET_INFO_BY_FD MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE mmap \
         PROG_LOAD"
    );
    assert_eq!(fake.pins.lock().unwrap().len(), 1);

    let (fake, outcome) = load(&plan, &kernel, there(Shape { value_size: 8, max_entries: 65, ..HASH }));
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (
            "E0514",
            "map `lengths`: what is pinned at /pins/app/lengths is another map: value size 8 instead of 16, \
             max_entries 65 instead of 64"
        )
    );
    assert_eq!(fake.pins.lock().unwrap().len(), 1, "it is not ours to remove");
    drop(error);

    // A load that fails later leaves it, too.
    let refuse = Some((10, errno::EINVAL));
    let (fake, outcome) = load(&plan, &kernel, Fake { refuse, ..there(HASH) });
    assert_eq!(outcome.unwrap_err().code(), "E0504");
    assert_eq!(fake.pins.lock().unwrap().len(), 1);
    assert_eq!(descriptors(), before);
}

/// Two loaders at one time: the one that comes second uses the first one's map.
#[test]
fn a_race_for_a_pin() {
    let _alone = alone();
    let kernel = kernel();
    let plan = pinned(&kernel);
    let rival = |shape| Fake { rival: Mutex::new(Some(shape)), ..Fake::default() };
    let (fake, loaded) = load(&plan, &kernel, rival(HASH));
    drop(loaded.unwrap());
    let again = names(&fake);
    assert_eq!(again.matches("OBJ_PIN").count(), 1);
    assert!(again.ends_with(
        "OBJ_PIN BTF_LOAD OBJ_GET OBJ_GET_INFO_BY_FD MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE \
         mmap PROG_LOAD"
    ));
    let (_, outcome) = load(&plan, &kernel, rival(Shape { key_size: 8, ..HASH }));
    assert_eq!(outcome.unwrap_err().code(), "E0514");
}

#[test]
fn given_maps() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = Object::open(fixture("socket/filter_maps")).unwrap().plan(&kernel).unwrap();
    let load = |options: &LoadOptions, created| {
        let fake = Arc::new(Fake { created: Mutex::new(Some(created)), ..Fake::default() });
        (fake.clone(), load_with(&plan, &kernel, options, &(fake as SysRef)))
    };
    let options = one_thread().reuse_fd("lengths", descriptor());
    let (fake, loaded) = load(&options, HASH);
    let first = loaded.unwrap();
    assert_eq!(names(&fake).matches("MAP_CREATE").count(), 3, "one is not created");
    let again = one_thread().reuse_map("lengths", first.map("lengths").unwrap());
    load(&again, HASH).1.unwrap();

    let error = load(&again, Shape { map_type: MapType::LRU_HASH, ..HASH }).1.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("E0514", "map `lengths`: what was given for it is another map: type lru_hash instead of hash")
    );
    let error = load(&one_thread().reuse_fd("lenghts", descriptor()), HASH).1.unwrap_err();
    assert_eq!((error.code(), error.help().as_deref()), ("E0513", Some("did you mean `lengths`?")));
    drop((first, options, again, error));
    assert_eq!(descriptors(), before);
}
