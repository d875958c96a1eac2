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

/// A test binary that needs privileges: the test target `kernel` of a package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KernelSuite {
    pub(crate) package: String,
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
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Metadata {
    /// Every test target named `kernel`, by package name.
    pub(crate) fn kernel_suites(&self) -> Vec<KernelSuite> {
        let is_kernel_suite =
            |target: &Target| target.name == "kernel" && target.kind.iter().any(|kind| kind == "test");
        self.packages
            .iter()
            .filter(|package| package.targets.iter().any(is_kernel_suite))
            .map(|package| KernelSuite { package: package.name.clone() })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_suites_are_test_targets_of_that_name() {
        let metadata = br#"{"packages": [
            {"name": "a", "targets": [{"name": "a", "kind": ["lib"]}, {"name": "kernel", "kind": ["test"]}]},
            {"name": "kernel", "targets": [{"name": "kernel", "kind": ["lib"]}]},
            {"name": "b", "targets": [{"name": "plans", "kind": ["test"]}]}
        ], "target_directory": "/w/target", "version": 1}"#;
        let metadata: Metadata = serde_json::from_slice(metadata).unwrap();
        assert_eq!(metadata.kernel_suites(), [KernelSuite { package: "a".into() }]);
    }

    #[test]
    fn this_workspace_is_found() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root().join("Cargo.toml").is_file());
        assert!(workspace.metadata().unwrap().target_directory.is_absolute());
    }
}
