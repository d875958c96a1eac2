//! Compares what two loaders make of an object.

use super::facts::{Facts, Line, Map, Program, Refusal, Sent, SentMap, Shape};
use super::tally::{Differs, Tally};

/// The codes of what we say that we do not do yet.
const NOT_YET: [&str; 1] = ["E0403"];

/// Where the objects are that were written here.
const OWN: [&str; 2] = ["fixtures/", "bpf-elf/"];
/// What programs are counted under that nobody here wrote.
pub(crate) const FOREIGN: &str = "of them written by others";

/// What stands in the file: whether it opens, programs, maps.
pub(crate) fn opened(tally: &mut Tally, object: &str, ours: &Facts, theirs: &Facts) {
    if let Some(skipped) = not_yet(ours.refused.as_ref()) {
        tally.skipped(object, skipped);
        return;
    }
    let mut whole = Fields::default();
    whole.refused("opens", ours.refused.as_ref(), theirs.refused.as_ref());
    if ours.refused.is_some() || theirs.refused.is_some() {
        tally.compared(object, &whole.0);
        tally.went_into("objects refused by one or both", 1);
        return;
    }
    tally.went_into("objects opened by both", 1);
    let names = |facts: &Facts| facts.programs.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    whole.field("programs", &names(ours), &names(theirs));
    let (maps, order) = maps(ours, theirs);
    whole.0.extend(order);
    tally.compared(object, &whole.0);
    for (ours, theirs) in named(&ours.programs, &theirs.programs, |program| &program.name) {
        tally.compared(&format!("{object}: program {}", ours.name), &program(ours, theirs));
        tally.went_into("programs", 1);
    }
    for (ours, theirs) in maps {
        tally.compared(&format!("{object}: map {}", ours.name), &map(ours, theirs));
        tally.went_into("maps", 1);
    }
}

/// What the kernel is sent, and what it says.
pub(crate) fn sent(tally: &mut Tally, object: &str, ours: &Facts, theirs: &Facts) {
    if let Some(died) = theirs.refused.as_ref().filter(|_| super::peer::died(theirs)) {
        tally.compared(object, &[Differs { field: "libbpf", how: died.text.clone() }]);
        return;
    }
    if ours.refused.is_some() || theirs.refused.is_some() {
        return;
    }
    if let (Some(ours), Some(theirs)) = (&ours.btf, &theirs.btf) {
        let mut fields = Fields::default();
        fields.field("types", ours, theirs);
        tally.compared(&format!("{object}: types"), &fields.0);
    }
    for (ours, theirs) in named(&ours.programs, &theirs.programs, |program| &program.name) {
        let what = format!("{object}: program {}", ours.name);
        if let Some(skipped) = not_yet(ours.refused.as_ref()) {
            tally.skipped(&what, skipped);
            continue;
        }
        let mut fields = Fields::default();
        match (&ours.sent, &theirs.sent) {
            (None, None) if ours.refused.is_none() && theirs.refused.is_none() => continue,
            (Some(ours_sent), Some(theirs_sent)) => {
                fields.sent(ours_sent, theirs_sent);
                fields.usdt(&ours.section);
                tally.went_into("programs sent by both", 1);
                if !OWN.iter().any(|folder| object.starts_with(folder)) {
                    tally.went_into(FOREIGN, 1);
                }
                tally.went_into("instructions", ours_sent.insns.len());
                tally.went_into("functions", ours_sent.functions.len());
                tally.went_into("source lines", ours_sent.lines.len());
                let taken = theirs_sent.answer.is_none();
                tally.went_into(if taken { "taken by the kernel" } else { "refused by the kernel" }, 1);
                let ours = ours_sent.answer.as_ref().or(ours.refused.as_ref());
                fields.refused("verdict", ours, theirs_sent.answer.as_ref());
            }
            _ => {
                if ours.refused.is_none() && theirs.refused.is_none() {
                    fields.field("sent", &ours.sent.is_some(), &theirs.sent.is_some());
                }
                fields.refused("verdict", why(ours), why(theirs));
                tally.went_into("programs not sent by one or both", 1);
            }
        }
        tally.compared(&what, &fields.0);
    }
    for (ours, theirs) in maps(ours, theirs).0 {
        if let (Some(ours_sent), Some(theirs_sent)) = (&ours.sent, &theirs.sent) {
            let mut fields = Fields::default();
            fields.sent_map(ours_sent, theirs_sent);
            tally.compared(&format!("{object}: map {}", ours.name), &fields.0);
        }
    }
}

