//! What the tests share: whether they can run, small programs and maps, and folders that are removed again.

use std::ffi::CStr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpf_sys::uapi::{Insn, MapType, ProgramType};
use bpf_sys::{Capabilities, Capability, MapCreate, MapFd, ProgLoad};
use libtest_mimic::{Completion, Failed, Trial};

pub(crate) const GPL: &CStr = c"GPL";

/// A failure says what was refused; a test that cannot run here answers `ignored_with`.
pub(crate) type Outcome = Result<Completion, Failed>;

pub(crate) const DONE: Outcome = Ok(Completion::Completed);

pub(crate) fn test(name: &str, body: fn() -> Outcome) -> Trial {
    Trial::ignorable_test(name, move || match why_not() {
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => body(),
    })
}

fn why_not() -> Option<&'static str> {
    if std::env::var_os("BPF_TEST_KERNEL").is_none_or(|value| value != "1") {
        return Some("BPF_TEST_KERNEL=1 is not set");
    }
    match Capabilities::effective() {
        Ok(set) if set.has(Capability::Bpf) || set.has(Capability::SysAdmin) => None,
        _ => Some("the process has no CAP_BPF"),
    }
}

pub(crate) fn encode(insns: &[Insn]) -> Vec<u8> {
    insns.iter().flat_map(|insn| insn.to_ne_bytes()).collect()
}

/// Loads `r0 = result; exit`.
pub(crate) fn returning(program_type: ProgramType, result: i32) -> Result<OwnedFd, Failed> {
    let insns = encode(&[Insn::mov64_imm(0, result), Insn::exit()]);
    Ok(ProgLoad::new(program_type, &insns, GPL).name("returning").load()?)
}

pub(crate) fn small_hash() -> Result<MapFd, Failed> {
    Ok(MapCreate::new(MapType::HASH, 4, 8, 4).name("small_hash").create()?)
}

/// A folder of this process's own, removed in the end.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    mounted: bool,
}

impl Folder {
    pub(crate) fn new(parent: &Path, name: &str) -> std::io::Result<Self> {
        let path = parent.join(format!("bpf-sys-{name}-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self { path, mounted: false })
    }

    /// Mounts a BPF file system of its own there.
    pub(crate) fn mount_bpffs(&mut self) -> Result<(), String> {
        let output = Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&self.path).output();
        let output = output.map_err(|error| format!("mount: {error}"))?;
        self.mounted = output.status.success();
        if self.mounted { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg(&self.path).status();
        }
        let _ = std::fs::remove_dir(&self.path);
    }
}
