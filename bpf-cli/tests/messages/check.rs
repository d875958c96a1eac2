//! `bpf check` and `bpf kernel`: no privileges, and the same output whatever thread ends first.

use std::path::PathBuf;

use crate::{Folder, fixtures, run};

fn object(name: &str) -> String {
    fixtures().join(format!("{name}.bpf.o")).display().to_string()
}

fn kernel(name: &str) -> String {
    fixtures().join(format!("kernels/stored/{name}.kernel")).display().to_string()
}

/// Checks objects of these names against kernels, with other arguments.
fn check(objects: &[&str], kernels: &[String], others: &[&str]) -> String {
    let objects: Vec<String> = objects.iter().map(|name| object(name)).collect();
    let mut args = vec!["check"];
    args.extend(objects.iter().map(String::as_str));
    args.push("--kernel");
    args.extend(kernels.iter().map(String::as_str));
    args.extend(others);
    run(&args, &Folder::new("check"))
}

const OBJECTS: [&str; 6] = [
    "core/guarded.el",
    "core/missing.el",
    "core/fields.eb",
    "externs/kconfig.el",
    "struct_ops/cong.el",
    "struct_ops/cong_wrong_size.el",
];

fn kernels() -> Vec<String> {
    ["x86_64-5.10", "x86_64-6.12", "s390x-6.12"].map(kernel).to_vec()
}

#[test]
fn a_matrix() {
    let text = check(&OBJECTS, &kernels(), &[]);
    // 5.10 is older than struct_ops links, and the stored kernels come without a configuration.
    let row = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("guarded.el"), "ok ok -");
    assert_eq!(row("missing.el"), "3 missing 3 missing -");
    assert_eq!(row("fields.eb"), "- - ok");
    assert_eq!(row("cong.el"), "1 missing ok -");
    assert_eq!(row("cong_wrong_size.el"), "2 missing 1 missing -");
    insta::assert_snapshot!("check.matrix", text);
    // Four things, of which three are shown unless all are asked for.
    let four = |others: &[&str]| check(&["externs/kconfig_bad.el"], &kernels()[1..2], others);
    insta::assert_snapshot!("check.more", four(&[]));
    let all = four(&["--verbose"]);
    assert_eq!(all.matches("\n  E0").count(), 4);
    assert!(!all.contains(" more ("));
    insta::assert_snapshot!("check.json", check(&OBJECTS[..3], &kernels(), &["--json"]));
}

#[test]
fn exit_status() {
    let status = |objects: &[&str], kernels: &[String]| {
        let text = check(objects, kernels, &[]);
        text.lines().next().unwrap().to_owned()
    };
    let both = ["x86_64-6.12", "s390x-6.12"].map(kernel);
    assert_eq!(status(&["core/guarded.el"], &both[..1]), "exit status 0");
    // It fits one of them, and there it resolves.
    assert_eq!(status(&["core/guarded.el"], &both), "exit status 0");
    assert_eq!(status(&["core/guarded.el", "core/missing.el"], &both), "exit status 1");
    // It fits none.
    assert_eq!(status(&["core/guarded.el"], &both[1..]), "exit status 1");
    assert_eq!(status(&["core/guarded.el"], &["/nowhere/kernel".into()]), "exit status 2");
}

#[test]
fn the_same_every_time() {
    let all: Vec<String> = ["core/fields.el", "core/kinds.el", "core/missing.el", "struct_ops/cong.el"]
        .into_iter()
        .cycle()
        .take(24)
        .map(str::to_owned)
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let folder = fixtures().join("kernels/stored").display().to_string();
    let first = check(&all, std::slice::from_ref(&folder), &["--json"]);
    assert!(first.lines().count() > 1000);
    for _ in 0..3 {
        assert_eq!(check(&all, std::slice::from_ref(&folder), &["--json"]), first);
    }
}

#[test]
fn what_cannot_be_used() {
    let folder = Folder::new("unusable");
    let in_folder = |name: &str| folder.0.join(name).display().to_string();
    folder.file("x86_64-6.12.kernel", &std::fs::read(kernel("x86_64-6.12")).unwrap());
    folder.file("text", b"CONFIG_A=y\n");
    folder.file("cut.kernel", &std::fs::read(kernel("x86_64-6.12")).unwrap()[..1000]);
    let good = object("core/guarded.el");
    let bad = |args: &[&str]| run(&[&["check", good.as_str()], args].concat(), &folder);
    insta::assert_snapshot!("check.misspelt_kernel", bad(&["--kernel", &in_folder("x86_64-6.21.kernel")]));
    insta::assert_snapshot!("check.misspelt_running", bad(&["--kernel", "vmlinx"]));
    let object = object("core/missing.el");
    insta::assert_snapshot!("check.kernel_is_an_object", bad(&["--kernel", &kernel("x86_64-6.12"), &object]));
    // A folder with a kernel that is damaged: it is not passed over, as text is.
    insta::assert_snapshot!("check.damaged_in_folder", bad(&["--kernel", &folder.0.display().to_string()]));
    std::fs::remove_file(folder.0.join("cut.kernel")).unwrap();
    let passed = bad(&["--kernel", &folder.0.display().to_string()]);
    assert!(passed.starts_with("exit status 0") && passed.contains("; 1 file is no kernel, and passed over"));
    let empty = folder.0.join("empty");
    std::fs::create_dir(&empty).unwrap();
    insta::assert_snapshot!("check.empty_folder", bad(&["--kernel", &empty.display().to_string()]));
    let executable = std::env::current_exe().unwrap();
    let several = [executable.to_str().unwrap(), &in_folder("nothing.o"), "--kernel", &in_folder("text")];
    let several = bad(&several).replace(executable.to_str().unwrap(), "EXECUTABLE");
    insta::assert_snapshot!("check.several", several);
    insta::assert_snapshot!("check.help", run(&["check", "--help"], &folder));
    insta::assert_snapshot!("check.no_object", run(&["check"], &folder));
}

/// From raw BTF alone the value of an option is not known; with a configuration it is.
#[test]
fn a_kernel_is_saved_from_files() {
    let folder = Folder::new("saved");
    let path = |name: &str| folder.0.join(name).display().to_string();
    let raw = crate::kernel(&folder, "recent", "el");
    folder.file("config", b"CONFIG_HZ=250\nCONFIG_BPF_SYSCALL=y\n# CONFIG_X is not set\n");
    folder.file("System.map", b"ffffffff81000000 T _text\nffffffff82000040 D jiffies\n");
    folder.file("other.ko", b"no module");
    let out = path("out.kernel");
    let mut args = vec!["kernel", "save", "-o", &out, "--from", &raw, "--release", "6.12.1-test"];
    let (config, symbols, module) = (path("config"), path("System.map"), path("other.ko"));
    args.extend(["--config", &config, "--symbols", &symbols, "--module", &module]);
    insta::assert_snapshot!("kernel.save", run(&args, &folder));
    insta::assert_snapshot!("kernel.show.json", run(&["kernel", "show", &out, "--json"], &folder));
    let status = |kernel: &str| {
        let facts = object("externs/kernel_facts.el");
        let text = run(&["check", &facts, "--kernel", kernel], &folder);
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!([status(&raw), status(&out)], ["exit status 1", "exit status 0"]);
    let module: PathBuf = fixtures().join("core/fields.el.bpf.o");
    insta::assert_snapshot!(
        "kernel.show.object",
        run(&["kernel", "show", module.to_str().unwrap()], &folder)
    );
}
