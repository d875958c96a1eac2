//! Facts from folders made for them.

use super::*;

/// A folder with files in it, removed in the end.
struct Root(PathBuf);

impl Root {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("bpf-loader-facts-{name}-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    fn link(self, path: &str, to: &str) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(to, path).unwrap();
        self
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn what_is_there() {
    let root = Root::new(
        "all",
        &[
            ("proc/self/status", "Name:\tx\nCapEff:\t000000c000001000\nCapBnd:\t0000000000001000\nSeccomp:\t2\n"),
            ("proc/self/limits", "Limit Soft Hard Units\nMax locked memory         65536      unlimited bytes\nMax open files            1024 4096 files\n"),
            ("proc/self/cgroup", "3:memory:/\n0::/a/b\n"),
            ("proc/self/mountinfo", "36 35 0:12 / /sys/fs/bpf rw - bpf bpf rw\n"),
            ("proc/self/fd/0", ""),
            ("proc/meminfo", "MemTotal:        2048 kB\nMemAvailable:    1024 kB\n"),
            ("proc/sys/kernel/osrelease", "5.10.0-28-amd64\n"),
            ("proc/sys/kernel/unprivileged_bpf_disabled", "2\n"),
            ("proc/sys/net/core/bpf_jit_enable", "1\n"),
            ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n"),
            ("sys/kernel/security/lsm", "lockdown,bpf\n"),
            ("sys/kernel/btf/vmlinux", "12345"),
            ("sys/kernel/btf/veth", ""),
            ("sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("sys/fs/cgroup/a/memory.max", "4096\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("boot/config-5.10.0-28-amd64", "CONFIG_BPF=y\nCONFIG_NET=m\n# CONFIG_BPF_LSM is not set\n"),
        ],
    )
    .link("proc/self/ns/user", FIRST_USER_NAMESPACE);
    let facts = Facts::read_below(&root.0);
    assert_eq!(facts.version(), Some(KernelVersion::new(5, 10)));
    assert!(facts.has(Capability::Bpf) && facts.has(Capability::Perfmon) && !facts.has(Capability::SysAdmin));
    assert!(facts.bounding.is_some_and(|set| !set.has(Capability::Bpf)));
    assert_eq!((facts.first_user_namespace, facts.seccomp), (Some(true), Some(true)));
    assert_eq!(facts.lockdown.as_deref(), Some("integrity"));
    assert_eq!(facts.security_modules.as_deref(), Some("lockdown,bpf"));
    assert_eq!(facts.sysctl("kernel.unprivileged_bpf_disabled"), Some(2));
    assert_eq!(
        (facts.sysctl("net.core.bpf_jit_enable"), facts.sysctl("kernel.kptr_restrict")),
        (Some(1), None)
    );
    assert_eq!((facts.locked_memory, facts.most_files, facts.open_files), (Some(65536), Some(1024), Some(1)));
    assert_eq!((facts.memory, facts.memory_available), (Some(2 << 20), Some(1 << 20)));
    assert_eq!(facts.memory_of_group, Some(4096));
    assert!(facts.mounted("bpf").count() == 1 && facts.counts_locked_memory());
    assert_eq!((facts.btf, facts.modules_with_btf), (BtfFile::Readable(5), Some(1)));
    let options = ["CONFIG_BPF", "CONFIG_NET", "CONFIG_BPF_LSM"].map(|option| facts.configured(option));
    assert_eq!(options, [Configured::Yes, Configured::Yes, Configured::No]);
}

#[test]
fn what_is_not_there() {
    let root = Root::new("none", &[]).link("proc/self/ns/user", "user:[4026532177]");
    let facts = Facts::read_below(&root.0);
    assert_eq!(facts.first_user_namespace, Some(false));
    assert!(facts.capabilities.is_none() && facts.sysctls.is_empty() && facts.mounts.is_empty());
    assert_eq!((facts.btf, facts.modules_with_btf, facts.memory_of_group), (BtfFile::Missing, None, None));
    assert_eq!(facts.configured("CONFIG_BPF"), Configured::Unknown);
    assert!(!facts.counts_locked_memory());
    assert_eq!(facts.with_config("CONFIG_BPF=y").configured("CONFIG_BPF"), Configured::Yes);
}

#[test]
fn this_machine() {
    let facts = Facts::read();
    assert!(
        facts.capabilities.is_some() && facts.version().is_some() && facts.first_user_namespace.is_some()
    );
    assert!(
        facts.memory > facts.memory_available && facts.possible_cpus >= Some(1) && facts.open_files > Some(0)
    );
}
