//! Fuzzes planning an object for a kernel.

#![no_main]

bpf_fuzz::target!("plan");
