//! What a build.rs gets: from objects, and from sources by a stand-in for clang that does what it is told.

use std::path::{Path, PathBuf};

use bpf_loader::SkeletonBuilder;
use bpf_loader::build_script::BuildError;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}

/// A folder of this test's own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bpf-loader-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A program that says it compiles for BPF, and does that when it is called to compile.
    #[cfg(unix)]
    fn clang(&self, does: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let targets = "if [ \"$1\" = --print-targets ]; then echo '    bpfel - BPF'; exit 0; fi";
        let path = self.file("clang", &format!("#!/bin/sh\n{targets}\n{does}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn builder(&self) -> SkeletonBuilder {
        SkeletonBuilder::new()
            .out_dir(self.0.join("out"))
            .vmlinux(fixture("kernels/recent.el.bpf.o"))
            .cargo(false)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The error's code, and what cargo would show of it.
fn refused(builder: SkeletonBuilder, folder: &Folder) -> (&'static str, String) {
    let error: BuildError = builder.build().unwrap_err();
    (error.code(), format!("{error:?}").replace(&folder.0.display().to_string(), "DIR"))
}

#[test]
fn an_object_becomes_a_skeleton() {
    let folder = Folder::new("object");
    let built = folder.builder().object(fixture("struct_ops/cong.el.bpf.o")).build().unwrap();
    assert_eq!(built.skeleton, folder.0.join("out/cong.skel.rs"));
    let source = std::fs::read_to_string(&built.skeleton).unwrap();
    assert!(source.contains("pub mod cong {") && source.contains("pub struct OpenCong {"));
    assert!(source.contains(&format!("{:?}", built.object.display().to_string())));
    let bytes = std::fs::read(&built.object).unwrap();
    assert!(bytes == std::fs::read(fixture("struct_ops/cong.el.bpf.o")).unwrap());
    let built = folder.builder().object(fixture("struct_ops/cong.el.bpf.o")).name("my_app").build().unwrap();
    assert!(std::fs::read_to_string(built.skeleton).unwrap().contains("pub struct MyApp {"));
}

#[test]
#[cfg(unix)]
fn a_source_is_compiled() {
    let folder = Folder::new("source");
    let source = folder.file("app.bpf.c", "#include \"app.h\"\n");
    // It notes its arguments, and what it compiles is always the same.
    let object = fixture("struct_ops/cong.el.bpf.o");
    let does = format!(
        "echo \"$@\" > {}\necho 'app.bpf.c:1:1: warning: odd' >&2\nfor last; do :; done\ncp {} \"$last\"",
        folder.0.join("arguments").display(),
        object.display()
    );
    let clang = folder.clang(&does);
    let builder = folder.builder().source(&source).clang(clang).clang_args(["-DMORE=1"]);
    let built = builder.build().unwrap();
    assert_eq!(built.warnings, "app.bpf.c:1:1: warning: odd");
    let arguments = std::fs::read_to_string(folder.0.join("arguments")).unwrap();
    for wanted in ["-target bpf", " -g -O2 -mcpu=v3 ", " -DMORE=1 ", "/out -MD", "/app.bpf.c -o "] {
        assert!(arguments.contains(wanted), "{wanted}: {arguments}");
    }
    let header = std::fs::read_to_string(folder.0.join("out/vmlinux.h")).unwrap();
    assert!(header.contains("#ifndef __VMLINUX_H__") && header.contains("struct tcp_congestion_ops {"));
    assert!(std::fs::read_to_string(built.skeleton).unwrap().contains("pub mod app {"));
}

#[test]
#[cfg(unix)]
fn failures_explain_themselves() {
    let folder = Folder::new("failures");
    let source = folder.file("app.bpf.c", "int x = ;\n");
    let clang = folder.clang("echo 'app.bpf.c:1:9: error: expected expression' >&2; exit 1");
    let (code, text) = refused(folder.builder().source(&source).clang(clang), &folder);
    assert_eq!(
        (code, &*text),
        (
            "E1008",
            "error[E1008]: DIR/clang refuses DIR/app.bpf.c (exit status: 1):\napp.bpf.c:1:9: error: expected \
             expression\n  in DIR/app.bpf.c"
        )
    );
    let (code, text) = refused(folder.builder().source(&source).clang(folder.0.join("no")), &folder);
    assert!(
        code == "E1007" && text.contains("DIR/no cannot be run: ") && text.contains("help: install clang"),
        "{text}"
    );
    let (code, text) = refused(folder.builder().object(&source), &folder);
    assert!(code.starts_with("E02") && text.contains("in DIR/out/app.bpf.o"), "{text}");
    let (code, text) = refused(folder.builder().object(folder.0.join("none.o")), &folder);
    assert!(code == "E1009" && text.contains("cannot copy DIR/none.o\n  because: No such file"), "{text}");
    assert_eq!(refused(folder.builder(), &folder).0, "E1005");
    let missing = folder.builder().source(&source).vmlinux(folder.0.join("none.btf"));
    assert_eq!(refused(missing, &folder).0, "E0323");
}
