//! What a kernel answered, as lines of a saved one: `+` for yes and `-` for no, then what was asked.

use super::{Damage, FEATURES, PROBES, Parts, value};
use crate::kernel::{Answer, Feature, Kernel, KernelBuilder, Question};

/// Lines of what has an answer.
fn lines(answers: impl Iterator<Item = (String, Answer)>) -> Vec<u8> {
    let mut out = String::new();
    for (name, answer) in answers {
        let sign = match answer {
            Answer::Yes => '+',
            Answer::No => '-',
            Answer::Unknown => continue,
        };
        out.push(sign);
        out.push_str(&name);
        out.push('\n');
    }
    out.into_bytes()
}

impl Kernel {
    pub(super) fn saved_features(&self) -> Vec<u8> {
        lines(Feature::all().map(|feature| (format!("{feature:?}"), self.known(feature))))
    }

    pub(super) fn saved_answers(&self) -> Vec<u8> {
        lines(self.probed().into_iter().map(|(question, answer)| (question.to_string(), answer)))
    }
}

impl Parts<'_> {
    /// One answer a line: `+Name` or `-Name`. One about a feature that this version has no use for is passed over.
    pub(super) fn features(&self, mut builder: KernelBuilder) -> Result<KernelBuilder, Damage> {
        let at = self.get(FEATURES).map_or(0, |(at, _)| at);
        for line in self.text(FEATURES)?.unwrap_or_default().lines() {
            let (answer, name) = match line.split_at_checked(1) {
                Some(("+", name)) => (Answer::Yes, name),
                Some(("-", name)) => (Answer::No, name),
                _ => return Err(value(at, FEATURES, "lines of `+Name` or `-Name`")),
            };
            if let Some(feature) = Feature::all().find(|feature| format!("{feature:?}") == name) {
                builder = builder.feature(feature, answer);
            }
        }
        Ok(builder)
    }

    /// One answer a line, as those of features. One about what this version does not know is passed over.
    pub(super) fn answers(&self, mut builder: KernelBuilder) -> Result<KernelBuilder, Damage> {
        let at = self.get(PROBES).map_or(0, |(at, _)| at);
        for line in self.text(PROBES)?.unwrap_or_default().lines() {
            let (answer, text) = match line.split_at_checked(1) {
                Some(("+", text)) => (Answer::Yes, text),
                Some(("-", text)) => (Answer::No, text),
                _ => return Err(value(at, PROBES, "lines of `+question` or `-question`")),
            };
            if let Some(question) = Question::parse(text) {
                builder = builder.probed(question, answer);
            }
        }
        Ok(builder)
    }
}
