//! The command on the running kernel. These tests run if `BPF_TEST_KERNEL=1` is set and the process has the
//! capabilities; else each is reported as ignored, with the reason.

#[cfg(target_os = "linux")]
mod commands;
#[cfg(target_os = "linux")]
mod doctor;
#[cfg(target_os = "linux")]
mod feature;
#[cfg(target_os = "linux")]
mod run;

#[cfg(target_os = "linux")]
fn main() {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They register names that the others look for: one after the other.
    arguments.test_threads = Some(1);
    let tests = [commands::tests(), doctor::tests(), feature::tests(), run::tests()];
    libtest_mimic::run(&arguments, tests.into_iter().flatten().collect()).exit();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
