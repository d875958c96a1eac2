//! Fuzzes BTF, and all that can be asked of it.

#![no_main]

bpf_fuzz::target!("btf");
