//! Split BTF: it goes on where its base ends, and shows the base's types as they are.

use bpf_btf::{Btf, Type};

use crate::{Reached, halves, walk};

pub(crate) fn body(data: &[u8]) -> Reached {
    let (first, second) = halves::split(data);
    let Ok(base) = Btf::parse(first.to_vec()) else { return Reached::Door };
    let split = match Btf::parse_split(second.to_vec(), &base) {
        Ok(split) => split,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.code().starts_with('E'));
            return Reached::Door;
        }
    };
    assert_eq!(split.first_id().0, base.last_id().0 + 1);
    assert_eq!(split.types().count(), usize::try_from(split.last_id().0 - base.last_id().0).unwrap_or(0));
    for id in walk::ids(&base).filter(|id| *id <= base.last_id()) {
        let record = |btf: &Btf| btf.get(id).map(|found| record(&found)).ok();
        assert_eq!(record(&split), record(&base), "{id}");
        assert!(record(&base).is_some(), "{id}");
    }
    let again = Btf::parse_split(second.to_vec(), &base).expect("the same bytes");
    assert_eq!(walk::text(&split), walk::text(&again));
    walk::types(&split);
    walk::cut(&split);
    Reached::Inside
}

/// The numbers of a record. What they refer to is looked up in the blob that was asked: a damaged base may refer to what
/// is in the split only, as with every other reader.
fn record(found: &Type<'_>) -> String {
    let members: Vec<_> =
        found.members().map(|member| (member.type_id, member.bit_offset, member.bitfield)).collect();
    let head = (found.kind(), found.name_offset(), found.kflag(), found.vlen(), found.size(), found.target());
    format!("{head:?} {members:?} {:?} {:?}", found.array(), found.section_vars().collect::<Vec<_>>())
}
