//! Debian's kernel packages, by an apt configuration of our own: the machine's stays as it is, and no root is needed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use super::kernels::{Offer, Request, Version};
use crate::error::Error;

/// Lists of packages that are younger are taken as they are.
const FRESH: Duration = Duration::from_secs(12 * 60 * 60);
/// How many point releases are tried: some are listed and no longer there.
const TRIED: usize = 3;
const KEYRINGS: [&str; 2] =
    ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/// Where kernels are kept, and how to get them.
pub(super) struct Store {
    /// Holds `lists/`, an apt configuration for each group of suites, and `kernels/`.
    root: PathBuf,
}

/// A kernel that is here, unpacked.
#[derive(Debug)]
pub(super) struct Kernel {
    pub(super) name: String,
    pub(super) release: String,
    pub(super) version: Version,
    /// The compressed image that is booted.
    pub(super) image: PathBuf,
    /// `CONFIG_…=…`, a line each.
    pub(super) config: String,
    /// The files of its modules, below here.
    pub(super) folder: PathBuf,
}

/// Suites of an archive, under a configuration of their own.
struct Archive {
    folder: PathBuf,
}

/// A line of a sources list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    uri: String,
    suite: String,
}

impl Store {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where everything that is kept is.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The best kernel for a request: from the cache if the archive has nothing newer, or does not answer.
    pub(super) fn get(&self, request: &Request) -> Result<Kernel, Error> {
        let found = self.offers(request);
        let offers = match &found {
            Ok((_, offers)) => offers.clone(),
            Err(_) => request.choose(self.cached().iter().map(String::as_str)),
        };
        let mut last = None;
        for offer in offers.into_iter().take(TRIED) {
            let folder = self.kernels().join(&offer.package);
            if !folder.is_dir() {
                let Ok((archive, _)) = &found else { continue };
                let release = offer.release();
                let parts = |name: &str| name.starts_with("linux-") && name.ends_with(&format!("-{release}"));
                if let Err(error) = archive.unpack(&offer.package, parts, &folder) {
                    last = Some(error);
                    continue;
                }
            }
            return Kernel::open(&offer, folder);
        }
        match (last, found) {
            (Some(error), _) | (None, Err(error)) => Err(error),
            (None, Ok(_)) => Err(Error::NoKernel(format!("no package source has a kernel {request}"))),
        }
    }

    /// What modules for a kernel are built with, unpacked: a root with `usr/src/linux-headers-RELEASE` in it.
    pub(super) fn headers(&self, request: &Request, kernel: &Kernel) -> Result<PathBuf, Error> {
        let package = format!("linux-headers-{}", kernel.release);
        let folder = self.root.join("headers").join(&package);
        if !folder.is_dir() {
            let parent = self.root.join("headers");
            fs::create_dir_all(&parent).map_err(Error::file("create", &parent))?;
            let (archive, _) = self.offers(request)?;
            let parts = |name: &str| name.starts_with("linux-headers-") || name.starts_with("linux-kbuild-");
            archive.unpack(&package, parts, &folder).map_err(|error| match error {
                Error::Status { status, .. } if status.contains("No packages found") => {
                    Error::NoKernel(format!("no package source has {package}"))
                }
                other => other,
            })?;
        }
        Ok(folder)
    }

    /// What there is for a request, in the machine's own suites or else in those that are known to have it.
    fn offers(&self, request: &Request) -> Result<(Archive, Vec<Offer>), Error> {
        let (own, archive_uri) = own_sources()?;
        let archive = Archive::new(self.root.join("apt/own"), &own)?;
        let offers = archive.offers(request)?;
        if !offers.is_empty() {
            return Ok((archive, offers));
        }
        let security = own.iter().find(|source| source.suite.ends_with("-security"));
        let sources: Vec<Source> = request
            .suites()
            .iter()
            .filter_map(|suite| {
                let uri = if suite.ends_with("-security") { &security?.uri } else { &archive_uri };
                Some(Source { uri: uri.clone(), suite: (*suite).into() })
            })
            .collect();
        let name = request.suites().first().copied().unwrap_or_default();
        let archive = Archive::new(self.root.join("apt").join(name), &sources)?;
        let offers = archive.offers(request)?;
        Ok((archive, offers))
    }

    fn kernels(&self) -> PathBuf {
        self.root.join("kernels")
    }

    fn cached(&self) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.kernels()) else { return Vec::new() };
        folder.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }
}

