//! Enumerators of two enumerations, by name.

use std::collections::HashMap;

use super::{Change, Value};
use crate::types::{Enumerator, Type};

pub(super) fn compare(old: &Type<'_>, new: &Type<'_>, found: &mut Vec<Change>) {
    let before: HashMap<&str, Enumerator<'_>> = named(old).collect();
    let mut now: HashMap<&str, ()> = HashMap::new();
    for (name, value) in named(new) {
        now.insert(name, ());
        match before.get(name).map(|earlier| number(earlier)) {
            None => found.push(Change::ValueAdded(of(name, number(&value)))),
            Some(earlier) if earlier != number(&value) => {
                found.push(Change::Value { old: of(name, earlier), new: of(name, number(&value)) });
            }
            Some(_) => {}
        }
    }
    for (name, value) in named(old).filter(|(name, _)| !now.contains_key(name)) {
        found.push(Change::ValueRemoved(of(name, number(&value))));
    }
}

fn named<'a>(found: &Type<'a>) -> impl Iterator<Item = (&'a str, Enumerator<'a>)> + use<'a> {
    found.enumerators().map(|value| (value.name().unwrap_or_default(), value))
}

fn number(value: &Enumerator<'_>) -> i128 {
    if value.signed { i128::from(value.value.cast_signed()) } else { i128::from(value.value) }
}

fn of(name: &str, value: i128) -> Value {
    Value { name: name.into(), value }
}
