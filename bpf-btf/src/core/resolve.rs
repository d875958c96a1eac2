//! One relocation, one answer: what each candidate says, and what follows from that together.

use crate::btf::Btf;
use crate::core::access::{self, AccessPath, FieldAccess, path_text};
use crate::core::candidates::Candidate;
use crate::core::compatible::types_compatible;
use crate::core::fixup::{Fixup, Missing, Outcome, Resize, Tried, WhyNot};
use crate::core::follow::{DeadEnd, follow};
use crate::core::type_match::types_match;
use crate::core::value::{Answer, NoValue, field_value};
use crate::core::{Candidates, CoreError, RelocKind};
use crate::dump;
use crate::ext::CoreRecord;
use crate::kind::Kind;
use crate::layout::{size_of, strip_modifiers};
use crate::matching::nearest;
use crate::names::essential_name;
use crate::types::{Enumerator, Type, TypeId};

/// Answers one relocation.
///
/// `candidates` are those of the relocation's type, of which there may be none.
///
/// # Errors
/// [`CoreError`] where the relocation itself makes no sense, or where two candidates give different answers. That the
/// kernel lacks what is asked for is an answer: [`Outcome::Missing`].
pub fn resolve(local: &Btf, record: &CoreRecord, candidates: &Candidates) -> Result<Fixup, CoreError> {
    let question = Question::parse(local, record)?;
    let own = question.of_itself()?;
    let expected = own.filter(|own| own.certain).map(|own| own.value);
    let fixup = |outcome, no_access| Fixup { kind: record.kind, expected, outcome, no_access };
    if record.kind == RelocKind::TYPE_ID_LOCAL {
        return Ok(fixup(Outcome::Value { value: u64::from(record.type_id.0), resize: None }, None));
    }
    question.check(candidates)?;
    let mut tried = Vec::new();
    let mut close = None;
    let mut found: Option<(&Candidate, Answer)> = None;
    for candidate in candidates.as_slice() {
        match question.of_kernel(candidate)? {
            Ok(answer) => match &found {
                Some((first, known)) if known.value != answer.value => {
                    return Err(question.ambiguous((first, known), (candidate, &answer)));
                }
                Some(_) => {}
                None => found = Some((candidate, answer)),
            },
            Err(DeadEnd { why, nearest }) => {
                close = close.or(nearest);
                tried.push(Tried { candidate: candidate_name(candidate), why });
            }
        }
    }
    if let Some((candidate, answer)) = found {
        let (resize, refused) = question.resize(own.as_ref(), &answer, candidate);
        let no_access = refused.map(|tried| {
            Box::new(Missing {
                path: question.path(),
                kind: question.kind_word(),
                tried: vec![tried],
                nearest: None,
            })
        });
        return Ok(fixup(Outcome::Value { value: answer.value, resize }, no_access));
    }
    if record.kind.answers_absence() {
        return Ok(fixup(Outcome::Value { value: 0, resize: None }, None));
    }
    if tried.is_empty() {
        close = candidates.nearest();
    }
    let missing = Missing { path: question.path(), kind: question.kind_word(), tried, nearest: close };
    Ok(fixup(Outcome::Missing(Box::new(missing)), None))
}

/// What a relocation refers to, as text for dumps: `task_struct.se.vruntime`, `bpf_map_type::BPF_MAP_TYPE_HASH`. The
/// object's own names, flavors included; the access string where they make no sense.
#[must_use]
pub fn describe(local: &Btf, record: &CoreRecord) -> String {
    match Question::parse(local, record) {
        Ok(question) => question.text(|name| name),
        Err(_) => {
            let access = dump::clean(local.string(record.access));
            format!("{} ({access})", dump::type_name(local, record.type_id))
        }
    }
}

/// The candidates that have what is asked for.
pub(super) fn matching<'c>(
    local: &Btf,
    record: &CoreRecord,
    candidates: &'c Candidates,
) -> Result<Vec<&'c Candidate>, CoreError> {
    let question = Question::parse(local, record)?;
    question.check(candidates)?;
    let mut kept = Vec::new();
    for candidate in candidates.as_slice() {
        if question.of_kernel(candidate)?.is_ok() {
            kept.push(candidate);
        }
    }
    Ok(kept)
}

/// A relocation, understood in terms of the object's own types.
pub(super) struct Question<'a> {
    local: &'a Btf,
    kind: RelocKind,
    root: TypeId,
    pub(super) about: About<'a>,
}

