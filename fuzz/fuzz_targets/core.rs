//! Fuzzes CO-RE relocations of an object against a kernel.

#![no_main]

bpf_fuzz::target!("core");
