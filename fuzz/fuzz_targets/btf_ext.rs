//! Fuzzes `.BTF.ext`.

#![no_main]

bpf_fuzz::target!("btf_ext");
