//! `.BTF.ext`: what was read, written again, reads the same; and no more is read than there are bytes for.

use bpf_btf::{BtfExt, CoreRecord, ExtSection, FuncRecord, LineRecord};

use crate::Reached;

pub(crate) fn body(data: &[u8]) -> Reached {
    let ext = match BtfExt::parse(data) {
        Ok(ext) => ext,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.code().starts_with('E'));
            return Reached::Door;
        }
    };
    let records = count(&ext.funcs) * 8 + count(&ext.lines) * 16 + count(&ext.core) * 16;
    // The three tables may be the same bytes.
    assert!(records <= data.len() * 3, "{records} bytes of records in {}", data.len());
    let again = BtfExt::parse(&write(&ext)).expect("what was written can be read");
    same(&ext.funcs, &again.funcs);
    same(&ext.lines, &again.lines);
    same(&ext.core, &again.core);
    Reached::Inside
}

fn count<T>(sections: &[ExtSection<T>]) -> usize {
    sections.iter().map(|section| section.records.len()).sum()
}

fn same<T: PartialEq + std::fmt::Debug>(one: &[ExtSection<T>], other: &[ExtSection<T>]) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!((one.section, &one.records), (other.section, &other.records));
    }
}

fn write(ext: &BtfExt) -> Vec<u8> {
    let funcs = table(&ext.funcs, |r: &FuncRecord| [r.offset, r.type_id.0]);
    let lines = table(&ext.lines, |r: &LineRecord| [r.offset, r.file.0, r.text.0, r.packed()]);
    let core = table(&ext.core, |r: &CoreRecord| [r.offset, r.type_id.0, r.access.0, r.kind.0]);
    let mut words = vec![0x0001_eb9f, 32];
    let mut at = 0;
    for table in [&funcs, &lines, &core] {
        let len = u32::try_from(table.len() * 4).expect("inputs are small");
        words.extend([at, len]);
        at += len;
    }
    words.into_iter().chain(funcs).chain(lines).chain(core).flat_map(u32::to_le_bytes).collect()
}

fn table<T, const N: usize>(sections: &[ExtSection<T>], words: impl Fn(&T) -> [u32; N]) -> Vec<u32> {
    if sections.is_empty() {
        return Vec::new();
    }
    let mut out = vec![u32::try_from(N * 4).expect("a few words")];
    for section in sections {
        out.extend([section.section.0, u32::try_from(section.records.len()).expect("inputs are small")]);
        out.extend(section.records.iter().flat_map(&words));
    }
    out
}
