//! One boot of a guest: in software, so that it is the same everywhere, and ended by us if it does not end by itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::Error;

pub(super) const PROGRAM: &str = "qemu-system-x86_64";

/// To the first line of our own.
const BOOT: Duration = Duration::from_secs(90);
/// Without a word from the tests. The longest of them moves 64 MiB.
const SILENCE: Duration = Duration::from_secs(120);
/// For all of it.
const WHOLE: Duration = Duration::from_secs(600);

/// What is booted.
pub(super) struct Guest<'a> {
    pub(super) image: &'a Path,
    pub(super) initramfs: &'a Path,
    pub(super) parameters: &'a str,
    pub(super) cpus: u32,
    /// Where the files of its serial ports are put.
    pub(super) folder: &'a Path,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All suites ran, whatever came of them.
    Finished,
    /// It was gone before that: a panic, a reset.
    Died,
    /// It was ended by us.
    TimedOut,
}

/// What is left of a guest.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) ending: Ending,
    /// Of the suites.
    pub(super) output: String,
    /// Lines `suite NAME STATUS`.
    pub(super) status: String,
    pub(super) console: PathBuf,
    pub(super) booted: Option<Duration>,
    pub(super) took: Duration,
}

impl Guest<'_> {
    /// Boots it, and waits for its end.
    pub(super) fn run(&self) -> Result<Ended, Error> {
        fs::create_dir_all(self.folder).map_err(Error::file("create", self.folder))?;
        let [console, output, status] = ["console", "output", "status"].map(|name| self.folder.join(name));
        for port in [&console, &output, &status] {
            fs::write(port, "").map_err(Error::file("write", port))?;
        }
        let mut qemu = Command::new(PROGRAM);
        qemu.args(["-accel", "tcg", "-cpu", "max", "-nodefaults", "-no-user-config", "-no-reboot"])
            .args(["-display", "none", "-monitor", "none", "-nic", "none"])
            .args(["-m", &format!("{}M", self.memory()?), "-smp", &self.cpus.to_string()])
            .arg("-kernel")
            .arg(self.image)
            .arg("-initrd")
            .arg(self.initramfs)
            .args(["-append", &format!("console=ttyS0 panic=-1 {}", self.parameters)]);
        for port in [&console, &output, &status] {
            qemu.arg("-serial").arg(format!("file:{}", port.display()));
        }
        let said = fs::File::create(self.folder.join("qemu")).map_err(Error::file("create", self.folder))?;
        let started = Instant::now();
        let child = qemu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn();
        let mut child = Killed(child.map_err(Error::spawn(PROGRAM))?);

        let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        let (mut booted, mut heard, mut last) = (None, started, 0);
        let mut ending = Ending::Died;
        while child.0.try_wait().map_err(Error::spawn(PROGRAM))?.is_none() {
            sleep(Duration::from_millis(50));
            if booted.is_none() && size(&status) > 0 {
                booted = Some(started.elapsed());
            }
            let now = size(&output) + size(&status);
            if now != last {
                (last, heard) = (now, Instant::now());
            }
            let silence = if booted.is_some() { SILENCE } else { BOOT };
            if heard.elapsed() > silence || started.elapsed() > WHOLE {
                ending = Ending::TimedOut;
                break;
            }
        }
        drop(child);
        let read = |path: &Path| -> Result<String, Error> {
            let bytes = fs::read(path).map_err(Error::file("read", path))?;
            Ok(String::from_utf8_lossy(&bytes).replace('\r', ""))
        };
        let status = read(&status)?;
        // A guest that does not power off has still said everything.
        if status.lines().any(|line| line == "end") {
            ending = Ending::Finished;
        }
        Ok(Ended { ending, output: read(&output)?, status, console, booted, took: started.elapsed() })
    }

    /// Mebibytes: the archive is in memory as it came and unpacked, and the tests want some too.
    fn memory(&self) -> Result<u64, Error> {
        let size = fs::metadata(self.initramfs).map_err(Error::file("read", self.initramfs))?.len();
        Ok(128 + 3 * size.div_ceil(1 << 20))
    }
}

/// A process that does not outlive us.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