/// What a relocation is about, in the object's own types.
pub(super) enum About<'a> {
    Field(Box<FieldAccess<'a>>),
    Type,
    Enumerator(Enumerator<'a>),
}

impl<'a> Question<'a> {
    pub(super) fn parse(local: &'a Btf, record: &CoreRecord) -> Result<Self, CoreError> {
        let (root, kind) = (record.type_id, record.kind);
        local.get(root)?;
        let path = AccessPath::parse(local.string(record.access)?)?;
        let about = match kind.subject() {
            Some(Subject::Field) => About::Field(Box::new(FieldAccess::follow(local, root, &path)?)),
            Some(Subject::Type) => {
                access::whole_type(root, &path)?;
                About::Type
            }
            Some(Subject::Enumerator) => About::Enumerator(access::enumerator(local, root, &path)?),
            None => return Err(CoreError::Unsupported { kind }),
        };
        Ok(Self { local, kind, root, about })
    }

    fn check(&self, candidates: &Candidates) -> Result<(), CoreError> {
        if candidates.root() != self.root {
            return Err(CoreError::OtherRoot { wanted: self.root, given: candidates.root() });
        }
        if candidates.name().is_empty() {
            return Err(CoreError::Anonymous { root: self.root });
        }
        Ok(())
    }

    /// What the object's own types answer; `None` for ids of types, which tools may renumber.
    fn of_itself(&self) -> Result<Option<Answer>, CoreError> {
        Ok(match &self.about {
            About::Field(access) => Some(self.field(self.local, &access.place)?),
            About::Enumerator(own) => Some(self.enumerator(own, own)),
            About::Type => match self.kind {
                RelocKind::TYPE_SIZE => Some(Answer::certain(u64::from(size_of(self.local, self.root)?))),
                RelocKind::TYPE_ID_LOCAL | RelocKind::TYPE_ID_TARGET => None,
                _ => Some(Answer::certain(1)),
            },
        })
    }

    /// What a candidate answers.
    fn of_kernel(&self, candidate: &Candidate) -> Result<Result<Answer, DeadEnd>, CoreError> {
        let (kernel, id) = (&candidate.btf, candidate.id);
        match &self.about {
            About::Field(access) => match follow(self.local, access, kernel, id)? {
                Ok(place) => Ok(Ok(self.field(kernel, &place)?)),
                Err(dead_end) => Ok(Err(dead_end)),
            },
            About::Type => {
                let fits = match self.kind {
                    RelocKind::TYPE_MATCHES => types_match(self.local, self.root, kernel, id)?,
                    _ => types_compatible(self.local, self.root, kernel, id)?,
                };
                if !fits {
                    let (local, kernel) =
                        (dump::type_name(self.local, self.root), dump::type_name(kernel, id));
                    return Ok(Err(WhyNot::OtherKind { local, kernel }.into()));
                }
                Ok(Ok(Answer::certain(match self.kind {
                    RelocKind::TYPE_ID_TARGET => u64::from(id.0),
                    RelocKind::TYPE_SIZE => u64::from(size_of(kernel, id)?),
                    _ => 1,
                })))
            }
            About::Enumerator(own) => {
                let found = strip_modifiers(kernel, id)?;
                let name = essential_name(own.name()?);
                for theirs in found.enumerators() {
                    if essential_name(theirs.name()?) == name {
                        return Ok(Ok(self.enumerator(own, &theirs)));
                    }
                }
                let nearest = nearest(name, found.enumerators().filter_map(|one| one.name().ok()));
                let (enumerator, inside) = (dump::clean(Ok(name)).into_owned(), dump::type_name(kernel, id));
                Ok(Err(DeadEnd { why: WhyNot::NoEnumerator { enumerator, inside }, nearest }))
            }
        }
    }

    fn field(&self, btf: &Btf, place: &crate::core::value::Place<'_>) -> Result<Answer, CoreError> {
        match field_value(btf, place, self.kind) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(CoreError::Unsupported { kind: self.kind }),
            Err(NoValue::Type(source)) => Err(source.into()),
            Err(NoValue::Question(why)) => {
                Err(CoreError::Question { path: self.path(), kind: self.kind, why })
            }
        }
    }

    /// The value of an enumerator. Whether an enumeration is signed was not recorded before Linux 6.0 and clang 16, so
    /// the kernel's is also signed where the object's is, and what only a sign would change is not certain.
    fn enumerator(&self, own: &Enumerator<'_>, found: &Enumerator<'_>) -> Answer {
        if self.kind == RelocKind::ENUMVAL_EXISTS {
            return Answer::certain(1);
        }
        let narrow = match u32::try_from(found.value) {
            Ok(narrow) if !found.wide => narrow,
            _ => return Answer::certain(found.value),
        };
        let sign = narrow.cast_signed() < 0;
        let value =
            if sign && own.signed { i64::from(narrow.cast_signed()).cast_unsigned() } else { found.value };
        Answer { value, certain: !sign, access: None }
    }

    /// Whether a load or store of the field changes its size with the kernel's, and why not.
    fn resize(
        &self,
        own: Option<&Answer>,
        kernel: &Answer,
        candidate: &Candidate,
    ) -> (Option<Resize>, Option<Tried>) {
        let (ours, theirs) = (own.and_then(|own| own.access), kernel.access);
        let size = |access: Option<(TypeId, u32)>| access.map_or(0, |(_, size)| size);
        if size(ours) == size(theirs) {
            return (None, None);
        }
        let resize = Resize { from: size(ours), to: size(theirs) };
        let usable = |size| matches!(size, 1 | 2 | 4 | 8);
        if let (Some((a, _)), Some((b, _))) = (ours, theirs)
            && let (Ok(a), Ok(b)) = (self.local.get(a), candidate.btf.get(b))
        {
            // What is cut off or filled up is zeros: pointers, and integers without a sign.
            let unsigned = |found: Type<'_>| found.int().is_some_and(|int| !int.signed);
            let alike = (a.kind() == Kind::PTR && b.kind() == Kind::PTR) || (unsigned(a) && unsigned(b));
            if alike && usable(resize.from) && usable(resize.to) {
                return (Some(resize), None);
            }
        }
        let text = |btf: &Btf, access: Option<(TypeId, u32)>| match access {
            Some((id, size)) => format!("{} ({size} bytes)", dump::type_name(btf, id)),
            None => "a bitfield".to_owned(),
        };
        let why = WhyNot::Resize { local: text(self.local, ours), kernel: text(&candidate.btf, theirs) };
        (None, Some(Tried { candidate: candidate_name(candidate), why }))
    }

    fn ambiguous(&self, first: (&Candidate, &Answer), second: (&Candidate, &Answer)) -> CoreError {
        CoreError::Ambiguous(Box::new(crate::core::error::Ambiguity {
            path: self.path(),
            kind: self.kind,
            first: candidate_name(first.0),
            first_says: first.1.value,
            second: candidate_name(second.0),
            second_says: second.1.value,
        }))
    }

    /// What is asked for, for messages: names without flavors.
    fn path(&self) -> String {
        self.text(essential_name)
    }

    fn text(&self, shorten: impl Fn(&str) -> &str) -> String {
        let found = self.local.get(self.root);
        let name = dump::clean(found.and_then(|root| root.name()));
        let name = match shorten(&name) {
            "" => dump::type_name(self.local, self.root),
            name => name.to_owned(),
        };
        match &self.about {
            About::Field(access) => format!("{name}{}", path_text(access)),
            About::Type => name,
            About::Enumerator(own) => format!("{name}::{}", shorten(&dump::clean(own.name()))),
        }
    }

    fn kind_word(&self) -> &'static str {
        let kind = self.local.get(self.root).map_or(Kind::VOID, |root| root.kind());
        kind.word()
    }
}

