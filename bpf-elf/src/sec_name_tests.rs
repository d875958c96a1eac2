//! One line a rule.

use super::*;

#[track_caller]
fn check(section: &str, expected: &str) {
    let found = parse(section).map_or_else(|| "unknown".into(), |def| def.to_string());
    assert_eq!(found, expected, "{section}");
}

#[test]
fn there_are_as_many_as_libbpf_has() {
    assert_eq!(TABLE.len(), 116);
}

#[test]
fn no_row_hides_a_later_one() {
    for row in TABLE {
        let found = parse(row.name).map(|def| def.name);
        assert_eq!(found.as_deref(), Some(row.name));
    }
}

#[test]
fn names_without_a_target_accept_only_themselves() {
    check("socket", "socket_filter");
    check("socket/1", "unknown");
    check("socket1", "unknown");
    check("xdp", "xdp xdp");
    check("xdp/eth0", "unknown");
    check("xdp_prog", "unknown");
    check("tc", "sched_cls");
    check("tc/ingress", "sched_cls tcx_ingress");
    check("tc/elsewhere", "unknown");
    check("cgroup", "unknown");
    check("cgroup/", "unknown");
    check("", "unknown");
    check("/", "unknown");
    check(".text", "unknown");
}

#[test]
fn names_with_a_target_accept_one_or_none() {
    check("kprobe", "kprobe");
    check("kprobe/", "kprobe function=");
    check("kprobe/do_unlinkat+0x10", "kprobe function=do_unlinkat+0x10");
    check("kprobes/do_unlinkat", "unknown");
    check("kprob/foo", "unknown");
    check("kprobe.multi/tcp_*", "kprobe trace_kprobe_multi pattern=tcp_*");
    check("tp/sched/sched_switch", "tracepoint tracepoint=sched/sched_switch");
    check("fentry/nf_nat:nf_nat_setup_info", "tracing trace_fentry function=nf_nat:nf_nat_setup_info");
    check("struct_ops", "struct_ops");
    check("struct_ops/ssthresh", "struct_ops comment=ssthresh");
    check("struct_ops.link", "unknown");
}

#[test]
fn a_question_mark_is_passed_over_once() {
    check("?kprobe/x", "kprobe function=x");
    check("??kprobe/x", "unknown");
    check("?", "unknown");
}

#[test]
fn flags() {
    check("lsm.s/file_open", "lsm lsm_mac hook=file_open sleepable");
    check("syscall", "syscall sleepable");
    check("xdp.frags/devmap", "xdp xdp_devmap frags");
    check("xdp.frags", "xdp xdp frags");
    check("uprobe.multi.s//bin/bash:read*", "kprobe trace_uprobe_multi pattern=/bin/bash:read* sleepable");
}

#[test]
fn what_the_kernel_needs_to_know() {
    #[track_caller]
    fn flags(section: &str, optional: bool, btf: bool, auto: bool) {
        let found = parse(section).map(|d| (d.attach_type_optional, d.needs_btf_target, d.attaches_itself));
        assert_eq!(found, Some((optional, btf, auto)), "{section}");
    }
    flags("xdp", true, false, false);
    flags("xdp.frags", false, false, false);
    flags("fentry/x", false, true, true);
    flags("fentry.multi/x", false, false, true);
    flags("lsm_cgroup/x", false, true, false);
    flags("kprobe/x", false, false, true);
    flags("cgroup/sock", true, false, false);
    flags("cgroup/sock_create", false, false, false);
    flags("struct_ops/x", false, false, false);
    flags("usdt.s//bin/x:a:b", false, false, true);
    assert_eq!(parse("cgroup_skb/ingress").and_then(|def| def.attach_type), Some(A::CGROUP_INET_INGRESS));
}

/// Every name with what it says, to be reviewed when the table changes.
#[test]
fn the_whole_table() {
    let lines: Vec<String> = TABLE
        .iter()
        .map(|row| match parse(row.name) {
            Some(def) => format!(
                "{:<24} {def}{}{}{}",
                row.name,
                if def.attach_type_optional { " optional" } else { "" },
                if def.needs_btf_target { " btf" } else { "" },
                if def.attaches_itself { " auto" } else { "" },
            ),
            None => format!("{} is not found", row.name),
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
