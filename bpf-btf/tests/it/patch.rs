//! Changes in place: the right word changes, in both byte orders, and no other.

use crate::support::{Builder, every_kind};
use bpf_btf::build::Patch;
use bpf_btf::{Btf, Endian, Kind, Linkage, SectionVar, TypeError, TypeId, VarLinkage};

#[test]
fn one_word_each() {
    for endian in [Endian::Little, Endian::Big] {
        let btf = every_kind(endian).parse();
        let find = |name, kind| btf.find(name, kind).unwrap();
        let (bss, counter) = (find(".bss", Kind::DATASEC), find("counter", Kind::VAR));
        let run = find("run", Kind::FUNC);
        let mut patch = Patch::new(&btf);
        patch.set_size(bss, 32).unwrap();
        patch.set_section_var(bss, 0, 16, 8).unwrap();
        patch.set_var_linkage(counter, VarLinkage::Static).unwrap();
        patch.set_func_linkage(run, Linkage::Static).unwrap();
        let bytes = patch.finish();
        let differing = bytes.iter().zip(btf.bytes()).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 4, "{endian}: size, offset, two linkages; the variable's size stays 8");

        let new = Btf::parse(bytes).unwrap();
        let section = new.get(bss).unwrap();
        assert_eq!(section.size(), Some(32));
        assert_eq!(
            section.section_vars().collect::<Vec<_>>(),
            [SectionVar { type_id: counter, offset: 16, size: 8 }]
        );
        assert_eq!(new.get(counter).unwrap().var_linkage(), Some(VarLinkage::Static));
        assert_eq!(new.get(run).unwrap().linkage(), Some(Linkage::Static));
        assert_eq!(new.get(run).unwrap().name(), Ok("run"));
    }
}

#[test]
fn what_does_not_fit() {
    let btf = every_kind(Endian::Little).parse();
    let find = |name, kind| btf.find(name, kind).unwrap();
    let (bss, int, counter) =
        (find(".bss", Kind::DATASEC), find("int", Kind::INT), find("counter", Kind::VAR));
    let mut patch = Patch::new(&btf);
    let code = |result: Result<(), TypeError>| result.unwrap_err().code();
    assert_eq!(code(patch.set_size(counter, 1)), "E0124");
    assert_eq!(code(patch.set_size(VOID, 1)), "E0121");
    assert_eq!(code(patch.set_size(TypeId(999), 1)), "E0121");
    assert_eq!(code(patch.set_section_var(int, 0, 0, 0)), "E0125");
    assert_eq!(code(patch.set_section_var(bss, 1, 0, 0)), "E0126");
    assert_eq!(code(patch.set_section_var(bss, usize::MAX, 0, 0)), "E0126");
    assert_eq!(code(patch.set_var_linkage(int, VarLinkage::Global)), "E0125");
    assert_eq!(code(patch.set_func_linkage(counter, Linkage::Global)), "E0125");
    let run = find("run", Kind::FUNC);
    assert_eq!(code(patch.set_func_linkage(run, Linkage::Unknown(1 << 24))), "E0126");
    assert_eq!(patch.finish(), btf.bytes());
}

#[test]
fn of_split_btf_its_own_records() {
    let base = every_kind(Endian::Little).parse();
    let mut b = Builder::on(&base);
    let own = b.structure("own", 4, &[]);
    let split = Btf::parse_split(b.bytes(), &base).unwrap();
    let mut patch = Patch::new(&split);
    assert_eq!(patch.set_size(TypeId(1), 8).unwrap_err().code(), "E0121");
    patch.set_size(own, 8).unwrap();
    let split = Btf::parse_split(patch.finish(), &base).unwrap();
    assert_eq!(split.get(own).unwrap().size(), Some(8));
}

const VOID: TypeId = TypeId::VOID;

/// What is added stands behind what is there, and everything else keeps its number and its name.
#[test]
fn added_at_the_end() {
    for endian in [Endian::Little, Endian::Big] {
        let btf = every_kind(endian).parse();
        let find = |name, kind| btf.find(name, kind).unwrap();
        let (bss, counter, run) =
            (find(".bss", Kind::DATASEC), find("counter", Kind::VAR), find("run", Kind::FUNC));
        let proto = btf.get(run).unwrap().target().unwrap();
        let mut patch = Patch::new(&btf);
        let name = patch.add_string("placeholder").unwrap();
        let int = patch.add_int(name, 4).unwrap();
        let var = patch.add_var(name, int, VarLinkage::Global).unwrap();
        assert_eq!([int.0, var.0], [btf.last_id().0 + 1, btf.last_id().0 + 2]);
        patch.set_target(counter, int).unwrap();
        patch.set_section_vars(bss, &[SectionVar { type_id: var, offset: 4, size: 4 }]).unwrap();
        let params = btf.get(proto).unwrap().params().len();
        (0..params).for_each(|index| patch.set_param_name(proto, index, name).unwrap());

        let new = Btf::parse(patch.finish()).unwrap();
        assert_eq!(new.last_id(), var);
        for old in btf.types() {
            let found = new.get(old.id()).unwrap();
            assert_eq!((found.kind(), found.name()), (old.kind(), old.name()), "{endian} {}", old.id());
        }
        let found = new.get(int).unwrap();
        let encoding = found.int().unwrap();
        assert_eq!((found.size(), encoding.signed, encoding.bits), (Some(4), true, 32));
        assert_eq!(new.get(var).unwrap().name(), Ok("placeholder"));
        assert_eq!(new.get(counter).unwrap().target(), Some(int));
        let placed: Vec<_> = new.get(bss).unwrap().section_vars().collect();
        assert_eq!(placed, [SectionVar { type_id: var, offset: 4, size: 4 }]);
        assert!(new.get(proto).unwrap().params().all(|param| param.name() == Ok("placeholder")));

        let mut patch = Patch::new(&btf);
        assert!(matches!(patch.add_string("a\0b"), Err(TypeError::BadString { .. })));
        assert!(matches!(patch.set_target(bss, int), Err(TypeError::WrongKind { .. })));
        assert!(matches!(patch.set_section_vars(bss, &[]), Err(TypeError::NoSuchElement { .. })));
        assert!(matches!(patch.set_section_vars(counter, &[]), Err(TypeError::WrongKind { .. })));
        let past = patch.set_param_name(proto, params, name);
        assert!(matches!(past, Err(TypeError::NoSuchElement { .. })));
    }
}
