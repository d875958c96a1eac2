//! Tests of the headers as files. What they say is compiled in `tests/offline/headers.rs`.

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("bpf-loader-headers-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn every_header_is_marked_and_includes_only_others_of_them() {
    let files = files();
    assert_eq!(files.len(), TEXTS.len() + 1);
    for header in &files {
        assert!(is_ours(header.text.as_bytes()), "{}", header.name);
        assert!(
            header.text.starts_with("// SPDX-License-Identifier: MIT OR Apache-2.0\n"),
            "{}",
            header.name
        );
        for line in header.text.lines().filter_map(|line| line.strip_prefix("#include \"")) {
            let name = format!("bpf/{}", line.trim_end_matches('"'));
            assert!(files.iter().any(|other| other.name == name), "{} includes {name}", header.name);
        }
    }
}

#[test]
fn every_file_of_the_folder_is_embedded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("headers/bpf");
    let mut there: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| format!("bpf/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    there.sort();
    let embedded: Vec<&str> = TEXTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(embedded, there);
}

#[test]
fn helpers_are_declared_once_each() {
    let text = helper_defs::text();
    for helper in bpf_sys::uapi::Helper::ALL {
        let name = helper.name().unwrap();
        let number = format!("= (void *){};", helper.0);
        let lines: Vec<&str> = text.lines().filter(|line| line.ends_with(&number)).collect();
        assert_eq!(lines.len(), 1, "{name}");
        assert!(lines[0].contains(&format!("(*const {name})(")), "{}", lines[0]);
    }
    assert!(text.contains("static void *(*const bpf_map_lookup_elem)(void *map, const void *key) ="));
    assert!(text.contains("static long (*const bpf_trace_printk)(const char *fmt, __u32 fmt_size, ...) ="));
    assert!(text.contains("static __bpf_fastcall __u32 (*const bpf_get_smp_processor_id)(void) ="));
    assert!(text.contains("\nstruct __sk_buff;\n") && !text.contains("struct sk_buff"));
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = folder("foreign");
    let names = |written: Vec<(&'static str, Written)>, what: Written| -> Vec<&str> {
        written.into_iter().filter(|(_, became)| *became == what).map(|(name, _)| name).collect()
    };
    let all: Vec<&str> = files().iter().map(|header| header.name).collect();

    assert_eq!(names(WriteOptions::new().write(&folder).unwrap(), Written::New), all);
    assert_eq!(names(WriteOptions::new().write(&folder).unwrap(), Written::Unchanged), all);

    let (older, other) = (folder.join("bpf/bpf_endian.h"), folder.join("bpf/usdt.bpf.h"));
    fs::write(&older, format!("// SPDX\n{MARK}; older\n")).unwrap();
    assert_eq!(names(WriteOptions::new().write(&folder).unwrap(), Written::Replaced), ["bpf/bpf_endian.h"]);

    fs::write(&older, format!("// SPDX\n{MARK}; older\n")).unwrap();
    fs::write(&other, "#define MINE 1\n").unwrap();
    let refused = WriteOptions::new().write(&folder).unwrap_err();
    assert!(matches!(&refused, HeadersError::Foreign { paths } if *paths == [other.clone()]), "{refused:?}");
    assert_eq!(refused.code(), "E1031");
    assert_eq!(fs::read_to_string(&other).unwrap(), "#define MINE 1\n");
    assert!(fs::read_to_string(&older).unwrap().ends_with("older\n"), "nothing is written then");

    let forced = WriteOptions::new().force(true).write(&folder).unwrap();
    assert_eq!(names(forced, Written::Replaced), ["bpf/bpf_endian.h", "bpf/usdt.bpf.h"]);
    assert_eq!(names(WriteOptions::new().write(&folder).unwrap(), Written::Unchanged), all);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let folder = folder("file");
    fs::write(&folder, "a file").unwrap();
    let refused = WriteOptions::new().write(&folder).unwrap_err();
    assert!(refused.to_string().contains(&folder.display().to_string()), "{refused}");
    assert_eq!(refused.labels().len(), 1);
    fs::remove_file(&folder).unwrap();
}