/// Why a program is not in the kernel.
fn why(program: &Program) -> Option<&Refusal> {
    program.refused.as_ref().or_else(|| program.sent.as_ref()?.answer.as_ref())
}

/// Whether a code says that we do not do that yet.
pub(crate) fn is_not_yet(code: &str) -> bool {
    NOT_YET.contains(&code)
}

fn not_yet(refused: Option<&Refusal>) -> Option<String> {
    let refused = refused.filter(|refused| is_not_yet(&refused.code))?;
    Some(format!("{}: {}", refused.code, generic(&refused.text)))
}

/// A text without the names in it, so that equal reasons look equal; of a section's name the first part stays.
fn generic(text: &str) -> String {
    let mut out = String::new();
    for (at, piece) in text.split(['`', '"']).enumerate() {
        match (at % 2, piece.split_once('/')) {
            (0, _) => out.push_str(piece),
            (_, Some((head, _))) => out.push_str(&format!("{head}/…")),
            _ => out.push('…'),
        }
    }
    out
}

/// Pairs by name. What only one side has is reported for the whole object.
fn named<'a, T>(ours: &'a [T], theirs: &'a [T], name: impl Fn(&T) -> &String) -> Vec<(&'a T, &'a T)> {
    let pair = |our: &'a T| Some((our, theirs.iter().find(|their| name(their) == name(our))?));
    ours.iter().filter_map(pair).collect()
}

/// Pairs of maps, in their order, and what differs about the order itself.
fn maps<'a>(ours: &'a Facts, theirs: &'a Facts) -> (Vec<(&'a Map, &'a Map)>, Vec<Differs>) {
    let theirs: Vec<&Map> = theirs.maps.iter().collect();
    let mut fields = Fields::default();
    if ours.maps.len() != theirs.len() {
        let ours: Vec<&str> = ours.maps.iter().map(|map| map.name.as_str()).collect();
        fields.field("maps", &ours, &theirs.iter().map(|map| map.name.as_str()).collect());
    }
    (ours.maps.iter().zip(theirs).collect(), fields.0)
}

fn program(ours: &Program, theirs: &Program) -> Vec<Differs> {
    let mut fields = Fields::default();
    fields.field("section", &ours.section, &theirs.section);
    fields.field("type", &ours.program_type, &theirs.program_type);
    fields.field("attach type", &ours.attach_type, &theirs.attach_type);
    fields.field("autoload", &ours.autoload, &theirs.autoload);
    fields.0
}

fn map(ours: &Map, theirs: &Map) -> Vec<Differs> {
    let mut fields = Fields::default();
    fields.field("name", &(&ours.name, ours.data), &(&theirs.name, theirs.data));
    fields.shape(&ours.shape, &theirs.shape);
    fields.field("numa node", &ours.numa_node, &theirs.numa_node);
    fields.field("pinned", &ours.pinned, &theirs.pinned);
    fields.field("autocreate", &ours.autocreate, &theirs.autocreate);
    match (&ours.inner, &theirs.inner) {
        (Some(ours), Some(theirs)) => {
            let mut inner = Fields::default();
            inner.shape(ours, theirs);
            let how: Vec<_> =
                inner.0.iter().map(|differs| format!("{}: {}", differs.field, differs.how)).collect();
            if !how.is_empty() {
                fields.0.push(Differs { field: "inner map", how: how.join(", ") });
            }
        }
        (ours, theirs) => fields.field("inner map", &ours.is_some(), &theirs.is_some()),
    }
    fields.field("contents", &ours.contents, &theirs.contents);
    fields.0
}

