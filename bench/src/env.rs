//! Where things are, as the command line says.

use std::path::{Path, PathBuf};

/// What every case may need.
pub(crate) struct Env {
    /// Objects and BTF to work on; `cargo xtask bench` puts them there.
    pub(crate) inputs: PathBuf,
    /// Our command line.
    pub(crate) bpf: PathBuf,
    /// Where the figures go.
    pub(crate) out: Option<PathBuf>,
    /// Only cases whose name has this part.
    pub(crate) only: Option<String>,
    /// Whether instructions are counted too.
    pub(crate) instructions: bool,
}

impl Env {
    /// `None` where the command line is not understood.
    pub(crate) fn parse(args: &[&str]) -> Option<Self> {
        let mut env =
            Self { inputs: PathBuf::new(), bpf: PathBuf::new(), out: None, only: None, instructions: false };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--inputs" => env.inputs = args.next()?.into(),
                "--bpf" => env.bpf = args.next()?.into(),
                "--out" => env.out = Some(args.next()?.into()),
                "--case" => env.only = Some((*args.next()?).to_owned()),
                "--instructions" => env.instructions = true,
                _ => return None,
            }
        }
        Some(env)
    }

    /// The arguments that give a child the same.
    pub(crate) fn arguments(&self) -> [&Path; 4] {
        [Path::new("--inputs"), &self.inputs, Path::new("--bpf"), &self.bpf]
    }

    pub(crate) fn input(&self, name: &str) -> PathBuf {
        self.inputs.join(name)
    }

    /// The bytes of an input.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.input(name);
        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    }
}
