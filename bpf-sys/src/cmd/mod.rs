//! One safe function per command of bpf(2), a file per kind of object.

pub mod btf;
mod info;
pub mod link;
pub mod map;
pub mod object;
pub mod prog;
pub mod token;
