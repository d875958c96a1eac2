//! Fuzzes object files, opened and dumped.

#![no_main]

bpf_fuzz::target!("object");
