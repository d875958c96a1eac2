//! What a load asks of the kernel, call by call; each of them refused in turn.

use super::*;

#[test]
fn minimal() {
    check("socket/minimal", "BTF_LOAD PROG_LOAD");
}

#[test]
fn without_btf() {
    check("socket/no_btf", "PROG_LOAD");
}

#[test]
fn maps_and_globals() {
    check(
        "socket/filter_maps",
        "BTF_LOAD MAP_CREATE MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE mmap PROG_LOAD",
    );
}

/// A map for each table, filled and frozen before the program is loaded, and let go of then.
#[test]
fn jump_tables() {
    check(
        "jump/table",
        "BTF_LOAD MAP_CREATE MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_FREEZE MAP_CREATE \
         MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_FREEZE PROG_LOAD",
    );
}

#[test]
fn congestion_control() {
    check(
        "struct_ops/cong",
        "BTF_LOAD MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap MAP_CREATE MAP_UPDATE_ELEM mmap MAP_CREATE mmap \
         MAP_CREATE PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD \
         PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP",
    );
}