impl Kernel {
    fn open(offer: &Offer, folder: PathBuf) -> Result<Self, Error> {
        let (name, release, version) = (offer.name(), offer.release().to_owned(), offer.version);
        let found = |wanted: &str| {
            let file = files(&folder).into_iter().find(|path| {
                path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
                    name == wanted
                        || name.strip_prefix(wanted).and_then(|rest| rest.strip_prefix('-')) == Some(&release)
                })
            });
            file.ok_or_else(|| Error::NoKernel(format!("{} has no {wanted}", folder.display())))
        };
        let image = found("vmlinuz")?;
        let config = found("config")?;
        let config = fs::read_to_string(&config).map_err(Error::file("read", &config))?;
        Ok(Self { name, release, version, image, config, folder })
    }

    /// Whether it was built with this option, or has it as a module.
    pub(super) fn has(&self, option: &str) -> bool {
        self.config
            .lines()
            .filter_map(|line| line.strip_prefix(option)?.strip_prefix('='))
            .any(|value| value == "y" || value == "m")
    }
}

impl Archive {
    fn new(folder: PathBuf, sources: &[Source]) -> Result<Self, Error> {
        let archive = Self { folder };
        for below in ["lists/partial", "archives/partial"] {
            let path = archive.folder.join(below);
            fs::create_dir_all(&path).map_err(Error::file("create", &path))?;
        }
        archive.write("status", "")?;
        archive.write("sources.list", &source_list(sources))?;
        archive.write("apt.conf", &archive.configuration()?)?;
        Ok(archive)
    }

    /// Everything in this folder, and from the machine only how it reaches the net.
    fn configuration(&self) -> Result<String, Error> {
        let machine = Command::new("apt-config").arg("dump").output().map_err(Error::spawn("apt-config"))?;
        let mut text: String = String::from_utf8_lossy(&machine.stdout)
            .lines()
            .filter(|line| {
                ["http", "https", "Check-", "Force", "Retries"]
                    .iter()
                    .any(|name| line.strip_prefix("Acquire::").is_some_and(|rest| rest.starts_with(name)))
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        let at = |name: &str| self.folder.join(name).display().to_string();
        for (key, value) in [
            ("Dir::State", at("")),
            ("Dir::State::lists", at("lists")),
            ("Dir::State::status", at("status")),
            ("Dir::Cache", at("")),
            ("Dir::Cache::archives", at("archives")),
            ("Dir::Etc::sourcelist", at("sources.list")),
            ("Dir::Etc::sourceparts", "/dev/null".into()),
            ("Dir::Etc::preferences", "/dev/null".into()),
            ("Dir::Etc::preferencesparts", "/dev/null".into()),
            ("Dir::Etc::main", "/dev/null".into()),
            ("Dir::Etc::parts", "/dev/null".into()),
            ("APT::Architecture", "amd64".into()),
            ("APT::Sandbox::User", "root".into()),
            ("Acquire::Languages", "none".into()),
        ] {
            text.push_str(&format!("{key} \"{value}\";\n"));
        }
        Ok(text)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        if fs::read_to_string(&path).ok().as_deref() == Some(text) {
            return Ok(());
        }
        // Other sources, other lists.
        let _ = fs::remove_file(self.stamp());
        fs::write(&path, text).map_err(Error::file("write", &path))
    }

    fn stamp(&self) -> PathBuf {
        self.folder.join("updated")
    }

    fn update(&self) -> Result<(), Error> {
        self.run("apt-get", &["-qq", "update"], &self.folder)?;
        fs::write(self.stamp(), "").map_err(Error::file("write", &self.stamp()))
    }

    fn is_fresh(&self) -> bool {
        let written = fs::metadata(self.stamp()).and_then(|metadata| metadata.modified());
        written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age < FRESH))
    }

    fn offers(&self, request: &Request) -> Result<Vec<Offer>, Error> {
        if !self.is_fresh() {
            self.update()?;
        }
        let output = self.run("apt-cache", &["pkgnames", "linux-image-"], &self.folder)?;
        Ok(request.choose(String::from_utf8_lossy(&output.stdout).lines()))
    }

    /// Downloads a package, with those of its dependencies that are `parts` of it, and unpacks that as a whole or not at
    /// all.
    fn unpack(&self, package: &str, parts: impl Fn(&str) -> bool, folder: &Path) -> Result<(), Error> {
        println!("downloading {package}");
        let scratch = folder.with_extension(format!("partial-{}", std::process::id()));
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(Error::file("create", &scratch))?;
        let result = self.unpack_into(package, parts, &scratch);
        if result.is_ok() {
            return fs::rename(&scratch, folder).map_err(Error::file("rename", &scratch));
        }
        let _ = fs::remove_dir_all(&scratch);
        result
    }

