//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// Shows, plans, loads and watches BPF objects.
///
/// Exit status: 0 if all went well, 1 if something failed (it says what, where, why and what to do), 2 for a command
/// line that makes no sense.
#[derive(Debug, Parser)]
#[command(name = "bpf", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Print JSON: the result to standard output, or the failure.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Colour messages.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to colour messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a TCP congestion control, send data through it, show what it counted, and remove it.
    Demo,
    /// Show what an object contains. No privileges needed.
    Show {
        /// A BPF object file.
        file: PathBuf,
    },
    /// Show what an object would send to a kernel: this one, or any other. No privileges needed.
    Plan {
        /// A BPF object file.
        file: PathBuf,
        /// Another kernel: a copy of its /sys/kernel/btf/vmlinux, or a saved kernel.
        #[arg(long, value_name = "FILE")]
        kernel: Option<PathBuf>,
        #[command(flatten)]
        core: CoreBtf,
    },
    /// Say whether objects resolve against kernels: this one, or any number of others. No privileges needed.
    ///
    /// All that an object expects of a kernel is looked up, as for loading: types and members (CO-RE), functions,
    /// variables, symbols, configuration, struct_ops, what programs are for. What is missing counts only where a program
    /// may reach it: not behind bpf_core_field_exists() and its like. Only the kernel's verifier knows whether a program
    /// is accepted.
    ///
    /// Exit status: 0 if every object resolves against every kernel of its byte order, 1 if one does not, 2 if something
    /// that was given cannot be used.
    Check(Check),
    /// Kernels as files: what is known of one, to check and plan elsewhere.
    #[command(subcommand)]
    Kernel(KernelCommand),
    /// Ask the running kernel what it has: types of programs and maps, where they attach, helpers.
    ///
    /// Each is asked for by a call or two that leave nothing behind. An answer is yes, no, or unknown with the reason; one that
    /// is not a yes comes with the first version that has it. Needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN.
    Feature {
        /// Helpers too, for each program type: some thousand calls.
        #[arg(long)]
        helpers: bool,
    },
    /// Say what this machine and this process allow, with what to do about each "no". No privileges needed.
    ///
    /// Looked at are bpf(2) and seccomp, user namespace and capabilities, the kernel's types (BTF), JIT compiler, lockdown,
    /// limits and settings, file systems (bpffs, tracefs, cgroup2), and the configuration that the kernel was built with.
    ///
    /// Exit status: 0 if most programs can be loaded, 1 if something is missing that most need, 2 if it cannot be told.
    Doctor(Doctor),
    /// Load an object, attach what names its target, and print what its programs send, until Ctrl-C.
    ///
    /// Printed are the records of all ring buffers and, if a program prints any, trace output (bpf_printk): the kernel
    /// gives that of all programs alike, those of others too. What is attached
    /// and what is not is said on standard error. Needs root, or CAP_BPF and what the programs need.
    Run(Run),
    /// Kernel operations implemented by BPF programs.
    #[command(subcommand)]
    StructOps(StructOps),
    /// BTF: types of kernels, their modules, and objects.
    #[command(subcommand)]
    Btf(BtfCommand),
    /// Files for those who write BPF programs.
    #[command(subcommand)]
    Gen(Gen),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// BPF object files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) objects: Vec<PathBuf>,
    /// Kernels: raw BTF, images (vmlinuz, vmlinux), saved kernels (`bpf kernel save`), any of them compressed, folders of
    /// them, or `vmlinux` for the running one, which is also the default.
    #[arg(long, short, value_name = "FILE", num_args = 1..)]
    pub(crate) kernel: Vec<PathBuf>,
    /// Show everything that is missing, not only the first few of each object.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) core: CoreBtf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KernelCommand {
    /// Write what is known of a kernel to one file: the running one, or one that is put together from files.
    ///
    /// In it are its types and those of its modules, architecture and release, its configuration, the names of its
    /// symbols. `bpf check`, `bpf plan` and `bpf btf` take such a file. Privileges are needed for none of it.
    Save {
        /// Where to write it.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// The kernel, where it is not the running one: raw BTF, an image (vmlinuz, vmlinux) or a saved kernel.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// A module (.ko, .ko.xz, …, or raw BTF named after it), or a folder of modules as /lib/modules/RELEASE.
        #[arg(long, value_name = "FILE", requires = "from")]
        module: Vec<PathBuf>,
        /// Its configuration: a copy of /boot/config-RELEASE or /proc/config.gz.
        #[arg(long, value_name = "FILE", requires = "from")]
        config: Option<PathBuf>,
        /// Its symbols: a copy of /proc/kallsyms or System.map.
        #[arg(long, value_name = "FILE", requires = "from")]
        symbols: Option<PathBuf>,
        /// Its release, as `uname -r` gives it, where its file does not say.
        #[arg(long, value_name = "RELEASE", requires = "from")]
        release: Option<String>,
    },
    /// Show what is known of a kernel: the running one, or one in a file.
    Show {
        /// Raw BTF, an image (vmlinuz, vmlinux), a saved kernel; the running kernel if left out.
        file: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Name also the options of the kernel's configuration that are as they have to be.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// List what no process holds any more, instead: pins, links that are not pinned, struct_ops that are registered
    /// without a link, trace instances of processes that were killed.
    #[arg(long)]
    pub(crate) leftovers: bool,
    /// Remove what is named so, as listed: pin:PATH, link:ID, struct_ops:ID, trace:PATH. Without names, what this command
    /// and its library made for certain: trace instances.
    #[arg(long, value_name = "WHAT", num_args = 0.., requires = "leftovers")]
    pub(crate) remove: Option<Vec<String>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// A BPF object file.
    pub(crate) file: PathBuf,
    /// Stop after so many seconds.
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) for_time: Option<Duration>,
    /// Stop after so many events: records and lines of trace output.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) events: Option<u64>,
    /// Say how long opening, reading the kernel's types, planning, loading and attaching took.
    #[arg(long)]
    pub(crate) timings: bool,
    #[command(flatten)]
    pub(crate) core: CoreBtf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CoreBtf {
    /// Types for CO-RE relocations instead of the kernel's own: for one without BTF, as `bpf btf minimize` writes it. All
    /// else is still looked up in the kernel itself.
    #[arg(long, value_name = "FILE")]
    pub(crate) core_btf: Option<PathBuf>,
}

