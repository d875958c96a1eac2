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
