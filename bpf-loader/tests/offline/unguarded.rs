//! What is missing in a kernel and may be reached, in the fixtures.

use bpf_loader::Object;

use crate::stored::stored;
use crate::support::path;

/// What of a fixture a kernel lacks, in all and where nothing asks first.
fn missing(name: &str, kernel: &str) -> (usize, Vec<String>) {
    let plan = Object::open(path(name, "el")).unwrap().plan(&stored(kernel)).unwrap();
    let all = plan.programs().iter().map(|program| program.poisons.len()).sum();
    let reached = plan.unguarded();
    (all, reached.iter().map(|(_, poison)| poison.missing.path().to_owned()).collect())
}

#[test]
fn what_is_asked_about_first_is_not_reached() {
    for kernel in ["x86_64-5.10", "x86_64-6.12", "x86_64-7.2", "aarch64-6.12"] {
        // `guess->zzz_gone` and `never->member`, each after field_exists().
        assert_eq!(missing("core/guarded", kernel), (2, vec![]), "{kernel}");
        // The state under its two names, of which a kernel has one.
        let (all, reached) = missing("core/fields", kernel);
        assert!(all > 0 && reached.is_empty(), "{kernel}: {all}, {reached:?}");
    }
}

#[test]
fn what_is_read_as_it_comes_is_reached() {
    let (all, reached) = missing("core/missing", "x86_64-6.12");
    assert_eq!(reached.len(), all, "{reached:?}");
    assert!(!reached.is_empty());
}

/// Calls of functions that this kernel lacks, behind a test of their address.
#[test]
fn functions_that_may_be_missing() {
    // `zzz_no_such_kfunc` and `bpf_rcu_read_lock`, which is declared differently; each is asked about first.
    assert_eq!(missing("externs/kfunc_weak", "x86_64-6.12"), (2, vec![]));
}
