//! A failure as a compiler would show it: what, where, why, what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use bpf_loader::Diagnostic;
use bpf_loader::diagnose::{Label, Place};

use crate::out::harmless;

/// The last lines of a log that are shown.
const LOG_LINES: usize = 25;

pub(crate) fn render<D: Diagnostic + ?Sized>(failure: &D, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let related = failure.related();
    let mut parts: Vec<Part> = related.iter().map(|related| Part::of(*related)).collect();
    parts.push(Part::of(failure));
    let mut text = String::new();
    for part in &parts {
        text.push_str(&renderer.render(&[part.group()]));
        text.push_str("\n\n");
        text.push_str(&part.log);
    }
    text
}

/// Everything that is shown of one failure, as owned text.
struct Part {
    code: &'static str,
    message: String,
    /// Where, as one line.
    origin: String,
    source: Option<(String, usize, String)>,
    notes: Vec<String>,
    causes: Vec<String>,
    help: Option<String>,
    log: String,
}

impl Part {
    fn of<D: Diagnostic + ?Sized>(failure: &D) -> Self {
        let (mut origin, mut notes, mut source) = (Vec::new(), Vec::new(), None);
        for label in failure.labels() {
            match label {
                Label { place: Place::Source { file, line, text }, .. } if !text.trim().is_empty() => {
                    let (file, text) = (harmless(&file).into_owned(), harmless(&text).into_owned());
                    source = Some((file, usize::try_from(line).unwrap_or(0), text));
                }
                // A declaration of the object or the kernel is a note of its own.
                Label { place: Place::Item { kind: "declaration", name }, text } => {
                    let text = if text.is_empty() { text } else { format!(" ({text})") };
                    notes.push(format!("in the object: {name}{text}"));
                }
                Label { place: Place::Kernel, text } if !text.is_empty() => {
                    notes.push(format!("in the kernel: {text}"));
                }
                label => origin.push(label.to_string()),
            }
        }
        Self {
            code: failure.code(),
            message: harmless(&failure.to_string()).into_owned(),
            origin: harmless(&origin.join(": ")).into_owned(),
            source,
            notes: notes.iter().map(|note| harmless(note).into_owned()).collect(),
            causes: causes(failure).iter().map(|cause| harmless(cause).into_owned()).collect(),
            help: failure.help().map(|help| harmless(&help).into_owned()),
            log: failure
                .attachment()
                .map(|log| harmless(&excerpt(log.title, log.text)).into_owned())
                .unwrap_or_default(),
        }
    }

    fn group(&self) -> Group<'_> {
        let mut group = Group::with_title(Level::ERROR.primary_title(self.message.as_str()).id(self.code));
        if let Some((file, line, text)) = &self.source {
            let start = text.len() - text.trim_start().len();
            let annotation = AnnotationKind::Primary.span(start..text.trim_end().len());
            let snippet =
                Snippet::source(text.as_str()).path(file.as_str()).line_start(*line).annotation(annotation);
            group = group.element(snippet);
            if !self.origin.is_empty() {
                group = group.element(Level::NOTE.with_name("in").message(self.origin.as_str()));
            }
        } else if !self.origin.is_empty() {
            group = group.element(Origin::path(self.origin.as_str()));
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.no_name().message(note.as_str()));
        }
        for cause in &self.causes {
            group = group.element(Level::NOTE.with_name("because").message(cause.as_str()));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        group
    }
}

/// What lies behind a failure, nearest first.
pub(crate) fn causes<D: Diagnostic + ?Sized>(failure: &D) -> Vec<String> {
    let first = failure.as_error().and_then(std::error::Error::source);
    std::iter::successors(first, |cause| cause.source()).map(ToString::to_string).collect()
}

/// The end of a log, where the reason stands.
fn excerpt(title: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let left_out = lines.len().saturating_sub(LOG_LINES);
    let shown = lines.get(left_out..).unwrap_or_default();
    let mut out = match left_out {
        0 => format!("--- {title}\n"),
        n => format!("--- {title}, without its first {n} lines (--json has them)\n"),
    };
    shown.iter().for_each(|line| {
        out.push_str(line);
        out.push('\n');
    });
    out.push_str("---\n\n");
    out
}
