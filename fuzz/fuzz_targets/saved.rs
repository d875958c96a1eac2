//! Fuzzes saved kernels.

#![no_main]

bpf_fuzz::target!("saved");