/// Seconds, with or without a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "this is not a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

impl Command {
    /// Whether the exit status says that two things differ.
    pub(crate) fn compares(&self) -> bool {
        matches!(self, Self::Btf(BtfCommand::Diff { .. }) | Self::Check(_) | Self::Doctor(_))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Gen {
    /// Write the headers that BPF programs in C include: bpf/bpf_helpers.h, bpf_core_read.h, bpf_tracing.h and others.
    ///
    /// Sources that were written for libbpf's headers compile with these: `clang --target=bpf -IDIR`. The types of a
    /// kernel (vmlinux.h) come from `bpf btf dump vmlinux`. Other versions of these headers are replaced. Anything else of
    /// the same name is left alone, and then nothing is written.
    Headers {
        /// The folder that gets a folder `bpf`; it is made if need be.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Overwrite whatever is there.
        #[arg(long)]
        force: bool,
    },
    /// Write an object as Rust source: its maps, variables and programs with types that the compiler checks.
    ///
    /// The source is a module with the object in it, to be put into a program by `include!`. It needs bpf-loader and
    /// nothing else. No privileges needed.
    Skeleton {
        /// A BPF object file.
        file: PathBuf,
        /// What to call it: `my_app` gives a module `my_app` with the types OpenMyApp, MyApp and AttachedMyApp; after the file
        /// if left out.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Write to a file.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// What types are printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// C definitions that a compiler takes.
    C,
    /// A line a type, and one for each member.
    Raw,
    /// JSON, in the shape of `bpftool --json btf dump`.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BtfCommand {
    /// Print types: as C, as lines, or as JSON.
    ///
    /// Without TYPE all types are printed, of a module its own. Types that are named are printed with what they need
    /// (as C), or by themselves (as lines or JSON). No privileges needed.
    Dump {
        /// `vmlinux` for the running kernel, a module of it by name, or a file: raw BTF, an ELF file with a section
        /// .BTF (an object, a kernel image), a saved kernel.
        from: PathBuf,
        /// Types by name, as `task_struct`, `struct task_struct` or `id:NUMBER`; of several with that name, all.
        #[arg(value_name = "TYPE")]
        types: Vec<String>,
        /// The form; C if left out, or JSON with --json.
        #[arg(long, short, value_enum, value_name = "FORM")]
        format: Option<Format>,
        /// What the BTF continues, where it is a module's: the kernel, as a file or `vmlinux`.
        #[arg(long, value_name = "FILE")]
        base: Option<PathBuf>,
        /// Write to a file.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show what changed between the types of two kernels, or two objects, member by member.
    ///
    /// Types are compared by name, kind and what they are made of. Exit status: 0 if nothing changed, 1 if something
    /// did, 2 if they cannot be compared, as `diff` has it. No privileges needed.
    Diff {
        /// The older: `vmlinux` for the running kernel, a module of it, or a file, as for `dump`.
        from: PathBuf,
        /// The newer.
        to: PathBuf,
        /// Types by name, as `task_struct` or `struct task_struct`; all that have names if left out.
        #[arg(value_name = "TYPE")]
        types: Vec<String>,
        /// What the BTF continues, where it is a module's and in a file: the kernel, as a file or `vmlinux`.
        #[arg(long, value_name = "FILE")]
        base: Option<PathBuf>,
    },
    /// Cut a kernel's BTF down to what objects need of it: a few kilobytes, against which they plan the same.
    ///
    /// With such a file an object can be planned, here or by other loaders, for a kernel that has no BTF of its own.
    /// No privileges needed.
    Minimize {
        /// The kernel: a copy of its /sys/kernel/btf/vmlinux, a saved kernel, or `vmlinux` for this one.
        kernel: PathBuf,
        /// BPF object files.
        #[arg(required = true, value_name = "OBJECT")]
        objects: Vec<PathBuf>,
        /// Where to write the BTF.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StructOps {
    /// List what is loaded, registered or not.
    List,
    /// Show state, reference count and members.
    Dump {
        /// A name, or `id:NUMBER`; all of them if left out.
        name: Option<String>,
    },
    /// Load an object and register its struct_ops variables: all of them or none.
    ///
    /// A variable in .struct_ops stays registered until `bpf struct-ops unregister`. One in .struct_ops.link is
    /// registered as long as its link lives: give --pin to keep it on a bpffs, or --hold to keep it here.
    Register {
        /// A BPF object file.
        file: PathBuf,
        /// Pin each link under its variable's name in this folder, which must be on a bpffs.
        #[arg(long, value_name = "DIR", conflicts_with = "hold")]
        pin: Option<PathBuf>,
        /// Stay, and keep the links until this process is ended.
        #[arg(long)]
        hold: bool,
        #[command(flatten)]
        core: CoreBtf,
    },
    /// Unregister what `list` shows.
    Unregister {
        /// A name, or `id:NUMBER`.
        name: String,
    },
}
