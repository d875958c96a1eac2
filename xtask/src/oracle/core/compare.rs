//! What two answers to one relocation differ in.

use bpf_loader::btf::Btf;

use super::elf::WIDE;
use crate::oracle::facts::{Answered, Question, Slot, Verdict};
use crate::oracle::tally::Differs;

pub(super) fn compare(_local: &Btf, question: &Question, ours: &Answered, theirs: &Answered) -> Vec<Differs> {
    let mut found = Vec::new();
    let mut differ = |field, how| found.push(Differs { field, how });
    match (&ours.verdict, &theirs.verdict) {
        (Verdict::Value { expected: a, value: x }, Verdict::Value { expected: b, value: y }) => {
            if a != b {
                differ("expected", format!("ours {}, libbpf {}", number(*a), number(*b)));
            }
            if x != y {
                differ("value", format!("ours {x:#x}, libbpf {y:#x}"));
            }
        }
        (Verdict::Missing, Verdict::Missing) | (Verdict::Refused(_), Verdict::Refused(_)) => {}
        (a, b) => {
            differ("verdict", format!("ours {a:?}, libbpf {b:?}"));
            return found;
        }
    }
    let how = match (&ours.patched, &theirs.patched) {
        (None, None) | (Some(Err(_)), Some(Err(_))) => return found,
        (Some(Ok(a)), Some(Ok(b))) => {
            let wide = question.insns[0].code == WIDE;
            if a[0] == b[0] && (!wide || a[1] == b[1]) {
                return found;
            }
            format!("{} becomes: ours {}, libbpf {}", insns(&question.insns), insns(a), insns(b))
        }
        (a, b) => format!("{} becomes: ours {a:?}, libbpf {b:?}", insns(&question.insns)),
    };
    differ("instruction", how);
    found
}

fn number(expected: Option<u64>) -> String {
    expected.map_or("anything".into(), |number| format!("{number:#x}"))
}

fn insns(slots: &[Slot; 2]) -> String {
    let text = |slot: &Slot| {
        let Slot { code, dst, src, off, imm } = slot;
        format!("{code:02x} r{dst} r{src} {off:+} {imm}")
    };
    if slots[0].code == WIDE { format!("{}; {}", text(&slots[0]), text(&slots[1])) } else { text(&slots[0]) }
}
