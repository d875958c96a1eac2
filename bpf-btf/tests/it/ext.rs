//! `.BTF.ext`: three tables, in both byte orders, whole and damaged.

use bpf_btf::core::RelocKind;
use bpf_btf::{BtfExt, CoreRecord, Endian, FuncRecord, StrOffset, TypeId};

/// A blob with one function, two lines and two relocations; records longer than known by `extra` words.
pub(crate) fn blob(endian: Endian, extra: u32) -> Vec<u8> {
    let table = |words: u32, records: &[&[u32]]| {
        let mut table = vec![(words + extra) * 4, 1, records.len() as u32];
        for record in records {
            table.extend_from_slice(record);
            table.extend((0..extra).map(|_| 0xdead_beef));
        }
        table
    };
    let funcs = table(2, &[&[0, 7]]);
    let lines = table(4, &[&[0, 2, 3, 12 << 10 | 5], &[8, 2, 3, 13 << 10]]);
    let core = table(4, &[&[8, 9, 4, 0], &[16, 9, 4, 99]]);
    let bytes = |table: &Vec<u32>| table.len() as u32 * 4;
    let (a, b, c) = (bytes(&funcs), bytes(&lines), bytes(&core));
    let magic = if endian == Endian::Big { 0xeb9f_0100 } else { 0x0001_eb9f };
    let head = vec![magic, 32, 0, a, a, b, a + b, c];
    let words = [head, funcs, lines, core].concat();
    words
        .into_iter()
        .flat_map(|word| if endian == Endian::Big { word.to_be_bytes() } else { word.to_le_bytes() })
        .collect()
}

#[test]
fn three_tables() {
    for (endian, extra) in [(Endian::Little, 0), (Endian::Big, 0), (Endian::Little, 3), (Endian::Big, 3)] {
        let ext = BtfExt::parse(&blob(endian, extra)).unwrap();
        assert_eq!(ext.funcs[0].records, [FuncRecord { offset: 0, type_id: TypeId(7) }]);
        assert_eq!(ext.lines[0].section, StrOffset(1));
        let lines: Vec<_> =
            ext.lines[0].records.iter().map(|line| (line.offset, line.line, line.column)).collect();
        assert_eq!(lines, [(0, 12, 5), (8, 13, 0)]);
        assert_eq!(ext.lines[0].records[0].packed(), 12 << 10 | 5);
        let unknown =
            CoreRecord { offset: 16, type_id: TypeId(9), access: StrOffset(4), kind: RelocKind(99) };
        assert_eq!(ext.core[0].records[1], unknown);
        assert_eq!(unknown.kind.to_string(), "relocation kind 99");
    }
}

#[test]
fn damaged() {
    let check = |at: usize, word: u32, want: &str| {
        let mut bytes = blob(Endian::Little, 0);
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        let error = BtfExt::parse(&bytes).unwrap_err();
        assert_eq!(format!("{} {error}", error.code()), want);
    };
    check(
        32,
        4,
        "E0112 BTF.ext func_info table is damaged at 0x20: records are too short or not a multiple of 4 bytes",
    );
    check(
        32,
        10,
        "E0112 BTF.ext func_info table is damaged at 0x20: records are too short or not a multiple of 4 bytes",
    );
    check(40, 0, "E0112 BTF.ext func_info table is damaged at 0x24: a section without records");
    check(
        40,
        u32::MAX,
        "E0112 BTF.ext func_info table is damaged at 0x24: more records than the table has room for",
    );
    check(12, 26, "E0112 BTF.ext func_info table is damaged at 0x38: it ends inside a header");
    check(12, u32::MAX, "E0105 BTF func_info section 0x20..0x10000001f ends outside the blob of 0x8c bytes");
}

#[test]
fn written_and_read() {
    for endian in [Endian::Little, Endian::Big] {
        let bytes = blob(endian, 0);
        let ext = BtfExt::parse(&bytes).unwrap();
        assert_eq!(ext.write(endian).unwrap(), bytes);
        // Longer records than known are written as far as they are known.
        assert_eq!(BtfExt::parse(&blob(endian, 2)).unwrap().write(endian).unwrap(), bytes);
        let other = if endian == Endian::Big { Endian::Little } else { Endian::Big };
        assert_eq!(BtfExt::parse(&ext.write(other).unwrap()).unwrap(), ext);
    }
    let empty = BtfExt::default().write(Endian::Little).unwrap();
    assert_eq!((empty.len(), BtfExt::parse(&empty).unwrap()), (24, BtfExt::default()));
}

#[test]
fn records_are_moved_dropped_and_merged() {
    let whole = BtfExt::parse(&blob(Endian::Little, 0)).unwrap();
    let offsets = |ext: &BtfExt| {
        let funcs = ext.funcs.iter().flat_map(|s| &s.records).map(|r| r.offset).collect::<Vec<_>>();
        let lines = ext.lines.iter().flat_map(|s| &s.records).map(|r| r.offset).collect::<Vec<_>>();
        (funcs, lines, ext.core.iter().flat_map(|s| &s.records).map(|r| r.offset).collect::<Vec<_>>())
    };
    let mut moved = whole.clone();
    moved.shift(StrOffset(1), 24).unwrap();
    assert_eq!(offsets(&moved), (vec![24], vec![24, 32], vec![32, 40]));
    moved.shift(StrOffset(99), 8).unwrap();
    let before = moved.clone();
    assert_eq!(moved.shift(StrOffset(1), -25).unwrap_err().code(), "E0179");
    assert_eq!(moved, before);

    let mut both = moved.clone();
    both.merge(whole.clone());
    assert_eq!(offsets(&both), (vec![0, 24], vec![0, 8, 24, 32], vec![8, 16, 32, 40]));
    both.remove(StrOffset(1), 24..u32::MAX);
    assert_eq!(both, whole);
    both.remove(StrOffset(1), 0..8);
    assert_eq!(offsets(&both), (vec![], vec![8], vec![8, 16]));

    let mut mapped = whole;
    mapped.map(|at| StrOffset(at.0 + 100), |id| TypeId(id.0 * 2));
    let (line, core) = (mapped.lines[0].records[0], mapped.core[0].records[0]);
    assert_eq!(
        (mapped.lines[0].section, line.file, line.text),
        (StrOffset(101), StrOffset(102), StrOffset(103))
    );
    assert_eq!(
        (core.access, core.type_id, mapped.funcs[0].records[0].type_id),
        (StrOffset(104), TypeId(18), TypeId(14))
    );
}
