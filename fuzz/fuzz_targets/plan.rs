//! Fuzz target `plan`; what it does is in `bodies`.
#![no_main]

#[path = "../../xtask/src/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::run("plan", data));
