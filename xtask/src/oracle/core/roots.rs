//! Which of a kernel's types relocations are made about: many of any kind, and more of those that are seldom and hard.

use std::collections::HashMap;

use bpf_loader::btf::{Btf, Kind, Type, TypeId, layout};

use super::made;
use super::rng::Rng;

/// How often each of the forms is taken that kernels seldom have.
const SELDOM: usize = 5;

/// A choice: how many, of which.
type Choice = (usize, fn(&Type<'_>, &Names<'_>) -> bool);

/// How many types have a name, by kind.
type Names<'a> = HashMap<(Kind, &'a str), usize>;

const CHOICES: [Choice; 11] = [
    (250, |found, _| is_named(found) && found.kind().is_composite()),
    (100, |found, _| is_named(found) && found.members().any(|member| member.bitfield.is_some())),
    (60, |found, _| is_named(found) && found.members().any(|member| member.name() == Ok(""))),
    (60, |found, _| is_named(found) && ends_flexible(found)),
    (80, |found, names| found.kind().is_composite() && is_shared(found, names)),
    (240, |found, _| is_named(found) && found.kind().is_enum()),
    (30, |found, names| found.kind().is_enum() && is_shared(found, names)),
    (40, |found, _| is_named(found) && found.kind() == Kind::ENUM64),
    (40, |found, _| is_named(found) && found.enumerators().any(|one| one.value > 0x7fff_ffff)),
    (150, |found, _| found.kind() == Kind::TYPEDEF),
    (60, |found, _| matches!(found.kind(), Kind::INT | Kind::FWD) || !is_named(found)),
];

/// The ids, the same ones in every run. One may be there several times: what is made of it differs.
pub(super) fn choose(kernel: &Btf, rng: &mut Rng) -> Vec<TypeId> {
    let mut names = Names::new();
    for found in kernel.types() {
        *names.entry((found.kind(), found.name().unwrap_or_default())).or_default() += 1;
    }
    let mut ids = Vec::new();
    for (count, fits) in CHOICES {
        let all = kernel.types().filter(|found| fits(found, &names)).map(|found| found.id()).collect();
        ids.extend(rng.some(all, count));
    }
    let seldom = |found: &Type<'_>| found.name().unwrap_or_default().starts_with(made::PREFIX);
    let seldom: Vec<TypeId> = kernel.types().filter(seldom).map(|found| found.id()).collect();
    ids.extend((0..SELDOM).flat_map(|_| seldom.iter().copied()));
    ids
}

fn is_named(found: &Type<'_>) -> bool {
    !found.name().unwrap_or_default().is_empty()
}

fn is_shared(found: &Type<'_>, names: &Names<'_>) -> bool {
    is_named(found)
        && names.get(&(found.kind(), found.name().unwrap_or_default())).is_some_and(|count| *count > 1)
}

fn ends_flexible(found: &Type<'_>) -> bool {
    let Some(last) = found.members().last() else { return false };
    let target = layout::strip_modifiers(found.btf(), last.type_id);
    target.is_ok_and(|target| target.array().is_some_and(|array| array.len == 0))
}
