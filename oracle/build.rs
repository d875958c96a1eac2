//! Every call of `syscall()` in this program goes through `src/record.rs`.

fn main() {
    println!("cargo:rustc-link-arg-bins=-Wl,--wrap=syscall");
    println!("cargo:rerun-if-changed=build.rs");
}
