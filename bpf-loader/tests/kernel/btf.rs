//! BTF that was built or rewritten is taken by the kernel, and what the kernel's own BTF shows of that is true.

use bpf_btf::build::{BuildError, Builder, Encoding, EnumValues, Extras, Field, FwdKind, sanitize};
use bpf_btf::{Btf, Endian, Kind, Linkage, SectionVar, TypeId, VarLinkage};
use bpf_loader::kernel::Answer;
use bpf_loader::{Feature, Kernel};
use bpf_sys::prog::TestRun;
use libtest_mimic::Trial;

use crate::support::{DONE, Outcome, equal, holds, load, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("BTF of every kind, built and rewritten for older kernels", every_kind),
        test("the kernel takes just the BTF that its own BTF shows", shown_is_true),
        test("an object with newer BTF loads, rewritten where it has to be", newer_btf),
    ]
}

/// What the kernel says to it: with its log, where it refuses.
fn taken(blob: &[u8]) -> Result<(), String> {
    let mut log = vec![0; 1 << 16];
    let (loaded, _) = bpf_sys::btf::load_with_log(blob, 1, &mut log);
    let end = log.iter().position(|byte| *byte == 0).unwrap_or(log.len());
    loaded.map(drop).map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&log[..end])))
}

/// A feature that BTF may need, and what it has then.
type Row = (Feature, fn(&mut Extras));

const FEATURES: [Row; 6] = [
    (Feature::BtfDatasec, |extras| extras.datasec = true),
    (Feature::BtfGlobalFunc, |extras| extras.global_func = true),
    (Feature::BtfFloat, |extras| extras.float = true),
    (Feature::BtfDeclTag, |extras| extras.decl_tag = true),
    (Feature::BtfTypeTag, |extras| extras.type_tag = true),
    (Feature::BtfEnum64, |extras| extras.enum64 = true),
];

/// What this kernel lacks, by its own BTF.
fn lacking() -> Result<Vec<Row>, bpf_loader::KernelError> {
    let kernel = Kernel::running();
    kernel.btf()?;
    Ok(FEATURES.into_iter().filter(|(feature, _)| kernel.feature(*feature) == Answer::No).collect())
}

fn blob() -> Result<Vec<u8>, BuildError> {
    let mut b = Builder::new(Endian::NATIVE);
    let int = b.add_int("int", 4, Encoding::Signed)?;
    b.add_int("unsigned char", 1, Encoding::Char)?;
    b.add_int("_Bool", 1, Encoding::Bool)?;
    b.add_int("__int128", 16, Encoding::Unsigned)?;
    let float = b.add_float("double", 8)?;
    let constant = b.add_const(int)?;
    let volatile = b.add_volatile(constant)?;
    let word = b.add_typedef("word", volatile)?;
    let tagged = b.add_type_tag("rcu", int)?;
    let ptr = b.add_ptr(tagged)?;
    b.add_restrict(ptr)?;
    let array = b.add_array(word, int, 3)?;
    let later = b.add_fwd("later", FwdKind::Struct)?;
    b.add_fwd("united", FwdKind::Union)?;
    b.add_fwd("counted", FwdKind::Enum)?;
    let small = b.add_enum("small", 4, EnumValues::Signed(&[("MINUS", -1), ("MOST", 0x7fff_ffff)]))?;
    let big = b.add_enum64("big", 8, EnumValues::Unsigned(&[("BIG", 1 << 40), ("ONE", 1)]))?;
    // A struct with a pointer to itself, which is added after it.
    let node = b.next_id();
    let fields = [
        Field::new("next", TypeId(node.0 + 1), 0),
        Field::new("value", float, 64),
        Field::new("words", array, 128),
        Field::new("low", int, 224).bits(3),
        Field::new("high", int, 227).bits(29),
        Field::new("small", small, 256),
        Field::new("big", big, 320),
    ];
    b.add_struct("node", 48, &fields)?;
    let pointer = b.add_ptr(node)?;
    b.add_union("", 8, &[Field::new("a", pointer, 0), Field::new("b", float, 0)])?;
    let to_later = b.add_ptr(later)?;
    let proto = b.add_func_proto(int, &[("node", pointer), ("later", to_later), ("", TypeId::VOID)])?;
    let func = b.add_func("walk", Linkage::Global, proto)?;
    b.add_func("hidden", Linkage::Static, proto)?;
    b.add_decl_tag("kernel", func, Some(0))?;
    b.add_decl_tag("list", node, Some(1))?;
    let var = b.add_var("head", VarLinkage::Global, pointer)?;
    b.add_decl_tag("private", var, None)?;
    b.add_datasec(".data.walk", 16, &[SectionVar { type_id: var, offset: 8, size: 8 }])?;
    b.finish()
}

fn every_kind() -> Outcome {
    let btf = Btf::parse(blob()?)?;
    let kinds: std::collections::BTreeSet<Kind> = btf.types().map(|found| found.kind()).collect();
    equal("kinds", kinds.len(), 19)?;
    let mut missing = Extras::default();
    lacking()?.into_iter().for_each(|(_, lack)| lack(&mut missing));
    taken(&sanitize(&btf, missing))?;
    taken(&sanitize(&btf, Extras::all()))?;
    // What is left out is no matter of luck: without it the same is refused.
    equal("taken as it is", taken(btf.bytes()).is_ok(), missing == Extras::default())?;
    DONE
}

fn shown_is_true() -> Outcome {
    let btf = Btf::parse(blob()?)?;
    let kernel = Kernel::running();
    kernel.btf()?;
    for (feature, has) in FEATURES {
        let shown = kernel.feature(feature);
        holds("its BTF tells", shown != Answer::Unknown)?;
        // Everything else is rewritten.
        let mut rest = Extras::all();
        let mut only = Extras::default();
        has(&mut only);
        // A tag is on a variable, which has to stay one.
        rest.datasec &= !only.datasec && !only.decl_tag;
        rest.float &= !only.float;
        rest.decl_tag &= !only.decl_tag;
        rest.type_tag &= !only.type_tag;
        rest.enum64 &= !only.enum64;
        // Functions are older than any of these, and a global one is a function.
        rest.func = false;
        rest.global_func &= !only.global_func;
        let told = taken(&sanitize(&btf, rest));
        equal(feature.name(), told.is_ok(), shown == Answer::Yes)?;
    }
    DONE
}

fn newer_btf() -> Outcome {
    let loaded = load("socket/newer_btf")?;
    let five = loaded.program("five")?.test_run(TestRun::new().data_in(&[0; 64]))?;
    equal("what it returns", five.retval, 5)?;
    equal("the global variable", loaded.global("seen")?.get::<u32>()?, 5)?;
    let want: Vec<Feature> = lacking()?
        .into_iter()
        .map(|(feature, _)| feature)
        .filter(|feature| !matches!(feature, Feature::BtfDatasec | Feature::BtfGlobalFunc))
        .collect();
    equal("what was rewritten", loaded.plan().btf_lacks(), want.as_slice())?;
    DONE
}
