//! What two answers to one relocation differ in. What is known to differ has a field of its own, so that nothing else
//! hides behind it.

use bpf_loader::btf::core::RelocKind;

use super::elf::WIDE;
use crate::oracle::facts::{Answered, Question, Slot, Verdict};
use crate::oracle::tally::Differs;

/// `BPF_JMP | BPF_CALL`: an instruction that must not be reached.
pub(super) const POISON: u8 = 0x85;
/// The class of instructions that compute with 32 bits.
const ALU: u8 = 4;

pub(super) fn compare(question: &Question, ours: &Answered, theirs: &Answered) -> Vec<Differs> {
    let kind = RelocKind(question.kind);
    let mut found = Vec::new();
    match (&ours.verdict, &theirs.verdict) {
        (Verdict::Value { expected: a, value: x }, Verdict::Value { expected: b, value: y }) => {
            let (a_text, b_text) = (number(*a), number(*b));
            match (a, b) {
                _ if a == b => {}
                (None, Some(theirs)) if kind == RelocKind::ENUMVAL_VALUE && is_negative(*theirs) => {
                    found.push(differs("unchecked sign", format!("libbpf expects {b_text}")));
                }
                _ => found.push(differs("expected", format!("ours {a_text}, libbpf {b_text}"))),
            }
            if x != y {
                let sign =
                    kind == RelocKind::ENUMVAL_VALUE && u32::try_from(*x).is_ok_and(|x| extended(x) == *y);
                let field = if sign { "sign" } else { "value" };
                found.push(differs(field, format!("ours {x:#x}, libbpf {y:#x}")));
            }
        }
        (Verdict::Missing, Verdict::Missing) | (Verdict::Refused(_), Verdict::Refused(_)) => {}
        (a, b) => return vec![differs(verdict(kind, a, b), format!("ours {a:?}, libbpf {b:?}"))],
    }
    if let Some((field, how)) = instruction(question, ours, theirs, &found) {
        let slots = insns(&question.insns);
        found.push(differs(field, format!("{slots} becomes: {how}")));
    }
    found
}

/// The field of two different verdicts.
fn verdict(kind: RelocKind, ours: &Verdict, theirs: &Verdict) -> &'static str {
    let shift = matches!(kind, RelocKind::FIELD_LSHIFT_U64 | RelocKind::FIELD_RSHIFT_U64);
    match (ours, theirs) {
        (Verdict::Refused(why), _) if shift && why.starts_with("E0147") && why.ends_with("64 bits") => {
            "wide shift"
        }
        (Verdict::Value { .. }, Verdict::Refused(why)) if why.contains("field offset ambiguity") => {
            "other offset"
        }
        (_, Verdict::Refused(why))
            if why.contains("error matching candidate") && why.contains("] typedef ") =>
        {
            "undefined candidate"
        }
        (Verdict::Refused(why), Verdict::Value { .. })
            if why.ends_with("it ends at a member without a name") =>
        {
            "nameless end"
        }
        (Verdict::Value { .. }, Verdict::Refused(why)) => match (kind, two(why)) {
            (RelocKind::FIELD_LSHIFT_U64, Some(_)) => "shift of two",
            (RelocKind::ENUMVAL_VALUE, Some((one, other))) if one << 32 == other << 32 => "sign of two",
            _ => "verdict",
        },
        _ => "verdict",
    }
}

/// The two answers between which libbpf does not decide.
fn two(why: &str) -> Option<(u64, u64)> {
    let (_, answers) = why.split_once("relocation decision ambiguity: success ")?;
    let (one, other) = answers.split_once(" != success ")?;
    Some((one.parse().ok()?, other.parse().ok()?))
}

/// What is done to the instruction, given what is known to differ already.
fn instruction(
    question: &Question,
    ours: &Answered,
    theirs: &Answered,
    known: &[Differs],
) -> Option<(&'static str, String)> {
    let is_known = |field| known.iter().any(|known| known.field == field);
    let wide = question.insns[0].code == WIDE;
    let (ours, theirs) = match (&ours.patched, &theirs.patched) {
        (None, None) => return None,
        (Some(ours), Some(theirs)) => (ours, theirs),
        (a, b) => return Some(("instruction", format!("ours {a:?}, libbpf {b:?}"))),
    };
    match (ours, theirs) {
        (Err(_), Err(_)) => None,
        (Ok(a), Ok(b)) => {
            let upper = wide && a[1] != b[1] && !(is_known("sign") && a[1].imm == 0 && b[1].imm == -1);
            let how = format!("ours {}, libbpf {}", insns(a), insns(b));
            (a[0] != b[0] || upper).then_some(("instruction", how))
        }
        // That libbpf expects something else has been said.
        (_, Err(why)) if is_known("unchecked sign") && why.contains("unexpected insn #0") => None,
        (Ok([first, _]), Err(why)) => {
            let held = &question.insns[0];
            let field = match first.code {
                _ if held.code & 7 == ALU && held.imm < 0 && why.contains("unexpected insn #0") => "narrow",
                POISON if why.contains("value too big") => "far",
                POISON if why.contains("invalid new mem size") => "odd size",
                _ => "instruction",
            };
            Some((field, format!("ours {}, libbpf {why}", insns(&[*first, Slot::default()]))))
        }
        (Err(why), Ok(b)) => {
            let field = if why.ends_with("does not fit its 32 bits") { "cut off" } else { "instruction" };
            Some((field, format!("ours {why}, libbpf {}", insns(b))))
        }
    }
}

