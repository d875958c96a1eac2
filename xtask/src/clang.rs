//! Finding clang, and installing it where that can be done.

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::{apt, machine};

/// The oldest clang whose BTF the fixtures can be compared by.
pub(crate) const OLDEST: u32 = 15;
/// The newest one that is looked for by a name with its number.
const NEWEST_NAMED: u32 = 22;
/// What is installed where there is a choice: the newest up to this one.
const PREFERRED: u32 = 19;

/// A clang that can compile for BPF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clang {
    /// Absolute.
    pub(crate) program: PathBuf,
    /// The first line of `clang --version`.
    pub(crate) version: String,
}

/// Looks for a clang on PATH. Of several, the one with this version line is taken, else the first found.
///
/// # Errors
///
/// [`Error::NoClang`] says what was tried, and what can be done.
pub(crate) fn find(wanted: Option<&str>) -> Result<Clang, Error> {
    let mut found: Vec<Clang> = Vec::new();
    let mut rejected = Vec::new();
    let path = env::var_os("PATH").unwrap_or_default();
    for name in names() {
        for program in env::split_paths(&path).map(|dir| dir.join(&name)).filter(|program| program.is_file())
        {
            match inspect(&program) {
                Ok(clang) => found.push(clang),
                Err(why) => rejected.push(format!("{} {why}", program.display())),
            }
        }
    }
    let matching = found.iter().position(|clang| Some(clang.version.as_str()) == wanted);
    if found.is_empty() {
        return Err(Error::NoClang { tried: tried(&rejected), help: help().into() });
    }
    Ok(found.swap_remove(matching.unwrap_or(0)))
}

/// As [`find`]; where there is none, and it can be installed, installs one: after asking on a terminal, or at once
/// when told so.
pub(crate) fn find_or_install(wanted: Option<&str>, without_asking: bool) -> Result<Clang, Error> {
    let missing = match find(wanted) {
        Err(missing @ Error::NoClang { .. }) => missing,
        other => return other,
    };
    if !can_install() || !(without_asking || can_ask()) {
        return Err(missing);
    }
    let Some(package) = offered_package()? else { return Err(missing) };
    if !without_asking && !ask(&format!("{missing}\nInstall {package} with apt-get now?"))? {
        return Err(missing);
    }
    apt::get(&["install", "--yes", "--no-install-recommends", &package])?;
    find(wanted)
}

/// The names that are looked for, in this order.
fn names() -> Vec<String> {
    let numbered = (OLDEST..=NEWEST_NAMED).rev().map(|number| format!("clang-{number}"));
    std::iter::once("clang".to_string()).chain(numbered).collect()
}

fn tried(rejected: &[String]) -> String {
    let mut text = format!("tried clang and clang-{NEWEST_NAMED} to clang-{OLDEST} on PATH");
    for why in rejected {
        text.push_str("; ");
        text.push_str(why);
    }
    text
}

fn inspect(program: &Path) -> Result<Clang, String> {
    let run = |argument: &str| {
        let output = Command::new(program)
            .arg(argument)
            .output()
            .map_err(|error| format!("does not run ({error})"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!("does not understand {argument}"))
        }
    };
    let text = run("--version")?;
    let version = text.lines().next().unwrap_or_default().trim().to_string();
    match major(&version) {
        None => return Err(format!("does not say which clang it is ({version:?})")),
        Some(number) if number < OLDEST => return Err(format!("is too old ({number})")),
        Some(_) => {}
    }
    if !has_bpf_target(&run("--print-targets")?) {
        return Err("has no BPF target".into());
    }
    let program = std::path::absolute(program).map_err(|error| format!("has no absolute path ({error})"))?;
    Ok(Clang { program, version })
}

/// The 19 of `Debian clang version 19.1.7 (3)`.
fn major(version_line: &str) -> Option<u32> {
    let (_, after) = version_line.split_once("clang version ")?;
    let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn has_bpf_target(print_targets: &str) -> bool {
    print_targets.lines().filter_map(|line| line.split_whitespace().next()).any(|target| target == "bpfel")
}

fn help() -> &'static str {
    match (machine::is_debian_like(), machine::is_root()) {
        (true, true) => "to install one: cargo xtask fixtures --install-clang",
        (true, false) => "to install one: apt-get install clang, as root",
        (false, _) => {
            "install clang 15 or newer with the packages of this system; Apple's clang has no BPF target, LLVM's has"
        }
    }
}

fn can_install() -> bool {
    machine::is_debian_like() && machine::is_root()
}

/// The package to install, after refreshing the lists where they know none.
fn offered_package() -> Result<Option<String>, Error> {
    let choice = choose_package(&apt_cache_search()?);
    if choice.is_some() {
        return Ok(choice);
    }
    apt::get(&["update"])?;
    Ok(choose_package(&apt_cache_search()?))
}

/// The newest up to [`PREFERRED`], else the oldest after it.
fn choose_package(search_output: &str) -> Option<String> {
    let numbers = search_output
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.strip_prefix("clang-")?.parse::<u32>().ok());
    let (fine, newer): (Vec<u32>, Vec<u32>) =
        numbers.filter(|number| *number >= OLDEST).partition(|number| *number <= PREFERRED);
    let number = fine.into_iter().max().or_else(|| newer.into_iter().min())?;
    Some(format!("clang-{number}"))
}

fn apt_cache_search() -> Result<String, Error> {
    let output = Command::new("apt-cache")
        .args(["search", "--names-only", "^clang-[0-9]+$"])
        .output()
        .map_err(Error::spawn("apt-cache"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn ask(question: &str) -> Result<bool, Error> {
    eprint!("{question} [y/N] ");
    io::stderr().flush().map_err(Error::file("write to", Path::new("the terminal")))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::file("read from", Path::new("the terminal")))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_lines() {
        let check = |line, expected| assert_eq!(major(line), expected, "{line}");
        check("Debian clang version 19.1.7 (3~deb12u1)", Some(19));
        check("clang version 22.0.0git (https://example.org/llvm 0123abc)", Some(22));
        check("Ubuntu clang version 15.0.7", Some(15));
        check("Apple clang version 16.0.0 (clang-1600.0.26.6)", Some(16));
        check("gcc (Debian 12.2.0) 12.2.0", None);
        check("", None);
    }

    #[test]
    fn targets() {
        assert!(has_bpf_target(
            "  Registered Targets:\n    bpf   - BPF (host endian)\n    bpfel - BPF (little endian)\n"
        ));
        assert!(!has_bpf_target("  Registered Targets:\n    x86-64 - 64-bit X86\n"));
    }

    #[test]
    fn names_start_with_the_plain_one() {
        let names = names();
        assert_eq!(names.first().map(String::as_str), Some("clang"));
        assert_eq!(names.get(1).map(String::as_str), Some("clang-22"));
        assert_eq!(names.last().map(String::as_str), Some("clang-15"));
    }

    #[test]
    fn packages() {
        let check =
            |search: &str, expected: Option<&str>| assert_eq!(choose_package(search).as_deref(), expected);
        check(
            "clang-14 - C compiler\nclang-16 - C compiler\nclang-19 - C compiler\nclang-20 - C\n",
            Some("clang-19"),
        );
        check("clang-21 - C compiler\nclang-20 - C compiler\n", Some("clang-20"));
        check("clang-14 - C compiler\nclang-tools-19 - tools\n", None);
        check("", None);
    }
}
