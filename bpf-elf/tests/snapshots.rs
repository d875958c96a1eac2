//! What every fixture says, as text to be reviewed: one snapshot for both byte orders.

mod common;

use std::collections::BTreeMap;

use bpf_elf::ObjectFile;

#[test]
fn every_fixture() {
    let mut by_name: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, bytes) in common::objects() {
        let name = name.strip_suffix(".bpf").unwrap_or(&name);
        let (name, target) = name.rsplit_once('.').expect("NAME.TARGET");
        let text = match ObjectFile::parse(&bytes) {
            Ok(object) => object.dump(),
            Err(error) => common::explain(&error),
        };
        by_name.entry(name.replace('/', "__")).or_default().push((target.to_owned(), text));
    }
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    for (name, targets) in by_name {
        let (_, text) = targets.iter().rfind(|(target, _)| target != "eb").expect("a little-endian one");
        settings.bind(|| insta::assert_snapshot!(name.clone(), text));
        for (target, other) in &targets {
            let expected =
                if target == "eb" { text.replacen("little-endian", "big-endian", 1) } else { text.clone() };
            assert_eq!(*other, expected, "{name}.{target}: only the first line may depend on the byte order");
        }
    }
}
