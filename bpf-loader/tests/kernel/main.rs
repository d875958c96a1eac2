//! What is loaded is attached and seen to run, on the running kernel. These tests run if `BPF_TEST_KERNEL=1` is set and
//! the process has the capabilities; else each is reported as ignored, with the reason.

#[cfg(target_os = "linux")]
mod btf;
#[cfg(target_os = "linux")]
mod events;
#[cfg(target_os = "linux")]
mod externs;
#[cfg(target_os = "linux")]
mod functions;
mod instances;
#[cfg(target_os = "linux")]
mod maps;
#[cfg(target_os = "linux")]
mod modules;
#[cfg(target_os = "linux")]
mod pins;
#[cfg(target_os = "linux")]
mod probes;
#[cfg(target_os = "linux")]
mod programs;
#[cfg(target_os = "linux")]
mod refused;
#[cfg(target_os = "linux")]
mod sections;
#[cfg(all(target_os = "linux", target_endian = "little"))]
mod skeletons;
#[cfg(target_os = "linux")]
mod struct_ops;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(target_os = "linux")]
mod typed;
#[cfg(target_os = "linux")]
mod types;

#[cfg(target_os = "linux")]
fn main() {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They look for what they leave in the kernel, and they register names: one after the other.
    arguments.test_threads = Some(1);
    let tests = [
        programs::tests(),
        btf::tests(),
        struct_ops::tests(),
        modules::tests(),
        externs::tests(),
        functions::tests(),
        instances::tests(),
        typed::tests(),
        sections::tests(),
        maps::tests(),
        events::tests(),
        pins::tests(),
        probes::tests(),
        threads::tests(),
        refused::tests(),
        types::tests(),
        #[cfg(target_endian = "little")]
        skeletons::tests(),
    ];
    libtest_mimic::run(&arguments, tests.into_iter().flatten().collect()).exit();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
