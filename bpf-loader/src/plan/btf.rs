//! The object's BTF as this kernel takes it: what is defined elsewhere is in it already (`own_btf`), and what this kernel
//! does not know becomes something older, under the same ids.

use bpf_btf::Btf;
use bpf_btf::build::{Extras, sanitize};

use super::arg_ctx::Declarations;
use super::programs::Chosen;
use super::{Context, Step, arg_ctx, own_btf};
use crate::kernel::Feature;

/// A feature, how to note that BTF is to do without it, and whether BTF needs it.
type Row = (Feature, fn(&mut Extras), fn(Extras) -> bool);

/// What BTF may hold that a kernel may lack.
pub(crate) const ROWS: &[Row] = &[
    (Feature::BtfDatasec, |extras| extras.datasec = true, |extras| extras.datasec),
    (Feature::BtfGlobalFunc, |extras| extras.global_func = true, |extras| extras.global_func),
    (Feature::BtfFloat, |extras| extras.float = true, |extras| extras.float),
    (Feature::BtfDeclTag, |extras| extras.decl_tag = true, |extras| extras.decl_tag),
    (Feature::BtfTypeTag, |extras| extras.type_tag = true, |extras| extras.type_tag),
    (Feature::BtfEnum64, |extras| extras.enum64 = true, |extras| extras.enum64),
    (Feature::BtfQmarkDatasec, |extras| extras.qmark_datasec = true, |extras| extras.qmark_datasec),
];

/// The BTF to load, and what of the object's BTF this kernel lacks.
#[derive(Clone, Debug, Default)]
pub(super) struct ObjectBtf {
    pub(super) btf: Option<Btf>,
    pub(super) lacks: Vec<Feature>,
    pub(super) declarations: Declarations,
}

pub(super) fn plan(cx: &mut Context<'_>, chosen: &[Chosen]) -> ObjectBtf {
    if cx.object.file().btf().is_none() || !cx.uses(Feature::Btf, Step::Btf) {
        return ObjectBtf::default();
    }
    let Some(btf) = own_btf::plan(cx) else { return ObjectBtf::default() };
    let (btf, declarations) = arg_ctx::plan(cx, chosen, btf);
    let has = Extras::of(&btf);
    // A description of the kinds is for readers that do not know them; a kernel learns nothing from it.
    let (mut missing, mut lacks) = (Extras::default(), Vec::new());
    missing.layout = true;
    for (feature, set, needs) in ROWS {
        if needs(has) && !cx.uses(*feature, Step::Btf) {
            set(&mut missing);
            lacks.push(*feature);
        }
    }
    if missing.and(has) == Extras::default() {
        return ObjectBtf { btf: Some(btf), lacks, declarations };
    }
    // What was written from a blob that parsed parses; and if it did not, the kernel would say why.
    let fit = Btf::parse(sanitize(&btf, missing)).unwrap_or(btf);
    ObjectBtf { btf: Some(fit), lacks, declarations }
}