#[derive(Default)]
struct Fields(Vec<Differs>);

impl Fields {
    fn field<T: PartialEq + std::fmt::Debug>(&mut self, field: &'static str, ours: &T, theirs: &T) {
        if ours != theirs {
            self.0.push(Differs { field, how: format!("ours {ours:?}, libbpf {theirs:?}") });
        }
    }

    /// Both take it, or both refuse it, the kernel with the same error.
    fn refused(&mut self, field: &'static str, ours: Option<&Refusal>, theirs: Option<&Refusal>) {
        let equal = match (ours, theirs) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => match (ours.errno, theirs.errno) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => true,
            },
            _ => false,
        };
        if !equal {
            let say = |refused: Option<&Refusal>| {
                refused.map_or("fine".to_owned(), |refused| format!("{} ({})", refused.code, refused.text))
            };
            self.0.push(Differs { field, how: format!("ours {}, libbpf {}", say(ours), say(theirs)) });
        }
    }

    fn shape(&mut self, ours: &Shape, theirs: &Shape) {
        self.field("type", &ours.map_type, &theirs.map_type);
        self.field("key size", &ours.key_size, &theirs.key_size);
        self.field("value size", &ours.value_size, &theirs.value_size);
        self.field("max entries", &ours.max_entries, &theirs.max_entries);
        self.field("flags", &ours.flags, &theirs.flags);
        self.field("extra", &ours.extra, &theirs.extra);
        self.field("key type", &ours.key_type, &theirs.key_type);
        self.field("value type", &ours.value_type, &theirs.value_type);
    }

    fn sent_map(&mut self, ours: &SentMap, theirs: &SentMap) {
        self.field("name", &ours.name, &theirs.name);
        self.shape(&ours.shape, &theirs.shape);
        self.field("kernel value", &ours.kernel_value, &theirs.kernel_value);
    }

    fn sent(&mut self, ours: &Sent, theirs: &Sent) {
        self.field("name", &ours.name, &theirs.name);
        self.field("type", &ours.program_type, &theirs.program_type);
        self.field("attach type", &ours.attach_type, &theirs.attach_type);
        self.field("attach target", &ours.attach_btf, &theirs.attach_btf);
        self.field("flags", &ours.flags, &theirs.flags);
        self.field("license", &ours.license, &theirs.license);
        self.list("instructions", &ours.insns, &theirs.insns);
        self.list("functions", &ours.functions, &theirs.functions);
        self.list::<Line>("lines", &ours.lines, &theirs.lines);
    }

    /// What a difference in the attach type of a USDT program is called: they have a reason of their own.
    fn usdt(&mut self, section: &str) {
        let usdt = section == "usdt" || section.starts_with("usdt/");
        for differs in self.0.iter_mut().filter(|differs| usdt && differs.field == "attach type") {
            differs.field = "usdt";
        }
    }

    /// Of a list, the first place that differs is enough.
    fn list<T: PartialEq + std::fmt::Debug>(&mut self, field: &'static str, ours: &[T], theirs: &[T]) {
        let first = ours.iter().zip(theirs).position(|(ours, theirs)| ours != theirs);
        if let Some(at) = first {
            let how = format!("at {at} ours {:?}, libbpf {:?}", ours.get(at), theirs.get(at));
            self.0.push(Differs { field, how });
        } else if ours.len() != theirs.len() {
            let how = format!("ours has {}, libbpf {}", ours.len(), theirs.len());
            self.0.push(Differs { field, how });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let insns = vec!["b7 r0 r0 +0 0".into(), "95 r0 r0 +0 0".into()];
        let sent = Sent { insns, asked: true, ..Sent::default() };
        let program = Program { name: "p".into(), autoload: true, sent: Some(sent), ..Program::default() };
        let map = Map { name: "m".into(), sent: Some(SentMap::default()), ..Map::default() };
        Facts { programs: vec![program], maps: vec![map], ..Facts::default() }
    }

    fn refusal(errno: Option<i32>, code: &str, text: &str) -> Option<Refusal> {
        Some(Refusal { errno, code: code.into(), text: text.into() })
    }

    /// Changes either side: what differs is the same.
    fn check(field: &str, change: impl Fn(&mut Facts)) {
        let (plain, mut changed) = (facts(), facts());
        change(&mut changed);
        for (ours, theirs) in [(&plain, &changed), (&changed, &plain)] {
            let mut tally = Tally::new("plan");
            sent(&mut tally, "o", ours, theirs);
            let found: Vec<_> = tally.unexplained.iter().map(|entry| entry.why.as_str()).collect();
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert!(found[0].starts_with(&format!("{field}: ")), "{field}: {found:?}");
            assert_eq!((tally.compared, tally.equal), (2, 1), "{field}");
        }
    }

    #[test]
    fn what_the_kernel_is_sent() {
        let mut tally = Tally::new("plan");
        sent(&mut tally, "o", &facts(), &facts());
        assert_eq!((tally.compared, tally.equal), (2, 2));

        check("max entries", |facts| facts.maps[0].sent.as_mut().unwrap().shape.max_entries = 1);
        check("sent", |facts| facts.programs[0].sent = None);
        type Change = fn(&mut Sent);
        let rows: [(&str, Change); 6] = [
            ("instructions", |sent| sent.insns[0] = "b7 r0 r0 +0 1".into()),
            ("instructions", |sent| sent.insns.push("95 r0 r0 +0 0".into())),
            ("functions", |sent| sent.functions.push((0, "p".into()))),
            ("lines", |sent| sent.lines.push(Line::default())),
            ("attach target", |sent| sent.attach_btf = Some("task_struct".into())),
            ("verdict", |sent| sent.answer = refusal(Some(22), "", "")),
        ];
        for (field, change) in rows {
            check(field, |facts| change(facts.programs[0].sent.as_mut().unwrap()));
        }
    }

    #[test]
    fn what_we_do_not_do_yet_is_no_verdict() {
        let mut ours = facts();
        ours.programs[0].sent = None;
        ours.programs[0].refused =
            refusal(None, "E0403", "program `p`: SEC(\"fentry/x\") is not supported yet");
        let mut tally = Tally::new("plan");
        sent(&mut tally, "o", &ours, &facts());
        assert_eq!((tally.compared, tally.equal), (1, 1));
        assert_eq!(tally.skipped[0].why, "E0403: program …: SEC(fentry/…) is not supported yet");
    }

    #[test]
    fn refusing_alike_is_equal() {
        for (ours, theirs, equal) in [
            (refusal(Some(13), "E0504", ""), refusal(Some(13), "errno 13", ""), true),
            (refusal(Some(13), "E0504", ""), refusal(Some(22), "errno 22", ""), false),
            (refusal(None, "E0402", ""), refusal(Some(22), "libbpf -22", ""), true),
            (refusal(None, "E0402", ""), None, false),
        ] {
            let mut fields = Fields::default();
            fields.refused("verdict", ours.as_ref(), theirs.as_ref());
            assert_eq!(fields.0.is_empty(), equal, "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn maps_that_one_side_lacks_are_a_difference() {
        let (ours, mut theirs) = (facts(), facts());
        let mut tally = Tally::new("open");
        theirs.maps.push(Map { name: "n".into(), ..Map::default() });
        opened(&mut tally, "o", &ours, &theirs);
        assert!(tally.unexplained[0].why.starts_with("maps: "));
    }
}
