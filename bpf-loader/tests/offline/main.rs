//! What needs no kernel and no privileges: plans of every fixture, their text, and damaged objects.

mod plans;
mod support;
mod sweep;
