//! Tests on the running kernel. They run if `BPF_TEST_KERNEL=1` is set and the process has `CAP_BPF`; else each is
//! reported as ignored, with the reason.

#[cfg(target_os = "linux")]
mod batches;
#[cfg(target_os = "linux")]
mod capabilities;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod links;
#[cfg(target_os = "linux")]
mod maps;
#[cfg(target_os = "linux")]
mod objects;
#[cfg(target_os = "linux")]
mod programs;
#[cfg(target_os = "linux")]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    if descriptors::is_child() {
        return descriptors::child();
    }
    let arguments = libtest_mimic::Arguments::from_args();
    let tests = [
        maps::tests(),
        batches::tests(),
        programs::tests(),
        links::tests(),
        objects::tests(),
        descriptors::tests(),
        capabilities::tests(),
    ];
    libtest_mimic::run(&arguments, tests.into_iter().flatten().collect()).exit();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
