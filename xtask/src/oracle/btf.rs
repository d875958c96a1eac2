//! Types as text, against bpftool: every record in the raw form, byte for byte, and as JSON; and the declarations of typedefs and
//! of the members of structs and unions, as C.

use std::collections::HashMap;
use std::path::Path;

use bpf_loader::btf::{Btf, Kind, Type, dump};
use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::ElfFile;
use object::{Object as _, ObjectSection as _};
use serde_json::Value;

use super::feed::Feed;
use super::peer;
use super::tally::{Differs, Tally};
use crate::error::Error;

/// Where a running kernel shows its types.
pub(super) const KERNEL: &str = "/sys/kernel/btf/vmlinux";

pub(crate) fn compare(tally: &mut Tally, feeds: &[Feed]) -> Result<(), Error> {
    for feed in feeds {
        if let Some(bytes) = section(&feed.bytes) {
            compare_file(tally, &feed.label, &feed.file, bytes)?;
        }
    }
    match std::fs::read(KERNEL) {
        Ok(bytes) => compare_file(tally, "the running kernel", Path::new(KERNEL), bytes),
        Err(error) => {
            tally.skipped("the running kernel", format!("{KERNEL} cannot be read: {error}"));
            Ok(())
        }
    }
}

/// The bytes of `.BTF`.
pub(super) fn section(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = ElfFile::<FileHeader64<Endianness>>::parse(bytes).ok()?;
    let data = file.section_by_name(".BTF")?.uncompressed_data().ok()?;
    Some(data.into_owned())
}

fn compare_file(tally: &mut Tally, label: &str, file: &Path, bytes: Vec<u8>) -> Result<(), Error> {
    let (ours, theirs) = (Btf::parse(bytes), peer::bpftool_btf(file, "raw")?);
    let what = format!("{label}: raw");
    let (btf, raw) = match (ours, theirs) {
        (Ok(btf), Some(raw)) => (btf, raw),
        (Err(_), None) => {
            tally.compared(&what, &[]);
            return Ok(());
        }
        (Ok(_), None) => {
            tally.compared(&what, &[differs("refused", "ours fine, bpftool refuses".into())]);
            return Ok(());
        }
        (Err(error), Some(_)) => {
            tally.compared(&what, &[differs("refused", format!("ours {error}, bpftool fine"))]);
            return Ok(());
        }
    };
    let raw = String::from_utf8_lossy(&raw);
    let ours: String = btf.types().map(|record| format!("{}\n", dump::raw(&record))).collect();
    let first = ours.lines().zip(raw.lines()).find(|(ours, theirs)| ours != theirs);
    tally.compared(
        &what,
        &match first {
            _ if ours == raw => Vec::new(),
            Some((ours, theirs)) => vec![differs("raw", format!("ours {ours:?}, bpftool {theirs:?}"))],
            None => vec![differs("raw", format!("ours has {} bytes, bpftool {}", ours.len(), raw.len()))],
        },
    );
    match peer::bpftool_btf_json(file)? {
        Some(theirs) => json(tally, &format!("{label}: JSON"), file, &btf, theirs)?,
        None => tally.skipped(&format!("{label}: JSON"), "bpftool prints no JSON of it"),
    }
    match peer::bpftool_btf(file, "c")? {
        Some(text) => declarations(tally, label, &btf, &Declared::read(&String::from_utf8_lossy(&text))),
        None => tally.skipped(&format!("{label}: c"), "bpftool prints no C of it"),
    }
    Ok(())
}

/// Every record as JSON, but for unsigned enumerators of 32 bits, of which bpftool extends the sign.
fn json(tally: &mut Tally, what: &str, file: &Path, btf: &Btf, mut theirs: Value) -> Result<(), Error> {
    let mut ours = Vec::new();
    dump::write_json(btf, &mut ours).map_err(Error::file("print", file))?;
    let ours: Value =
        serde_json::from_slice(&ours).map_err(|source| Error::Json { path: file.into(), source })?;
    let types = theirs["types"].as_array_mut().into_iter().flatten();
    for value in types
        .filter(|found| found["kind"] == "ENUM" && found["encoding"] == "UNSIGNED")
        .flat_map(|found| found["values"].as_array_mut().into_iter().flatten())
    {
        if let Some(number) = value["val"].as_u64() {
            value["val"] = (number & u64::from(u32::MAX)).into();
        }
    }
    let lists = [&ours, &theirs].map(|value| value["types"].as_array().map_or(&[][..], Vec::as_slice));
    let first = lists[0].iter().zip(lists[1]).find(|(ours, theirs)| ours != theirs);
    let how = match first {
        Some((ours, theirs)) => format!("ours {ours}, bpftool {theirs}"),
        None => format!("ours has {} types, bpftool {}", lists[0].len(), lists[1].len()),
    };
    let differ = (ours != theirs).then(|| differs("JSON", how));
    tally.compared(what, differ.as_slice());
    Ok(())
}

fn differs(field: &'static str, how: String) -> Differs {
    Differs { field, how }
}

/// What a text in C declares, as far as it stands on one line.
#[derive(Debug, Default, PartialEq)]
struct Declared {
    /// By name.
    typedefs: HashMap<String, String>,
    /// The members of a named struct or union, without those of several lines and without padding.
    members: HashMap<String, Vec<String>>,
}

