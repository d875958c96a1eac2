//! Enumerators of two enumerations, by name.

use std::collections::HashMap;

use super::{Change, Value};
use crate::dump::clean;
use crate::types::{Enumerator, Type};

pub(super) fn compare(old: &Type<'_>, new: &Type<'_>, found: &mut Vec<Change>) {
    // A name may come several times in damaged BTF: the first belongs to the first.
    let mut before: HashMap<&str, Vec<i128>> = HashMap::new();
    for (name, value) in named(old) {
        before.entry(name).or_default().push(number(&value));
    }
    before.values_mut().for_each(|values| values.reverse());
    for (name, value) in named(new) {
        match before.get_mut(name).and_then(Vec::pop) {
            None => found.push(Change::ValueAdded(of(name, number(&value)))),
            Some(earlier) if earlier != number(&value) => {
                found.push(Change::Value { old: of(name, earlier), new: of(name, number(&value)) });
            }
            Some(_) => {}
        }
    }
    for (name, _) in named(old) {
        if let Some(value) = before.get_mut(name).and_then(Vec::pop) {
            found.push(Change::ValueRemoved(of(name, value)));
        }
    }
}

fn named<'a>(found: &Type<'a>) -> impl Iterator<Item = (&'a str, Enumerator<'a>)> + use<'a> {
    found.enumerators().map(|value| (value.name().unwrap_or_default(), value))
}

fn number(value: &Enumerator<'_>) -> i128 {
    if value.signed { i128::from(value.value.cast_signed()) } else { i128::from(value.value) }
}

fn of(name: &str, value: i128) -> Value {
    Value { name: clean(Ok(name)).into(), value }
}
