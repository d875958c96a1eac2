//! What a loader makes of an object, in the shape that libbpf's answer and ours are compared in. The package in
//! `oracle/` compiles this same file.
//!
//! What is a number for reasons of the process only (a descriptor) stands here by what it means.

use serde::{Deserialize, Serialize};

/// What a loader makes of one object.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// It cannot be opened at all; then there is nothing else.
    pub(crate) refused: Option<Refusal>,
    pub(crate) programs: Vec<Program>,
    pub(crate) maps: Vec<Map>,
    /// The object's types as they are loaded, if it comes to that.
    pub(crate) btf: Option<Digest>,
}

/// Why something did not work.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// The kernel's error number, if it was the kernel.
    pub(crate) errno: Option<i32>,
    /// A code: ours (`E0403`), or libbpf's (`libbpf -4005`).
    pub(crate) code: String,
    /// What it says about it.
    pub(crate) text: String,
}

/// A program, as the file has it.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Program {
    pub(crate) name: String,
    /// Without a leading `?`.
    pub(crate) section: String,
    pub(crate) program_type: u32,
    pub(crate) attach_type: u32,
    pub(crate) autoload: bool,
    /// What the kernel is sent, if it comes to that.
    pub(crate) sent: Option<Sent>,
    /// Why it is not sent.
    pub(crate) refused: Option<Refusal>,
}

/// A program, as the kernel is sent it.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) name: String,
    pub(crate) program_type: u32,
    pub(crate) attach_type: u32,
    /// The type of the kernel that it is loaded for, by name.
    pub(crate) attach_btf: Option<String>,
    pub(crate) flags: u32,
    pub(crate) license: String,
    /// See [`insn`].
    pub(crate) insns: Vec<String>,
    /// First instruction and name of each function.
    pub(crate) functions: Vec<(u32, String)>,
    pub(crate) lines: Vec<Line>,
    /// The kernel's answer, where it was asked: nothing if it took it.
    pub(crate) answer: Option<Refusal>,
    pub(crate) asked: bool,
}

/// The source line of an instruction.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) insn: u32,
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A map, as the file has it.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Map {
    pub(crate) name: String,
    /// It holds a section of variables.
    pub(crate) data: bool,
    pub(crate) shape: Shape,
    pub(crate) numa_node: u32,
    pub(crate) pinned: bool,
    pub(crate) autocreate: bool,
    pub(crate) inner: Option<Shape>,
    /// What a section of variables holds at first.
    pub(crate) contents: Option<Digest>,
    /// What the kernel is sent, if it comes to that.
    pub(crate) sent: Option<SentMap>,
}

/// The numbers that define a map.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shape {
    pub(crate) map_type: u32,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
    pub(crate) extra: u64,
    /// Type of the key in the object's BTF.
    pub(crate) key_type: u32,
    /// Type of the value in the object's BTF.
    pub(crate) value_type: u32,
}

/// A map, as the kernel is sent it.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SentMap {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    /// The type of its value in the kernel's BTF, by name.
    pub(crate) kernel_value: Option<String>,
}

/// Bytes that are too many to be shown.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Digest {
    pub(crate) len: usize,
    /// FNV-1a, 64 bits.
    pub(crate) hash: u64,
}

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self { len: bytes.len(), hash: bytes.iter().fold(0xcbf2_9ce4_8422_2325, step) }
    }
}

/// Map types that need a number of entries. Some objects leave it to the program around them to say one; for these
/// both sides say 1.
pub(crate) const SIZED: [u32; 6] = [1, 2, 5, 6, 9, 10];

/// An instruction as it stands in a stream.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    pub(crate) code: u8,
    pub(crate) dst: u8,
    pub(crate) src: u8,
    pub(crate) off: i16,
    pub(crate) imm: i32,
}

/// What the immediate of an instruction stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Means {
    /// Itself.
    Number,
    /// A map's descriptor.
    Map(String),
    /// The address of a byte in a map's value.
    MapValue(String, u32),
    /// An instruction of the same stream: a call, or the address of a function.
    Insn(u32),
    /// A function or variable of the kernel.
    Kernel(String),
    /// The address of a symbol of the kernel.
    Address(String),
    /// The second half of a wide instruction whose first half says it all.
    Upper,
}

/// An instruction as text, one line.
pub(crate) fn insn(slot: Slot, means: &Means) -> String {
    let Slot { code, dst, src, off, imm } = slot;
    let head = format!("{code:02x} r{dst} r{src} {off:+}");
    match means {
        Means::Number => format!("{head} {imm}"),
        Means::Map(name) => format!("{head} map {name}"),
        Means::MapValue(name, offset) => format!("{head} &{name}+{offset}"),
        Means::Insn(at) => format!("{head} @{at}"),
        Means::Kernel(name) => format!("{head} kernel {name}"),
        Means::Address(name) => format!("{head} address of {name}"),
        Means::Upper => format!("{head} upper"),
    }
}

/// A CO-RE relocation, and the instruction that it is about, in the object's own numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) type_id: u32,
    /// Offset of the access string.
    pub(crate) access: u32,
    pub(crate) kind: u32,
    /// The second one counts if the first is the first half of a wide one.
    pub(crate) insns: [Slot; 2],
}

/// What came of a CO-RE relocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) verdict: Verdict,
    /// The instructions then, or why they do not take the answer; `None` where there is no answer.
    pub(crate) patched: Option<Result<[Slot; 2], String>>,
}

/// The answer to a CO-RE relocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    Value {
        /// What the instruction must hold before, if that is looked at.
        expected: Option<u64>,
        value: u64,
    },
    /// The kernel has no such thing: the instruction is poisoned.
    Missing,
    /// It makes no sense, or the kernel's types give two answers. Why.
    Refused(String),
}

/// What a section's name says of a program, in the kernel's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecMeaning {
    pub(crate) program_type: u32,
    /// 0 where the name says nothing of it.
    pub(crate) attach_type: u32,
}

/// What libbpf makes of names of sections.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SecAnswers {
    /// Of each name that was asked for; `None` for those that it does not know.
    pub(crate) meanings: Vec<Option<SecMeaning>>,
    /// All that are in its table.
    pub(crate) names: Vec<String>,
}
