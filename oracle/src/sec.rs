//! libbpf's answers to names of sections: which program type and attach type each says, and which names there are.
//!
//! # Safety
//!
//! Names are C strings that live during the call; the answers are numbers that libbpf writes. One thread only.

#![allow(unsafe_code)]

use std::ffi::CString;

use libbpf_sys as sys;

use crate::facts::{SecAnswers, SecMeaning};
use crate::libbpf;

/// How libbpf begins the list of what it knows, which it prints where it knows a name not.
const LIST: &str = "supported section(type) names are:";

/// Asks for each name; and for the names that libbpf's table has.
pub(crate) fn answer(names: &[String]) -> SecAnswers {
    libbpf::listen();
    let meanings = names.iter().map(|name| meaning(name)).collect();
    libbpf::said();
    meaning("no name of any table");
    let said = libbpf::said();
    let list = said.split_once(LIST).map_or("", |(_, list)| list);
    let names = list.lines().next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    SecAnswers { meanings, names }
}

fn meaning(name: &str) -> Option<SecMeaning> {
    let name = CString::new(name).ok()?;
    let (mut program_type, mut attach_type) = (0, 0);
    // SAFETY: a C string and two numbers to write to, all there during the call.
    let status =
        unsafe { sys::libbpf_prog_type_by_name(name.as_ptr(), &raw mut program_type, &raw mut attach_type) };
    (status == 0).then_some(SecMeaning { program_type, attach_type })
}
