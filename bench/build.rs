//! Every call of `syscall()` in this program, ours and the peers', goes through `src/calls.rs`.

fn main() {
    println!("cargo:rustc-link-arg-bins=-Wl,--wrap=syscall");
    println!("cargo:rerun-if-changed=build.rs");
}
