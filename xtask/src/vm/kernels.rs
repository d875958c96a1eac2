//! Which kernels are asked for, and which image of those that an archive offers that is.

use std::fmt;
use std::str::FromStr;

/// What is booted without arguments: these come from the machine's own package sources.
pub(super) const DEFAULT: [&str; 2] = ["6.1", "6.12"];
/// What `all` stands for.
pub(super) const ALL: [&str; 6] = ["5.10", "6.1", "6.12", "6.16+", "6.18-full", "7.x"];

/// A kernel as it is asked for on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    series: Series,
    flavour: Flavour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Series {
    /// `6.12`
    Exactly(Version),
    /// `6.16+`: the oldest that there is from that one on.
    From(Version),
    /// `7.x`: the newest with this first number.
    NewestOf(u32),
}

/// Debian builds the same sources with several configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flavour {
    /// Small, and enough for a virtual machine.
    Cloud,
    /// With all drivers and subsystems.
    Full,
}

/// The first two numbers of a kernel's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32);

/// An image package: `linux-image-6.12.117+deb12-cloud-amd64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) package: String,
    pub(super) version: Version,
    flavour: Flavour,
    /// All numbers in its release, in order: what is newer has the greater ones.
    numbers: Vec<u32>,
}

impl Request {
    /// The suites of the archive that have it, where the machine's own package sources have not.
    pub(super) fn suites(&self) -> &'static [&'static str] {
        let version = match self.series {
            Series::Exactly(version) | Series::From(version) => version,
            Series::NewestOf(major) => Version(major, u32::MAX),
        };
        match version {
            Version(5, _) => &["bullseye", "bullseye-security"],
            Version(6, 0..=1) => &["bookworm", "bookworm-security"],
            Version(6, 2..=12) => &["trixie", "trixie-security"],
            _ => &["trixie-backports"],
        }
    }

    /// Of the packages with these names, those that fit: the best one first, then what else may do.
    pub(super) fn choose<'a>(&self, packages: impl IntoIterator<Item = &'a str>) -> Vec<Offer> {
        let mut offers: Vec<Offer> = packages.into_iter().filter_map(Offer::of).collect();
        offers.retain(|offer| offer.flavour == self.flavour);
        let versions = offers.iter().map(|offer| offer.version);
        let version = match self.series {
            Series::Exactly(version) => Some(version),
            Series::From(oldest) => versions.filter(|version| *version >= oldest).min(),
            Series::NewestOf(major) => versions.filter(|version| version.0 == major).max(),
        };
        offers.retain(|offer| Some(offer.version) == version);
        offers.sort_by(|one, other| other.numbers.cmp(&one.numbers));
        offers.dedup();
        offers
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "a kernel is `6.12`, `6.12-full`, `6.16+` (the oldest from it on) or `7.x` (the newest), not {text:?}"
            )
        };
        let (series, flavour) = match text.strip_suffix("-full") {
            Some(series) => (series, Flavour::Full),
            None => (text, Flavour::Cloud),
        };
        let series = if let Some(major) = series.strip_suffix(".x") {
            Series::NewestOf(major.parse().map_err(|_| wrong())?)
        } else if let Some(oldest) = series.strip_suffix('+') {
            Series::From(oldest.parse().map_err(|_| wrong())?)
        } else {
            Series::Exactly(series.parse().map_err(|_| wrong())?)
        };
        Ok(Self { series, flavour })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.series {
            Series::Exactly(version) => version.fmt(f)?,
            Series::From(version) => write!(f, "{version}+")?,
            Series::NewestOf(major) => write!(f, "{major}.x")?,
        }
        self.flavour.fmt(f)
    }
}

impl Offer {
    /// Reads a package's name. None for what is no kernel image with its own release: other architectures, real-time
    /// kernels, packages that only depend on the newest.
    fn of(package: &str) -> Option<Self> {
        let release = package.strip_prefix("linux-image-")?;
        let (release, flavour) = match release.strip_suffix("-cloud-amd64") {
            Some(release) => (release, Flavour::Cloud),
            None => (release.strip_suffix("-amd64")?, Flavour::Full),
        };
        let is_release = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
        let own = release.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix("+deb");
        if !own.unwrap_or(release).chars().all(is_release) {
            return None;
        }
        let numbers: Vec<u32> = own
            .unwrap_or(release)
            .split(|c: char| !c.is_ascii_digit())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        match *numbers {
            [major, minor, _, ..] => {
                Some(Self { package: package.into(), version: Version(major, minor), flavour, numbers })
            }
            _ => None,
        }
    }

    /// Its release, as `uname -r` says it.
    pub(super) fn release(&self) -> &str {
        self.package.strip_prefix("linux-image-").unwrap_or(&self.package)
    }

    /// The name of its column.
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.version, self.flavour)
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self(major.parse().map_err(drop)?, minor.parse().map_err(drop)?))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cloud => "",
            Self::Full => "-full",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 12] = [
        "linux-image-5.10.0-9-cloud-amd64",
        "linux-image-5.10.0-46-cloud-amd64",
        "linux-image-6.1.0-0.deb11.52-cloud-amd64",
        "linux-image-6.12-cloud-amd64",
        "linux-image-6.12.99+deb12-cloud-amd64",
        "linux-image-6.12.117+deb12-cloud-amd64",
        "linux-image-6.17.8+deb13-cloud-amd64",
        "linux-image-6.18.9+deb13-amd64",
        "linux-image-6.18.15+deb13-amd64",
        "linux-image-6.18.15+deb13-rt-amd64",
        "linux-image-7.0.13+deb13-cloud-amd64",
        "linux-image-7.2.6+deb13-cloud-amd64",
    ];

    fn check(request: &str, expected: &[&str]) {
        let request: Request = request.parse().unwrap();
        let chosen = request.choose(OFFERED);
        let releases: Vec<&str> = chosen.iter().map(Offer::release).collect();
        assert_eq!(releases, expected, "{request}");
    }

    #[test]
    fn the_newest_point_release_comes_first() {
        check("5.10", &["5.10.0-46-cloud-amd64", "5.10.0-9-cloud-amd64"]);
        check("6.12", &["6.12.117+deb12-cloud-amd64", "6.12.99+deb12-cloud-amd64"]);
        check("6.18-full", &["6.18.15+deb13-amd64", "6.18.9+deb13-amd64"]);
        check("6.16+", &["6.17.8+deb13-cloud-amd64"]);
        check("7.x", &["7.2.6+deb13-cloud-amd64"]);
        check("7.0", &["7.0.13+deb13-cloud-amd64"]);
        check("6.1", &[]);
        check("6.18", &[]);
    }

    #[test]
    fn columns_are_named_by_what_was_found() {
        let name = |request: &str| request.parse::<Request>().unwrap().choose(OFFERED)[0].name();
        assert_eq!(["6.16+", "6.18-full", "7.x"].map(name), ["6.17", "6.18-full", "7.2"]);
    }

    #[test]
    fn requests_are_printed_as_they_are_written() {
        for text in ALL.iter().chain(&DEFAULT).chain(&["6.16", "6.16+-full"]) {
            assert_eq!(text.parse::<Request>().unwrap().to_string(), *text);
        }
        for text in ["", "6", "6.", "x", "6.12-cloud", "6.1.2"] {
            assert!(text.parse::<Request>().is_err(), "{text}");
        }
    }
}
