//! Fuzz target `saved_kernel`; what it does is in `bodies`.
#![no_main]

#[path = "../../xtask/src/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::run("saved_kernel", data));
