//! Fuzzes split BTF on a base.

#![no_main]

bpf_fuzz::target!("split");