impl Declared {
    /// Reads the form that bpftool prints: a tab for each level.
    fn read(text: &str) -> Self {
        let mut declared = Self::default();
        let mut open: Option<(String, Vec<String>)> = None;
        for line in text.lines() {
            if let Some((name, members)) = &mut open {
                if line.starts_with('}') {
                    declared.members.insert(std::mem::take(name), std::mem::take(members));
                    open = None;
                } else if let Some(member) = line.strip_prefix('\t').and_then(member) {
                    members.push(member);
                }
            } else if let Some(head) = line.strip_suffix(" {") {
                open = Some((head.to_owned(), Vec::new()));
            } else if let Some(name) = line.strip_suffix(" {};") {
                declared.members.insert(name.to_owned(), Vec::new());
            } else if let Some(typedef) =
                line.strip_prefix("typedef ").and_then(|line| line.strip_suffix(';'))
            {
                declared.typedefs.insert(declared_name(typedef).to_owned(), typedef.to_owned());
            }
        }
        declared
    }
}

/// A member on one line, without what the compiler needs to be told about padding.
fn member(line: &str) -> Option<String> {
    let member = line.strip_suffix(';').filter(|_| !line.starts_with(['\t', '}']))?;
    let padding = ["long: ", "int: ", "short: ", "char: "].iter().any(|word| member.starts_with(word));
    (!padding && !member.contains('{')).then(|| member.to_owned())
}

/// The name that a declaration declares: the first word behind `(*`, or the last one before brackets.
fn declared_name(declaration: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some((_, rest)) = declaration.split_once("(*") {
        let rest = rest.trim_start_matches(|c| !is_word(c));
        return rest.split(|c| !is_word(c)).next().unwrap_or_default();
    }
    let head = declaration.split(['(', '[']).next().unwrap_or_default().trim_end();
    head.rsplit(|c| !is_word(c)).next().unwrap_or_default()
}

fn declarations(tally: &mut Tally, label: &str, btf: &Btf, theirs: &Declared) {
    let mut names: HashMap<String, usize> = HashMap::new();
    for found in btf.types() {
        *names.entry(key(&found)).or_default() += 1;
    }
    for found in btf.types() {
        let key = key(&found);
        // Of several types with one name bpftool renames all but the first.
        if found.name().unwrap_or_default().is_empty() || names.get(&key) != Some(&1) {
            continue;
        }
        let name = found.name().unwrap_or_default();
        let what = format!("{label}: {key}");
        match found.kind() {
            Kind::TYPEDEF => {
                let ours = dump::declaration(btf, found.target().unwrap_or_default(), name);
                if let Some(theirs) = theirs.typedefs.get(name).filter(|_| !ours.contains('{')) {
                    tally.compared(&what, &lines(&[ours], std::slice::from_ref(theirs)));
                }
            }
            Kind::STRUCT | Kind::UNION => {
                let Some(theirs) = theirs.members.get(&key) else { continue };
                let ours: Vec<String> = found
                    .members()
                    .map(|member| dump::member(btf, &member))
                    .filter(|member| !member.contains('{'))
                    .collect();
                tally.compared(&what, &lines(&ours, theirs));
            }
            _ => {}
        }
    }
}

fn key(found: &Type<'_>) -> String {
    let name = found.name().unwrap_or_default();
    match found.kind() {
        Kind::STRUCT => format!("struct {name}"),
        Kind::UNION => format!("union {name}"),
        Kind::TYPEDEF => format!("typedef {name}"),
        other => format!("{other} {name}"),
    }
}

fn lines(ours: &[String], theirs: &[String]) -> Vec<Differs> {
    let first = ours.iter().zip(theirs).find(|(ours, theirs)| !same(ours, theirs));
    match first {
        Some((ours, theirs)) => vec![differs("declaration", format!("ours `{ours}`, bpftool `{theirs}`"))],
        None if ours.len() != theirs.len() => {
            vec![differs("declaration", format!("ours has {} members, bpftool {}", ours.len(), theirs.len()))]
        }
        None => Vec::new(),
    }
}

/// Equal, but for the space behind a `*`, and for the numbers that bpftool appends to the second type of a name.
fn same(ours: &str, theirs: &str) -> bool {
    let theirs = theirs.replace("* ", "*");
    ours == theirs || ours == unnumbered(&theirs)
}

fn unnumbered(text: &str) -> String {
    let mut pieces = text.split("___");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.trim_start_matches(|c: char| c.is_ascii_digit()) {
            rest if rest.len() < piece.len() => out.push_str(rest),
            _ => {
                out.push_str("___");
                out.push_str(piece);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_one_line_is_read() {
        let text = "typedef unsigned char u8;\n\ntypedef int (*initcall_t)(void);\n\nstruct a {\n\tint x;\n\tlong: 32;\n\
            \tunion {\n\t\tint y;\n\t};\n\tstruct {\n\t\tint z;\n\t} inner;\n\tint flags: 3;\n};\n\nstruct empty {};\n";
        let declared = Declared::read(text);
        assert_eq!(declared.members["struct a"], ["int x", "int flags: 3"]);
        assert!(declared.members["struct empty"].is_empty());
        assert_eq!(declared.typedefs["u8"], "unsigned char u8");
        assert_eq!(declared.typedefs["initcall_t"], "int (*initcall_t)(void)");
    }

    #[test]
    fn names_of_declarations() {
        for (declaration, want) in [
            ("unsigned char u8", "u8"),
            ("int (*f)(int (*)(void))", "f"),
            ("int table_t[4]", "table_t"),
            ("int (* const g)(void)", "const"),
            ("void fn_t(int)", "fn_t"),
        ] {
            assert_eq!(declared_name(declaration), want);
        }
    }

    #[test]
    fn numbers_behind_names() {
        assert_eq!(unnumbered("struct a___2 *b"), "struct a *b");
        assert_eq!(unnumbered("struct a___old *b"), "struct a___old *b");
        assert!(same("struct a *b", "struct a___12 *b"));
    }
}
