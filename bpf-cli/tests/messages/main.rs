//! What the command prints for each way to get it wrong: run as a process, whole output as snapshots.

mod check;

use std::path::{Path, PathBuf};
use std::process::Command;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// A folder of this test's own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bpf-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Runs the command; what it printed, with the places of files made short, and how it ended.
fn run(args: &[&str], folder: &Folder) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bpf"))
        .args(args)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .replace(&folder.0.display().to_string(), "DIR")
            .replace(&fixtures().display().to_string(), "FIXTURES")
    };
    let code = output.status.code().expect("it ended by itself");
    format!("exit status {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

fn good() -> Vec<u8> {
    std::fs::read(fixtures().join("struct_ops/cong.el.bpf.o")).unwrap()
}

fn u64_at(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap()
}

/// The same object without a symbol table: its section is made one of program data.
fn without_symbols(mut bytes: Vec<u8>) -> Vec<u8> {
    let (table, count) = (u64_at(&bytes, 0x28), usize::from(u16::from_le_bytes([bytes[0x3c], bytes[0x3d]])));
    for at in (0..count).map(|index| table + index * 64 + 4) {
        if bytes[at..at + 4] == 2_u32.to_le_bytes() {
            bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
    }
    bytes
}

/// The raw BTF of a kernel in miniature, as a file.
fn kernel(folder: &Folder, name: &str, order: &str) -> String {
    let path = fixtures().join(format!("kernels/{name}.{order}.bpf.o"));
    let object = bpf_loader::Object::open(path).unwrap();
    folder.file(&format!("{name}.{order}.btf"), object.file().btf().unwrap().bytes()).display().to_string()
}

#[test]
fn files_that_are_no_objects() {
    let folder = Folder::new("files");
    let good = good();
    let mut executable = good.clone();
    executable[0x10] = 2;
    let mut narrow = good.clone();
    narrow[4] = 1;
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("text", b"#!/bin/sh\necho hello\n".to_vec()),
        ("forty_bytes", good[..40].to_vec()),
        ("cut_in_half", good[..good.len() / 2].to_vec()),
        ("cut_before_its_end", good[..good.len() - 1].to_vec()),
        ("no_symbols", without_symbols(good.clone())),
        ("executable", executable),
        ("elf32", narrow),
    ] {
        let path = folder.file(name, &bytes);
        insta::assert_snapshot!(format!("file.{name}"), run(&["show", path.to_str().unwrap()], &folder));
    }
    for (name, path) in [
        ("directory", folder.0.clone()),
        ("missing", folder.0.join("not_there.bpf.o")),
        ("wrong_machine", fixtures().join("bad/wrong_machine.x86_64.o")),
        ("no_btf", fixtures().join("bad/no_btf.el.bpf.o")),
        ("no_btf_struct_ops", fixtures().join("bad/no_btf_struct_ops.el.bpf.o")),
    ] {
        insta::assert_snapshot!(format!("file.{name}"), run(&["show", path.to_str().unwrap()], &folder));
    }
}

#[test]
fn objects_that_do_not_fit_a_kernel() {
    let folder = Folder::new("plans");
    let recent = kernel(&folder, "recent", "el");
    for name in [
        "cong_extra_nonzero",
        "cong_wrong_size",
        "cong_wrong_kind",
        "cong_wrong_kind_pointer",
        "cong_unknown_ops",
        "cong_orphan",
        "cong_bitfield_nonzero",
    ] {
        let path = fixtures().join(format!("struct_ops/{name}.el.bpf.o"));
        let text = run(&["plan", path.to_str().unwrap(), "--kernel", &recent], &folder);
        insta::assert_snapshot!(format!("plan.{name}"), text);
    }
    let cong = fixtures().join("struct_ops/cong.el.bpf.o");
    let cong = cong.to_str().unwrap();
    for (name, kernel) in [
        ("no_links", kernel(&folder, "old", "el")),
        ("other_endian", kernel(&folder, "recent", "eb")),
        ("kernel_is_text", folder.file("text.btf", b"not BTF").display().to_string()),
        ("kernel_is_missing", folder.0.join("no.btf").display().to_string()),
        ("kernel_is_an_object", cong.to_owned()),
    ] {
        insta::assert_snapshot!(format!("plan.{name}"), run(&["plan", cong, "--kernel", &kernel], &folder));
    }
}

#[test]
fn json_failures() {
    let folder = Folder::new("json");
    let recent = kernel(&folder, "recent", "el");
    let path = fixtures().join("struct_ops/cong_wrong_size.el.bpf.o");
    let text = run(&["--json", "plan", path.to_str().unwrap(), "--kernel", &recent], &folder);
    insta::assert_snapshot!("json.wrong_size", text);
}

/// A stored kernel, cut for one object: smaller, and planned the same.
#[test]
fn minimized_btf() {
    let folder = Folder::new("minimize");
    let kernel = fixtures().join("kernels/stored/x86_64-6.12.kernel").display().to_string();
    let [cong, other] = ["el", "eb"]
        .map(|order| fixtures().join(format!("struct_ops/cong.{order}.bpf.o")).display().to_string());
    let output = folder.0.join("small.btf").display().to_string();
    let text = run(&["btf", "minimize", &kernel, &cong, "-o", &output], &folder);
    assert!(text.starts_with("exit status 0\n--- stdout\nDIR/small.btf: "), "{text}");
    assert!(std::fs::metadata(&output).unwrap().len() < std::fs::metadata(&kernel).unwrap().len());
    let [whole, cut] = [&kernel, &output].map(|kernel| run(&["plan", &cong, "--kernel", kernel], &folder));
    assert!(whole.starts_with("exit status 0") && whole == cut);
    for (name, args) in [
        ("other_endian", ["btf", "minimize", &kernel, &other, "-o", &output]),
        ("no_folder", ["btf", "minimize", &kernel, &cong, "-o", "/nowhere/at/all"]),
    ] {
        insta::assert_snapshot!(format!("minimize.{name}"), run(&args, &folder));
    }
    let bytes = std::fs::read(&kernel).unwrap();
    let damaged = folder.file("cut.kernel", &bytes[..1500]).display().to_string();
    insta::assert_snapshot!("minimize.damaged_kernel", run(&["plan", &cong, "--kernel", &damaged], &folder));
}

#[test]
fn every_command_has_json() {
    let folder = Folder::new("values");
    let recent = kernel(&folder, "recent", "el");
    let cong = fixtures().join("struct_ops/cong.el.bpf.o");
    for args in [
        vec!["--json", "show", cong.to_str().unwrap()],
        vec!["--json", "plan", cong.to_str().unwrap(), "--kernel", &recent],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_bpf")).args(&args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(value["struct_ops"][0]["name"], "bpf_demo_cc", "{args:?}");
    }
}

#[test]
fn command_lines_that_make_no_sense() {
    let folder = Folder::new("usage");
    for (name, args) in [
        ("run_for", &["run", "x.o", "--for", "soon"][..]),
        ("run_events", &["run", "x.o", "--events", "0"]),
        ("help", &["--help"][..]),
        ("nothing", &[]),
        ("misspelt", &["shwo", "x"]),
        ("no_file", &["show"]),
        ("pin_and_hold", &["struct-ops", "register", "x.o", "--pin", "d", "--hold"]),
        ("register_help", &["struct-ops", "register", "--help"]),
    ] {
        insta::assert_snapshot!(format!("usage.{name}"), run(args, &folder));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let object = fixtures().join("struct_ops/cong.el.bpf.o");
    let output =
        Command::new(env!("CARGO_BIN_EXE_bpf")).arg("show").arg(object).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0907"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_without_end() {
    let folder = Folder::new("endless");
    let object = fixtures().join("struct_ops/cong.el.bpf.o").display().to_string();
    for args in [&["show", "/dev/zero"][..], &["plan", &object, "--kernel", "/dev/zero"]] {
        let printed = run(args, &folder);
        assert!(printed.contains("files of up to 256 MiB are read"), "{printed}");
    }
    let sparse = folder.file("sparse.o", b"");
    std::fs::OpenOptions::new().write(true).open(&sparse).unwrap().set_len(1 << 40).unwrap();
    let printed = run(&["show", sparse.to_str().unwrap()], &folder);
    assert!(printed.contains("files of up to 256 MiB are read"), "{printed}");
}

/// `bpf btf dump` and `bpf btf diff` over kernels in miniature: each form, and each way to get it wrong.
#[test]
fn types_as_text() {
    let folder = Folder::new("types");
    let [recent, old] = ["recent", "old"].map(|name| kernel(&folder, name, "el"));
    let object = fixtures().join("socket/newer_btf.el.bpf.o").display().to_string();
    let big = fixtures().join("socket/newer_btf.eb.bpf.o").display().to_string();
    let saved = fixtures().join("kernels/stored/x86_64-6.12.kernel").display().to_string();
    let foreign = fixtures().join("bad/no_btf.el.bpf.o").display().to_string();
    let text = folder.file("text", b"#!/bin/sh\n").display().to_string();
    let packed = folder.file("packed.xz", b"\xfd7zXZ\0\0\x04").display().to_string();
    let missing = folder.0.join("missing.btf").display().to_string();
    let full = folder.0.join("no/folder").display().to_string();
    let cases: &[(&str, &[&str])] = &[
        ("dump.c", &["dump", &object, "tagged", "five", "id:11"]),
        ("dump.c_all", &["dump", &object]),
        ("dump.raw", &["dump", &object, "--format", "raw"]),
        ("dump.raw_type", &["dump", &big, "-f", "raw", "struct tagged"]),
        ("dump.json", &["--json", "dump", &object, "tagged", "wide"]),
        ("dump.unknown_type", &["dump", &recent, "tcp_congestion_op"]),
        ("dump.unknown_kind", &["dump", &recent, "union tcp_congestion_ops"]),
        ("dump.unknown_id", &["dump", &recent, "id:100000"]),
        ("dump.no_btf", &["dump", &foreign]),
        ("dump.text", &["dump", &text]),
        ("dump.packed", &["dump", &packed]),
        ("dump.missing", &["dump", &missing]),
        ("dump.no_module", &["dump", "not_a_module_at_all_xyzzy"]),
        ("dump.no_folder", &["dump", &object, "-o", &full]),
        ("diff.type", &["diff", &old, &recent, "tcp_congestion_ops"]),
        ("diff.json", &["--json", "diff", &old, &recent, "bpf_dummy_ops_state", "tcp_congestion_ops"]),
        ("diff.same", &["diff", &saved, &saved]),
        ("diff.unknown_type", &["diff", &old, &recent, "tcp_congestion_op"]),
        ("diff.missing", &["diff", &old, &missing]),
        ("dump.help", &["dump", "--help"]),
        ("diff.help", &["diff", "--help"]),
    ];
    for (name, args) in cases {
        let json: &[&str] = if args[0] == "--json" { &["--json"] } else { &[] };
        let args = [json, &["btf"], &args[json.len()..]].concat();
        insta::assert_snapshot!(format!("btf.{name}"), run(&args, &folder));
    }
}

/// What was dumped to a file is what is printed, and a reader that goes away early is no failure.
#[test]
#[cfg(target_os = "linux")]
fn dumps_go_where_they_are_sent() {
    use std::io::Read;

    let folder = Folder::new("dumps");
    let object = fixtures().join("struct_ops/cong.el.bpf.o").display().to_string();
    let path = folder.0.join("out").display().to_string();
    for form in ["c", "raw", "json"] {
        let printed = run(&["btf", "dump", &object, "-f", form], &folder);
        let written = run(&["btf", "dump", &object, "-f", form, "-o", &path], &folder);
        assert_eq!(written, "exit status 0\n--- stdout\n--- stderr\n");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(printed, format!("exit status 0\n--- stdout\n{text}--- stderr\n"));
        assert!(text.contains("tcp_congestion_ops"), "{form}");
    }
    let mut early = Command::new(env!("CARGO_BIN_EXE_bpf"))
        .args(["btf", "dump", &object, "-f", "raw"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(early.stdout.take());
    let mut said = String::new();
    early.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((early.wait().unwrap().code(), said.as_str()), (Some(0), ""));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bpf")).args(["btf", "dump", &object]).stdout(full).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E0907"));
}

/// A skeleton, to a file and to standard output; and why there is none.
#[test]
fn skeletons() {
    let folder = Folder::new("skeletons");
    let object = fixtures().join("struct_ops/cong.el.bpf.o").display().to_string();
    let file = folder.0.join("my_app.rs");
    let to_file = ["gen", "skeleton", &object, "--name", "my_app", "-o", file.to_str().unwrap()];
    assert_eq!(run(&to_file, &folder), "exit status 0\n--- stdout\n--- stderr\n");
    let made = std::fs::read_to_string(&file).unwrap();
    assert!(made.contains("pub mod my_app {") && made.contains("pub static OBJECT: &[u8] = b\"\\x7FELF"));
    let shown = run(&["gen", "skeleton", &object, "--name", "my_app"], &folder);
    assert!(shown == format!("exit status 0\n--- stdout\n{made}--- stderr\n"));

    let bitfield = fixtures().join("struct_ops/cong_bitfield.el.bpf.o").display().to_string();
    let noticed = run(&["gen", "skeleton", &bitfield, "-o", file.to_str().unwrap()], &folder);
    assert!(
        noticed.contains("notice[E1012]: member `zzz_three` of struct_ops variable `bpf_bitfield`"),
        "{noticed}"
    );

    let unnamed = run(&["gen", "skeleton", &object, "--name", "2fast"], &folder);
    assert!(unnamed.contains("error[E1003]: `2fast` cannot be the name of a skeleton"), "{unnamed}");
    let nowhere = run(&["gen", "skeleton", &object, "-o", "/nowhere/at/all.rs"], &folder);
    assert!(nowhere.contains("error[E0952]: /nowhere/at/all.rs cannot be written"), "{nowhere}");
    let text = folder.file("text.bpf.o", b"hello");
    let no_object = run(&["gen", "skeleton", text.to_str().unwrap()], &folder);
    assert!(no_object.starts_with("exit status 1") && no_object.contains("error[E02"), "{no_object}");
}