    fn unpack_into(&self, package: &str, parts: impl Fn(&str) -> bool, scratch: &Path) -> Result<(), Error> {
        let depends = self.run("apt-cache", &["depends", "--important", package], scratch)?;
        let mut packages = vec![package];
        let depends = String::from_utf8_lossy(&depends.stdout);
        packages.extend(dependencies(&depends).filter(|name| parts(name)).collect::<BTreeSet<_>>());
        let download: Vec<&str> = ["-qq", "download"].into_iter().chain(packages).collect();
        if self.run("apt-get", &download, scratch).is_err() {
            // It may have been superseded since the lists were read.
            self.update()?;
            self.run("apt-get", &download, scratch)?;
        }
        let archives: Vec<PathBuf> =
            files(scratch).into_iter().filter(|path| path.extension().is_some_and(|e| e == "deb")).collect();
        for archive in archives {
            let output = Command::new("dpkg-deb").arg("-x").arg(&archive).arg(scratch).output();
            succeeded("dpkg-deb -x", output.map_err(Error::spawn("dpkg-deb"))?)?;
            fs::remove_file(&archive).map_err(Error::file("remove", &archive))?;
        }
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[&str], folder: &Path) -> Result<Output, Error> {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env("APT_CONFIG", self.folder.join("apt.conf"))
            .output()
            .map_err(Error::spawn(program))?;
        succeeded(&format!("{program} {}", arguments.join(" ")), output)
    }
}

fn succeeded(program: &str, output: Output) -> Result<Output, Error> {
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let status = said.lines().rfind(|line| line.starts_with("E:")).map(str::to_owned);
    Err(Error::Status { program: program.into(), status: status.unwrap_or(output.status.to_string()) })
}

/// The machine's own suites, and the address of the archive that it uses.
fn own_sources() -> Result<(Vec<Source>, String), Error> {
    let none =
        |why: &str| Error::NoKernel(format!("{why}: kernels are taken from the package archive of Debian"));
    let os_release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value =
        |name: &str| os_release.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim_matches('"'));
    if value("ID=") != Some("debian") {
        return Err(none("this is not Debian"));
    }
    let codename =
        value("VERSION_CODENAME=").ok_or_else(|| none("/etc/os-release has no VERSION_CODENAME"))?;
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages"])
        .output()
        .map_err(Error::spawn("apt-get"))?;
    let sources = sources_of(&String::from_utf8_lossy(&output.stdout), codename);
    let archive = sources.iter().find(|source| source.suite == codename);
    let uri =
        archive.ok_or_else(|| none(&format!("no package source has the suite {codename}")))?.uri.clone();
    Ok((sources, uri))
}

/// Of lines `URI|SUITE|COMPONENT`, those of this release of the system.
fn sources_of(targets: &str, codename: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    for line in targets.lines() {
        let mut fields = line.split('|');
        let (Some(uri), Some(suite), Some("main")) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let rest = suite.strip_prefix(codename);
        let source = Source { uri: uri.into(), suite: suite.into() };
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) && !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

fn source_list(sources: &[Source]) -> String {
    let keyring = KEYRINGS.iter().find(|path| Path::new(path).is_file());
    let signed = keyring.map(|path| format!(" signed-by={path}")).unwrap_or_default();
    sources
        .iter()
        .map(|Source { uri, suite }| format!("deb [arch=amd64{signed}] {uri} {suite} main\n"))
        .collect()
}

/// What `apt-cache depends` says is needed without a choice. From 6.19 on the image is split over several packages.
fn dependencies(depends: &str) -> impl Iterator<Item = &str> {
    depends.lines().filter_map(|line| line.trim().strip_prefix("Depends: "))
}

/// All files below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_of_this_release_are_our_own() {
        let targets = "\
http://mirror/debian/|bookworm|main
http://mirror/debian/|bookworm|contrib
http://mirror/debian/|bookworm-updates|main
http://mirror/security/|bookworm-security|main
https://elsewhere/apt/|tool-bookworm|main
http://mirror/debian/|bookworm|main
";
        let sources = sources_of(targets, "bookworm");
        let text: Vec<String> =
            sources.iter().map(|source| format!("{} {}", source.uri, source.suite)).collect();
        assert_eq!(
            text,
            [
                "http://mirror/debian/ bookworm",
                "http://mirror/debian/ bookworm-updates",
                "http://mirror/security/ bookworm-security"
            ]
        );
        assert!(sources_of(targets, "trixie").is_empty());
    }

    #[test]
    fn a_split_image_is_found_by_what_it_depends_on() {
        let depends = "\
linux-image-7.2.12+deb13-cloud-amd64
  PreDepends: linux-base
 |Depends: dracut
  Depends: <linux-initramfs-tool>
    dracut
  Depends: linux-base-7.2.12+deb13-cloud-amd64
  Depends: linux-binary-7.2.12+deb13-cloud-amd64
  Depends: linux-modules-7.2.12+deb13-cloud-amd64
";
        assert_eq!(
            dependencies(depends).filter(|name| name.starts_with("linux-")).collect::<Vec<_>>(),
            [
                "linux-base-7.2.12+deb13-cloud-amd64",
                "linux-binary-7.2.12+deb13-cloud-amd64",
                "linux-modules-7.2.12+deb13-cloud-amd64"
            ]
        );
    }
}