fn is_negative(value: u64) -> bool {
    value.cast_signed() < 0
}

fn extended(narrow: u32) -> u64 {
    i64::from(narrow.cast_signed()).cast_unsigned()
}

fn differs(field: &'static str, how: String) -> Differs {
    Differs { field, how }
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

#[cfg(test)]
mod tests {
    use super::*;

    const MOV: Slot = Slot { code: 0xb7, dst: 1, src: 0, off: 0, imm: 8 };
    const CALL: Slot = Slot { code: POISON, dst: 0, src: 0, off: 0, imm: 195_896_080 };

    fn value(value: u64, imm: i32) -> Answered {
        Answered {
            verdict: Verdict::Value { expected: Some(8), value },
            patched: Some(Ok([Slot { imm, ..MOV }, Slot::default()])),
        }
    }

    fn refused(why: &str) -> Answered {
        Answered { verdict: Verdict::Refused(why.into()), patched: None }
    }

    /// The fields that differ.
    fn check(kind: RelocKind, ours: &Answered, theirs: &Answered, want: &[&str]) {
        let question = Question { type_id: 1, access: 0, kind: kind.0, insns: [MOV, Slot::default()] };
        let found: Vec<_> = compare(&question, ours, theirs).into_iter().map(|one| one.field).collect();
        assert_eq!(found, want, "{kind} {ours:?} {theirs:?}");
    }

    #[test]
    fn every_part_of_an_answer_counts() {
        let (size, missing) = (
            RelocKind::FIELD_BYTE_SIZE,
            Answered { verdict: Verdict::Missing, patched: Some(Ok([CALL; 2])) },
        );
        check(size, &value(4, 4), &value(4, 4), &[]);
        check(size, &value(4, 4), &value(8, 8), &["value", "instruction"]);
        check(size, &value(4, 4), &value(4, 5), &["instruction"]);
        check(size, &missing, &missing, &[]);
        check(size, &missing, &value(4, 4), &["verdict"]);
        check(
            size,
            &value(4, 4),
            &Answered { patched: Some(Err("no".into())), ..value(4, 4) },
            &["instruction"],
        );
        check(size, &value(4, 4), &Answered { patched: None, ..value(4, 4) }, &["instruction"]);
        check(size, &refused("E0145"), &refused("libbpf -22"), &[]);
    }

    #[test]
    fn what_is_known_is_no_wider_than_that() {
        let ambiguous = refused("libbpf -22: field offset ambiguity: 1 != 2");
        check(RelocKind::FIELD_EXISTS, &value(1, 1), &ambiguous, &["other offset"]);
        check(
            RelocKind::FIELD_EXISTS,
            &value(1, 1),
            &refused("libbpf -22: relocation decision ambiguity"),
            &["verdict"],
        );
        let signs =
            "libbpf -22: relocation decision ambiguity: success 4294967295 != success 18446744073709551615";
        check(RelocKind::ENUMVAL_VALUE, &value(0xffff_ffff, -1), &refused(signs), &["sign of two"]);
        check(RelocKind::TYPE_SIZE, &value(0xffff_ffff, -1), &refused(signs), &["verdict"]);
        let values = refused("libbpf -22: relocation decision ambiguity: success 1 != success 2");
        check(RelocKind::ENUMVAL_VALUE, &value(1, 1), &values, &["verdict"]);
        let wide = refused("E0147 CO-RE asks rshift_u64 of a.b: it is wider than 64 bits");
        check(RelocKind::FIELD_RSHIFT_U64, &wide, &value(1, 1), &["wide shift"]);
        check(RelocKind::FIELD_BYTE_SIZE, &wide, &value(1, 1), &["verdict"]);
        check(RelocKind::ENUMVAL_VALUE, &value(0xffff_ffff, -1), &value(u64::MAX, -1), &["sign"]);
        check(RelocKind::ENUMVAL_VALUE, &value(0x7fff_ffff, -1), &value(u64::MAX, -1), &["value"]);
        check(RelocKind::TYPE_SIZE, &value(0xffff_ffff, -1), &value(u64::MAX, -1), &["value"]);
    }
}
