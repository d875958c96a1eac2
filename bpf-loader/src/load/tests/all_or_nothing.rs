//! Objects with many maps, programs, pins and a struct_ops: each call refused in turn, and nothing stays that was not there
//! before.

use super::*;

/// Every map of the fixture, but these, is pinned in a folder of its own.
fn pinned(name: &str, kernel: &Kernel, but: &[&str]) -> Plan {
    let mut object = Object::open(fixture(name)).unwrap();
    let names: Vec<String> = object.maps().iter().map(|map| map.name().to_owned()).collect();
    for map in names.iter().filter(|map| !but.contains(&map.as_str())) {
        let path = Path::new("/pins").join(name.replace('/', "_")).join(map.replace('.', "_"));
        object.map_mut(map).unwrap().set_pin_path(Some(&path));
    }
    object.plan(kernel).unwrap()
}

#[test]
fn one_pin() {
    let kernel = kernel();
    let mut object = Object::open(fixture("socket/filter_maps")).unwrap();
    object.map_mut("lengths").unwrap().set_pin_path(Some(Path::new("/pins/app/lengths")));
    check_plan(
        &object.plan(&kernel).unwrap(),
        &kernel,
        one_thread,
        Fake::default,
        "BTF_LOAD OBJ_GET MAP_CREATE MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE mmap mkdir \
         OBJ_PIN PROG_LOAD",
    );
}

/// 4 maps, 3 of them pinned, 7 programs, and a congestion control.
#[test]
fn struct_ops_with_pins() {
    let kernel = kernel();
    check_plan(
        &pinned("struct_ops/cong", &kernel, &["bpf_demo_cc"]),
        &kernel,
        one_thread,
        Fake::default,
        "BTF_LOAD OBJ_GET MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap OBJ_GET MAP_CREATE MAP_UPDATE_ELEM mmap OBJ_GET \
         MAP_CREATE mmap MAP_CREATE mkdir OBJ_PIN mkdir OBJ_PIN mkdir OBJ_PIN PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD \
         PROG_LOAD PROG_LOAD PROG_LOAD PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP",
    );
}

/// Maps of maps and of programs, all pinned but one, which is given, and one that is pinned already.
#[test]
fn nested_maps_with_pins() {
    let kernel = kernel();
    let plan = pinned("maps/nested", &kernel, &["second"]);
    let inner =
        Shape { map_type: MapType::ARRAY, key_size: 4, value_size: 8, max_entries: 2, flags: 0, extra: 0 };
    let options = || one_thread().reuse_fd("second", descriptor());
    let fake = || Fake {
        pins: Mutex::new(HashMap::from([("/pins/maps_nested/first".into(), inner)])),
        folders: Mutex::new(vec!["/pins/maps_nested".into()]),
        created: Mutex::new(Some(inner)),
        ..Fake::default()
    };
    check_plan(
        &plan,
        &kernel,
        options,
        fake,
        "BTF_LOAD OBJ_GET OBJ_GET_INFO_BY_FD OBJ_GET MAP_CREATE MAP_CREATE dup OBJ_GET_INFO_BY_FD OBJ_GET MAP_CREATE \
         MAP_CREATE OBJ_GET MAP_CREATE MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM mkdir OBJ_PIN mkdir OBJ_PIN mkdir \
         OBJ_PIN PROG_LOAD PROG_LOAD PROG_LOAD MAP_UPDATE_ELEM",
    );
}