fn candidate_name(candidate: &Candidate) -> String {
    format!("{} [{}]", dump::type_name(&candidate.btf, candidate.id), candidate.id)
}

/// What a kind of relocation is about.
enum Subject {
    Field,
    Type,
    Enumerator,
}

impl RelocKind {
    fn subject(self) -> Option<Subject> {
        Some(match self {
            Self::FIELD_BYTE_OFFSET
            | Self::FIELD_BYTE_SIZE
            | Self::FIELD_EXISTS
            | Self::FIELD_SIGNED
            | Self::FIELD_LSHIFT_U64
            | Self::FIELD_RSHIFT_U64 => Subject::Field,
            Self::TYPE_ID_LOCAL
            | Self::TYPE_ID_TARGET
            | Self::TYPE_EXISTS
            | Self::TYPE_SIZE
            | Self::TYPE_MATCHES => Subject::Type,
            Self::ENUMVAL_EXISTS | Self::ENUMVAL_VALUE => Subject::Enumerator,
            _ => return None,
        })
    }

    /// Whether it has an answer, 0, for what a kernel lacks. All questions about whole types do: no type has the id or
    /// the size 0.
    pub(super) fn answers_absence(self) -> bool {
        matches!(self.subject(), Some(Subject::Type))
            || matches!(self, Self::FIELD_EXISTS | Self::ENUMVAL_EXISTS)
    }
}
