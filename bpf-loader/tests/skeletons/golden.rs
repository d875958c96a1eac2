//! Generated source, compared with the files that this test is compiled from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bpf_loader::Object;
use bpf_loader::codegen::{Embed, Generator};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/skeletons/generated")
}

/// Every fixture that can be opened, as `struct_ops/cong`, sorted.
fn names() -> Vec<String> {
    let mut found = Vec::new();
    for theme in std::fs::read_dir(fixtures()).unwrap().map(Result::unwrap) {
        let name = theme.file_name().into_string().unwrap();
        if !theme.path().is_dir() || ["include", "kernels"].contains(&name.as_str()) {
            continue;
        }
        for file in std::fs::read_dir(theme.path()).unwrap().map(|entry| entry.unwrap().path()) {
            let stem = file.file_name().unwrap().to_str().unwrap().strip_suffix(".el.bpf.o");
            if let Some(stem) = stem.filter(|_| Object::open(&file).is_ok()) {
                found.push(format!("{name}/{stem}"));
            }
        }
    }
    found.sort();
    assert!(found.len() >= 40, "the fixtures are not where they should be");
    found
}

fn generate(name: &str, order: &str) -> String {
    let file = format!("{name}.{order}.bpf.o");
    let object = Object::open(fixtures().join(&file)).unwrap();
    let embed = format!("../../../../../fixtures/{file}");
    let made = Generator::new().generate(&object, Embed::File(&embed)).unwrap();
    // A notice stands in the file too, where a person sees it.
    let notices = made.notices().iter().map(|notice| format!("\n// {}: {notice}", notice.code()));
    format!("{}{}", made.source(), notices.collect::<String>())
}

/// The module with all of them.
fn all(names: &[String]) -> String {
    let mut themes: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for name in names {
        themes.entry(name.split('/').next().unwrap()).or_default().push(name);
    }
    let mut text = String::from("// @generated: the skeletons of all fixtures.\n");
    for (theme, names) in themes {
        text.push_str(&format!("\n/// Fixtures of the theme `{theme}`.\npub mod {theme} {{\n"));
        names.iter().for_each(|name| text.push_str(&format!("    include!(\"{name}.rs\");\n")));
        text.push_str("}\n");
    }
    text
}

#[test]
fn every_skeleton_is_as_it_was() {
    let names = names();
    let mut wanted: BTreeMap<PathBuf, String> =
        names.iter().map(|name| (folder().join(format!("{name}.rs")), generate(name, "el"))).collect();
    wanted.insert(folder().join("all.rs"), all(&names));
    let write = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let mut differ = Vec::new();
    for (path, text) in &wanted {
        if std::fs::read_to_string(path).is_ok_and(|found| found == *text) {
            continue;
        }
        if write {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        differ.push(path.strip_prefix(folder()).unwrap().display().to_string());
    }
    differ.extend(strays(&folder(), &wanted));
    assert!(differ.is_empty() || write, "these are not what is generated now: {}", differ.join(", "));
}

/// Files that nothing is generated to any more.
fn strays(folder: &Path, wanted: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => strays(&path, wanted),
            false if wanted.contains_key(&path) => Vec::new(),
            false => vec![path.display().to_string()],
        })
        .collect()
}

/// Objects of the other byte order have the same skeleton, but for where bits are counted from.
#[test]
fn both_byte_orders_have_one_skeleton() {
    let mut bits = Vec::new();
    for name in names() {
        let [little, big] = ["el", "eb"].map(|order| generate(&name, order));
        let big = big.replace("target_endian = \"big\"", "target_endian = \"little\"");
        let big =
            big.replace("big-endian machines", "little-endian machines").replace(".eb.bpf.o", ".el.bpf.o");
        if little.contains("bits_at") {
            bits.push(name);
        } else {
            assert!(little == big, "{name}");
        }
    }
    assert!(bits.len() <= 3, "{bits:?}");
}

#[test]
fn the_same_each_time() {
    for name in ["struct_ops/cong", "maps/typed"] {
        assert_eq!(generate(name, "el"), generate(name, "el"));
    }
}

#[test]
fn names_that_are_none() {
    let object = Object::open(fixtures().join("struct_ops/cong.el.bpf.o")).unwrap();
    for name in ["", "2fast", "_x"] {
        let error = Generator::new().name(name).generate(&object, Embed::Bytes(&[])).unwrap_err();
        assert_eq!(error.code(), "E1003");
    }
    let made = Generator::new().name("my_app").generate(&object, Embed::Bytes(b"\x7fELF\0\"")).unwrap();
    for part in [
        "pub mod my_app {",
        "pub struct MyApp {",
        "pub struct OpenMyApp {",
        "pub type AttachedMyApp",
        r#"b"\x7FELF\0\"""#,
    ] {
        assert!(made.source().contains(part), "{part}");
    }
}
