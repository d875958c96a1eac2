//! What needs no kernel and no privileges: plans of every fixture, their text, and damaged objects.

mod capabilities;
mod core_btf;
mod differences;
mod externs;
mod functions;
mod instances;
mod maps;
mod plans;
mod sections;
mod stored;
mod support;
mod sweep;
mod unguarded;
