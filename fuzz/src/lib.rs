//! What turns a body of `fuzz-bodies` into a target of libFuzzer.

#[doc(hidden)]
pub use {fuzz_bodies, libfuzzer_sys};

/// A target by its name: its body, and its way of changing inputs.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        use $crate::fuzz_bodies::{Target, named};
        use $crate::libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

        const TARGET: &Target = named($name);

        fuzz_target!(|data: &[u8]| {
            (TARGET.body)(data);
        });

        fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            TARGET.mutate(data, size, max_size, seed, &mut |data, size, max| fuzzer_mutate(data, size, max))
        });
    };
}
