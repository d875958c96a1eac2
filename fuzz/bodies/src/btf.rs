//! BTF: the same bytes give the same answers, opened either way; names find types; a number patched in changes nothing else; types that
//! are kept when it is cut stay as they are.

use bpf_btf::build::Patch;
use bpf_btf::{Btf, TypeId, diff, dump};

use crate::{Reached, walk};

pub(crate) fn body(data: &[u8]) -> Reached {
    let btf = match Btf::parse(data.to_vec()) {
        Ok(btf) => btf,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.code().starts_with('E'));
            return Reached::Door;
        }
    };
    assert_eq!(btf.bytes(), data);
    let again = Btf::parse(data.to_vec()).expect("the same bytes");
    assert_eq!(walk::text(&btf), walk::text(&again));
    walk::types(&btf);
    walk::cut(&btf);
    lazily(data, &btf);
    written(&btf);
    patched(&btf, data.len());
    Reached::Inside
}

/// Opened without looking, it is the same; and a blob that holds together needs no more than that.
fn lazily(data: &[u8], btf: &Btf) {
    let lazy = Btf::lazy(data.to_vec()).expect("what can be parsed can be opened");
    assert_eq!(lazy.last_id(), btf.last_id());
    assert_eq!(lazy.check(), Ok(()));
    assert_eq!(lazy.validate(), btf.validate());
    assert_eq!(walk::text(&lazy), walk::text(btf));
}

/// Every form of the whole; and nothing has changed between a blob and itself.
fn written(btf: &Btf) {
    let (text, written) = dump::C::new(btf).kfuncs(true).order(dump::Order::Names).all_text();
    assert_eq!(written.bytes, text.len() as u64);
    let mut lines = Vec::new();
    dump::write_raw(btf, &mut lines).expect("memory takes it all");
    assert_eq!(dump::write_json(btf, &mut lines).map_err(|error| error.kind()), Ok(()));
    if btf.validate().is_ok() {
        assert!(diff::all(btf, btf).is_empty(), "different from itself");
    }
}

/// Another size for one type, and nothing else is different.
fn patched(btf: &Btf, which: usize) {
    assert_eq!(Patch::new(btf).finish(), btf.bytes());
    let sized: Vec<TypeId> =
        walk::ids(btf).filter(|id| btf.get(*id).is_ok_and(|found| found.size().is_some())).collect();
    let Some(id) = sized.get(which.checked_rem(sized.len()).unwrap_or(0)).copied() else { return };
    if id == TypeId::VOID {
        return;
    }
    let mut patch = Patch::new(btf);
    patch.set_size(id, 0x0102_0304).expect("it has a size");
    let changed = Btf::parse(patch.finish()).expect("no record has moved");
    assert_eq!(changed.get(id).ok().and_then(|found| found.size()), Some(0x0102_0304));
    assert_eq!(changed.last_id(), btf.last_id());
    for other in walk::ids(btf).filter(|other| *other != id) {
        let line = |btf: &Btf| btf.get(other).map(|found| dump::raw_line(&found)).ok();
        assert_eq!(line(&changed), line(btf));
    }
}
