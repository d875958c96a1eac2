//! An object file of nothing but instructions, types and CO-RE relocations.

use bpf_loader::btf::Endian;

use crate::oracle::facts::{Question, Slot};

/// The section with the functions.
pub(super) const SECTION: &str = "socket";
/// Relocations in a function.
pub(super) const IN_FUNCTION: usize = 1000;
/// Instructions that each relocation is given.
pub(super) const INSNS: usize = 2;

/// `BPF_JMP | BPF_EXIT`.
const EXIT: Slot = Slot { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 };
/// `r0 = r0`, where the first instruction is a narrow one.
const NOTHING: Slot = Slot { code: 0xbf, dst: 0, src: 0, off: 0, imm: 0 };
/// `BPF_LD | BPF_IMM | BPF_DW`.
pub(super) const WIDE: u8 = 0x18;

const EM_BPF: u16 = 247;
const HEADER: u64 = 64;
const SECTIONS: u16 = 7;

/// An object with functions `f0`, `f1` … of [`IN_FUNCTION`] relocations each. `section` is where the types' strings have
/// [`SECTION`].
pub(super) fn object(endian: Endian, btf: &[u8], section: u32, questions: &[&Question]) -> Vec<u8> {
    let (mut code, mut relocs, mut starts) = (Out::new(endian), Out::new(endian), Vec::new());
    for function in questions.chunks(IN_FUNCTION) {
        starts.push(code.len());
        for question in function {
            relocs.u32(u32::try_from(code.len()).unwrap_or(u32::MAX));
            relocs.u32(question.type_id).u32(question.access).u32(question.kind);
            let [first, second] = question.insns;
            code.insn(first).insn(if first.code == WIDE { second } else { NOTHING });
        }
        code.insn(EXIT);
    }
    let mut ext = Out::new(endian);
    let count = u32::try_from(questions.len()).unwrap_or(u32::MAX);
    ext.u16(0xeb9f).bytes(&[1, 0]).u32(32);
    for (offset, len) in [(0, 0), (0, 0), (0, 12 + 16 * count)] {
        ext.u32(offset).u32(len);
    }
    ext.u32(16).u32(section).u32(count).bytes(&relocs.bytes);
    finish(endian, &code.bytes, btf, &ext.bytes, &starts)
}

fn finish(endian: Endian, code: &[u8], btf: &[u8], ext: &[u8], starts: &[u64]) -> Vec<u8> {
    let mut names = Out::new(endian);
    names.bytes(&[0]);
    let mut name = |text: &str| {
        let at = u32::try_from(names.len()).unwrap_or(u32::MAX);
        names.bytes(text.as_bytes()).bytes(&[0]);
        at
    };
    let mut symbols = Out::new(endian);
    symbols.bytes(&[0; 24]);
    let end = u64::try_from(code.len()).unwrap_or(u64::MAX);
    for (number, start) in starts.iter().enumerate() {
        let next = starts.get(number + 1).copied().unwrap_or(end);
        // A global function in section 1.
        symbols.u32(name(&format!("f{number}"))).bytes(&[0x12, 0]).u16(1).u64(*start).u64(next - start);
    }
    // Type, flags, link, info, alignment, size of an entry.
    let heads: [(&str, [u32; 6], &[u8]); 5] = [
        (SECTION, [1, 6, 0, 0, 8, 0], code),
        (".BTF", [1, 0, 0, 0, 4, 0], btf),
        (".BTF.ext", [1, 0, 0, 0, 4, 0], ext),
        ("license", [1, 3, 0, 0, 1, 0], b"GPL\0"),
        (".symtab", [2, 0, 6, 1, 8, 24], &symbols.bytes),
    ];
    let heads: Vec<_> = heads.iter().map(|(text, shape, content)| (name(text), *shape, *content)).collect();
    let last = (name(".strtab"), [3, 0, 0, 0, 1, 0], ());
    let strings = names.bytes;
    let heads = heads.into_iter().chain([(last.0, last.1, strings.as_slice())]);

    let (mut content, mut table) = (Out::new(endian), Out::new(endian));
    table.bytes(&[0; 64]);
    for (text, [kind, flags, link, info, align, entry], bytes) in heads {
        content.pad();
        table.u32(text).u32(kind).u64(flags.into()).u64(0).u64(HEADER + content.len());
        table.u64(u64::try_from(bytes.len()).unwrap_or(u64::MAX)).u32(link).u32(info);
        table.u64(align.into()).u64(entry.into());
        content.bytes(bytes);
    }
    content.pad();
    let mut file = Out::new(endian);
    let order = if endian == Endian::Little { 1 } else { 2 };
    file.bytes(b"\x7fELF").bytes(&[2, order, 1, 0]).bytes(&[0; 8]).u16(1).u16(EM_BPF).u32(1);
    file.u64(0).u64(0).u64(HEADER + content.len()).u32(0);
    for half in [64, 0, 0, 64, SECTIONS, SECTIONS - 1] {
        file.u16(half);
    }
    file.bytes(&content.bytes).bytes(&table.bytes);
    file.bytes
}

/// Bytes, with numbers of one byte order.
struct Out {
    bytes: Vec<u8>,
    endian: Endian,
}

impl Out {
    fn new(endian: Endian) -> Self {
        Self { bytes: Vec::new(), endian }
    }

    fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn number<const N: usize>(&mut self, mut little: [u8; N]) -> &mut Self {
        if self.endian == Endian::Big {
            little.reverse();
        }
        self.bytes(&little)
    }

    fn u16(&mut self, number: u16) -> &mut Self {
        self.number(number.to_le_bytes())
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.number(number.to_le_bytes())
    }

    fn u64(&mut self, number: u64) -> &mut Self {
        self.number(number.to_le_bytes())
    }

    fn insn(&mut self, slot: Slot) -> &mut Self {
        let registers = match self.endian {
            Endian::Little => slot.dst | slot.src << 4,
            Endian::Big => slot.src | slot.dst << 4,
        };
        self.bytes(&[slot.code, registers]).number(slot.off.to_le_bytes()).number(slot.imm.to_le_bytes())
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }
}
