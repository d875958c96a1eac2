//! The skeleton of every fixture: it is what the generator makes, and it compiles, without a warning and without unsafe code.
//!
//! They stand in `generated/`. To write them anew: `INSTA_UPDATE=always cargo test -p bpf-loader --features codegen --test
//! skeletons`.

#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

#[cfg(feature = "codegen")]
mod builder;
#[cfg(feature = "codegen")]
mod golden;
#[cfg(target_endian = "little")]
mod open;
#[cfg(feature = "codegen")]
mod types;

/// Those of all fixtures, each in a module of its theme.
#[cfg(target_endian = "little")]
pub mod generated {
    include!("generated/all.rs");
}

/// What every skeleton is, whatever it was made from.
#[cfg(target_endian = "little")]
#[test]
fn skeletons_go_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<generated::struct_ops::cong::OpenCong>();
    anywhere::<generated::struct_ops::cong::Cong>();
    anywhere::<generated::struct_ops::cong::AttachedCong>();
}
