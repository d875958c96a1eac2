//! Stored snapshots: none waits for a decision, and each is used by a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::tally::Suite;
use crate::error::Error;
use crate::workspace::Workspace;

/// insta appends the path of each snapshot to the file named there, as it looks at it.
pub(super) const REFERENCES_FILE: &str = "INSTA_SNAPSHOT_REFERENCES_FILE";

const NAME: &str = "snapshots";
const PENDING: &str = "waits for a decision: read it with `cargo insta review`";
const UNUSED: &str = "no test looks at it: delete it, or find out which test is gone";

/// Compares the snapshots in the workspace with what the plain tests referred to. Tests that failed, or did not run,
/// may have more to say: then the question of unused ones stays open.
pub(super) fn check(
    workspace: &Workspace,
    target: &Path,
    references: &Path,
    all_passed: bool,
) -> Result<Suite, Error> {
    let root = workspace.root();
    let root = fs::canonicalize(root).map_err(Error::file("resolve", root))?;
    // There is none before the first build.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_path_buf());
    let found = find(&root, &target)?;
    let used = match fs::read_to_string(references) {
        Ok(text) => used(&text),
        // Nobody looked at any.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
        Err(error) => return Err(Error::file("read", references)(error)),
    };
    Ok(judge(&root, &found, all_passed.then_some(&used)))
}

/// What lies in the workspace, by canonical paths.
#[derive(Debug, Default)]
struct Found {
    accepted: BTreeSet<PathBuf>,
    pending: BTreeSet<PathBuf>,
}

fn judge(root: &Path, found: &Found, used: Option<&BTreeSet<PathBuf>>) -> Suite {
    let name = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let mut suite = Suite::ran(NAME, 0);
    for path in &found.pending {
        suite.fail(&name(path), PENDING);
    }
    if found.pending.is_empty() {
        suite.pass();
    }
    match used {
        None => suite.skip("unused ones", "only known when all plain tests pass"),
        Some(used) => {
            let unused: Vec<&PathBuf> = found.accepted.difference(used).collect();
            for path in &unused {
                suite.fail(&name(path), UNUSED);
            }
            if unused.is_empty() {
                suite.pass();
            }
        }
    }
    suite
}

/// The paths in what insta wrote. One that does not exist belongs to an assertion that failed, and counts there.
fn used(references: &str) -> BTreeSet<PathBuf> {
    references.lines().filter_map(|line| fs::canonicalize(line).ok()).collect()
}

/// Looks everywhere below `root` but in what is not the project's: Git's folder, and what cargo builds into.
fn find(root: &Path, target: &Path) -> Result<Found, Error> {
    // Cargo marks a target folder that it makes itself.
    let is_foreign =
        |dir: &Path| dir == target || dir.ends_with(".git") || dir.join("CACHEDIR.TAG").is_file();
    let mut found = Found::default();
    let mut dirs = vec![root.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))? {
            let entry = entry.map_err(Error::file("read", &dir))?;
            let path = entry.path();
            // Of the entry itself: links are not followed.
            let kind = entry.file_type().map_err(Error::file("inspect", &path))?;
            if kind.is_dir() {
                if !is_foreign(&path) {
                    dirs.push(path);
                }
                continue;
            }
            let set = match path.file_name().and_then(|name| name.to_str()).and_then(state) {
                Some(State::Accepted) => &mut found.accepted,
                Some(State::Pending) => &mut found.pending,
                None => continue,
            };
            set.insert(fs::canonicalize(&path).map_err(Error::file("resolve", &path))?);
        }
    }
    Ok(found)
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Accepted,
    Pending,
}

fn state(file_name: &str) -> Option<State> {
    // A binary one has a companion whose name goes on: `x.snap.new.bin`.
    if file_name.ends_with(".snap.new")
        || file_name.contains(".snap.new.")
        || file_name.ends_with(".pending-snap")
    {
        Some(State::Pending)
    } else {
        file_name.ends_with(".snap").then_some(State::Accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Scratch;

    #[test]
    fn names() {
        assert_eq!(state("cong.snap"), Some(State::Accepted));
        assert_eq!(state("cong.snap.new"), Some(State::Pending));
        assert_eq!(state("image.snap.new.bin"), Some(State::Pending));
        assert_eq!(state(".table.rs.pending-snap"), Some(State::Pending));
        assert_eq!(state("snap"), None);
        assert_eq!(state("snapshots.rs"), None);
    }

    fn set(paths: &[&str]) -> BTreeSet<PathBuf> {
        paths.iter().map(PathBuf::from).collect()
    }

    fn verdict(accepted: &[&str], pending: &[&str], used: Option<&[&str]>) -> String {
        let found = Found { accepted: set(accepted), pending: set(pending) };
        judge(Path::new("/w"), &found, used.map(set).as_ref()).to_string()
    }

    #[test]
    fn all_used_and_none_pending() {
        assert_eq!(verdict(&["/w/a.snap"], &[], Some(&["/w/a.snap"])), "ran 2, failed [], not run []");
        assert_eq!(verdict(&[], &[], Some(&[])), "ran 2, failed [], not run []");
    }

    #[test]
    fn unused_ones_fail() {
        let expected = format!("ran 1, failed [b.snap: {UNUSED}], not run []");
        assert_eq!(verdict(&["/w/a.snap", "/w/b.snap"], &[], Some(&["/w/a.snap"])), expected);
    }

    #[test]
    fn pending_ones_fail() {
        let expected = format!("ran 1, failed [a.snap.new: {PENDING}], not run []");
        assert_eq!(verdict(&["/w/a.snap"], &["/w/a.snap.new"], Some(&["/w/a.snap"])), expected);
    }

    #[test]
    fn failed_tests_leave_unused_ones_open() {
        let expected = "ran 1, failed [], not run [unused ones: only known when all plain tests pass]";
        assert_eq!(verdict(&["/w/a.snap"], &[], None), expected);
    }

    #[test]
    fn the_tree_is_searched_without_what_cargo_builds() {
        let scratch = Scratch::new().unwrap();
        let root = fs::canonicalize(scratch.path()).unwrap();
        let file = |path: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        file("target/package/x/a.snap");
        file("other-target/CACHEDIR.TAG");
        file("other-target/package/x/a.snap");
        file(".git/b.snap");
        let accepted = file("x/tests/snapshots/a.snap");
        let draft = file("x/tests/snapshots/a.snap.new");
        let inline = file("x/src/.lib.rs.pending-snap");
        file("x/src/lib.rs");

        let found = find(&root, &root.join("target")).unwrap();
        assert_eq!(found.accepted, BTreeSet::from([accepted.clone()]));
        assert_eq!(found.pending, BTreeSet::from([draft, inline]));

        let references = format!("{}/x/tests/../tests/snapshots/a.snap\n/nowhere/b.snap\n", root.display());
        assert_eq!(used(&references), BTreeSet::from([accepted]));
    }
}
