//! The capabilities that plans take, worked out by hand.

use bpf_loader::{Kernel, Object, Plan};

use crate::support::{ORDERS, fixtures, kernel, path};

fn plan(name: &str, release: Option<&str>) -> Plan {
    let order = if cfg!(target_endian = "big") { "eb" } else { "el" };
    let kernel = Kernel::builder();
    let kernel = if let Some(release) = release { kernel.release(release) } else { kernel };
    Object::open(path(name, order)).unwrap().plan(&kernel.build()).unwrap()
}

fn check(name: &str, release: Option<&str>, want: &[&str]) {
    let found: Vec<String> =
        plan(name, release).needed_capabilities().iter().map(ToString::to_string).collect();
    assert_eq!(found, want, "{name} for {release:?}");
}

#[test]
fn of_a_program_and_its_maps() {
    check(
        "socket/no_btf",
        None,
        &["CAP_BPF for program nine (socket_filter) (not where kernel.unprivileged_bpf_disabled is 0)"],
    );
    check("socket/minimal", None, &["CAP_BPF for BTF, program seven (socket_filter)"]);
    let events = "BTF, map execs (ringbuf), map small (ringbuf) and 6 more";
    check(
        "ring/events",
        Some("6.1.0"),
        &[&format!("CAP_BPF for {events}"), "CAP_PERFMON for program on_exec (raw_tracepoint)"],
    );
    // There was one for all, once.
    check("ring/events", Some("5.4.0"), &[&format!("CAP_SYS_ADMIN for {events}")]);
}

#[test]
fn of_every_fixture() {
    let mut planned = 0;
    for name in fixtures() {
        for order in ORDERS {
            let Ok(object) = Object::open(path(&name, order)) else { continue };
            let Ok(plan) = object.plan(&kernel("recent", order)) else { continue };
            planned += 1;
            let needed = plan.needed_capabilities();
            assert!(needed.iter().all(|needed| !needed.asked_by.is_empty()), "{name}.{order}");
            let anything = plan.btf().is_some() || !plan.maps().is_empty() || !plan.programs().is_empty();
            assert_eq!(anything, !needed.is_empty(), "{name}.{order}");
        }
    }
    assert!(planned > 40, "{planned} plans");
}
