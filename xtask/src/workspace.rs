//! Where things are in the workspace, and how to call cargo in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::error::Error;

/// The workspace that this program belongs to.
pub(crate) struct Workspace {
    root: PathBuf,
}

/// A test program that needs privileges: the test target `kernel` of a package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KernelSuite {
    pub(crate) package: String,
    manifest_path: PathBuf,
}

impl Workspace {
    /// The workspace: where cargo says that this package is, else where it was built.
    ///
    /// # Errors
    ///
    /// When that folder has no `fixtures/` beside it any more.
    pub(crate) fn find() -> Result<Self, Error> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().map(Path::to_path_buf).unwrap_or_default();
        if root.join("fixtures").is_dir() {
            Ok(Self { root })
        } else {
            Err(Error::NoWorkspace(format!("{} has no folder `fixtures`", root.display())))
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn fixtures(&self) -> PathBuf {
        self.root.join("fixtures")
    }

    /// The cargo that runs us, in the root of the workspace.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root);
        cargo
    }

    /// What cargo says of it.
    pub(crate) fn metadata(&self) -> Result<Metadata, Error> {
        let output = self
            .cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(Error::spawn("cargo metadata"))?;
        if !output.status.success() {
            return Err(Error::Status {
                program: "cargo metadata".into(),
                status: output.status.to_string(),
            });
        }
        serde_json::from_slice(&output.stdout).map_err(Error::Metadata)
    }
}

impl KernelSuite {
    /// The folder of the package, in which its tests run.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// The program of this suite, by what cargo said as it built everything (`--message-format=json`).
    pub(crate) fn program(&self, messages: &str) -> Option<PathBuf> {
        self.built(messages, Target::is_kernel_suite).next()
    }

    /// The unit tests of its package, by the same.
    pub(crate) fn units(&self, messages: &str) -> Option<PathBuf> {
        self.built(messages, |target| target.kind.iter().any(|kind| kind == "lib")).next()
    }

    /// The commands of its package, by the same. Tests have the paths of these compiled in.
    pub(crate) fn commands(&self, messages: &str) -> Vec<PathBuf> {
        self.built(messages, |target| target.kind.iter().any(|kind| kind == "bin")).collect()
    }

    fn built(&self, messages: &str, wanted: impl Fn(&Target) -> bool) -> impl Iterator<Item = PathBuf> {
        messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Artifact>(line).ok())
            .filter(move |artifact| artifact.manifest_path == self.manifest_path && wanted(&artifact.target))
            .filter_map(|artifact| artifact.executable)
    }
}

/// The message of cargo that something was built.
#[derive(Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    target: Target,
    executable: Option<PathBuf>,
}

/// The part of `cargo metadata` that is used here.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
    /// Where cargo builds.
    pub(crate) target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Target {
    fn is_kernel_suite(&self) -> bool {
        self.name == "kernel" && self.kind.iter().any(|kind| kind == "test")
    }
}

impl Metadata {
    /// Every test target named `kernel`.
    pub(crate) fn kernel_suites(&self) -> Vec<KernelSuite> {
        self.packages
            .iter()
            .filter(|package| package.targets.iter().any(Target::is_kernel_suite))
            .map(|package| KernelSuite {
                package: package.name.clone(),
                manifest_path: package.manifest_path.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_suites_are_test_targets_of_that_name() {
        let metadata = br#"{"packages": [
            {"name": "a", "manifest_path": "/w/a/Cargo.toml",
             "targets": [{"name": "a", "kind": ["lib"]}, {"name": "kernel", "kind": ["test"]}]},
            {"name": "kernel", "manifest_path": "/w/k/Cargo.toml", "targets": [{"name": "kernel", "kind": ["lib"]}]},
            {"name": "b", "manifest_path": "/w/b/Cargo.toml", "targets": [{"name": "plans", "kind": ["test"]}]}
        ], "target_directory": "/w/target", "version": 1}"#;
        let metadata: Metadata = serde_json::from_slice(metadata).unwrap();
        let suite = KernelSuite { package: "a".into(), manifest_path: "/w/a/Cargo.toml".into() };
        assert_eq!(suite.folder(), Path::new("/w/a"));
        assert_eq!(metadata.kernel_suites(), [suite]);
    }

    #[test]
    fn their_programs_are_what_cargo_built() {
        let suite = KernelSuite { package: "a".into(), manifest_path: "/w/a/Cargo.toml".into() };
        let artifact = |manifest: &str, kind: &str, executable: &str| {
            format!(
                r#"{{"reason": "compiler-artifact", "manifest_path": "{manifest}",
                "target": {{"name": "kernel", "kind": ["{kind}"]}}, "executable": {executable}}}"#
            )
            .replace('\n', " ")
        };
        let messages = [
            r#"{"reason": "build-script-executed", "package_id": "x"}"#.to_string(),
            artifact("/w/b/Cargo.toml", "test", r#""/t/kernel-1""#),
            artifact("/w/a/Cargo.toml", "lib", "null"),
            artifact("/w/a/Cargo.toml", "lib", r#""/t/units""#),
            artifact("/w/a/Cargo.toml", "bin", r#""/t/a""#),
            artifact("/w/a/Cargo.toml", "test", r#""/t/kernel-2""#),
            r#"{"reason": "build-finished", "success": true}"#.to_string(),
        ];
        assert_eq!(suite.program(&messages.join("\n")), Some("/t/kernel-2".into()));
        assert_eq!(suite.program(&messages[..5].join("\n")), None);
        assert_eq!(suite.units(&messages.join("\n")), Some("/t/units".into()));
        assert_eq!(suite.units(&messages[..3].join("\n")), None);
        assert_eq!(suite.commands(&messages.join("\n")), [Path::new("/t/a")]);
    }

    #[test]
    fn this_workspace_is_found() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root().join("Cargo.toml").is_file());
        assert!(workspace.metadata().unwrap().target_directory.is_absolute());
    }
}
