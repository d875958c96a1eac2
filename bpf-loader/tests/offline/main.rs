//! What needs no kernel and no privileges: plans of every fixture, their text, and damaged objects.

mod differences;
mod externs;
mod functions;
mod instances;
mod plans;
mod sections;
mod stored;
mod support;
mod sweep;
