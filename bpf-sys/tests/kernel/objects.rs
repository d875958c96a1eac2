//! What all objects share: ids, descriptors by id, pins; and files that the kernel offers.

use std::fs::File;
use std::os::fd::AsFd;

use bpf_sys::uapi::ProgramType;
use bpf_sys::{FileMapping, MapFd, ObjectKind, SysError, btf, is_bpffs, link, object, prog};
use libtest_mimic::{Completion, Trial};

use crate::programs::minimal_btf;
use crate::support::{DONE, Folder, Outcome, returning, small_hash, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("objects::ids", ids),
        test("objects::kinds", kinds),
        test("objects::pins", pins),
        test("objects::file_mapping", file_mapping),
        test("objects::file_mapping_refused", file_mapping_refused),
    ]
}

fn ids() -> Outcome {
    let map = small_hash()?;
    let program = returning(ProgramType::SOCKET_FILTER, 0)?;
    for (kind, id) in
        [(ObjectKind::Map, map.info()?.id), (ObjectKind::Program, prog::info(program.as_fd())?.id)]
    {
        let all: Vec<u32> = object::ids(kind).collect::<Result<_, _>>()?;
        assert!(all.contains(&id) && all.is_sorted());
        assert_eq!(object::next_id(kind, id - 1)?, Some(id));
        assert_eq!(object::kind_of(object::fd_by_id(kind, id)?.as_fd()), Some(kind));
    }
    assert_eq!(object::next_id(ObjectKind::Map, u32::MAX - 1)?, None);
    assert_eq!(object::ids(ObjectKind::Link).filter(Result::is_err).count(), 0);
    let error = object::fd_by_id(ObjectKind::Map, u32::MAX - 1).unwrap_err();
    assert_eq!(error.errno_name(), Some("ENOENT"));
    DONE
}

fn kinds() -> Outcome {
    assert_eq!(object::kind_of(small_hash()?.as_fd()), Some(ObjectKind::Map));
    let program = returning(ProgramType::RAW_TRACEPOINT, 0)?;
    assert_eq!(object::kind_of(program.as_fd()), Some(ObjectKind::Program));
    let fd = link::raw_tracepoint_open(Some(c"sys_enter"), program.as_fd(), 0)?;
    assert_eq!(object::kind_of(fd.as_fd()), Some(ObjectKind::Link));
    let btf = btf::load(&minimal_btf(), None)?;
    assert_eq!(object::kind_of(btf.as_fd()), Some(ObjectKind::Btf));
    let by_id = object::fd_by_id(ObjectKind::Btf, btf::info(btf.as_fd())?.id)?;
    assert_eq!(object::kind_of(by_id.as_fd()), Some(ObjectKind::Btf));
    assert_eq!(object::kind_of(File::open("/proc/self/status")?.as_fd()), None);
    DONE
}

fn pins() -> Outcome {
    let mut folder = Folder::new(&std::env::temp_dir(), "pins")?;
    assert!(!is_bpffs(&folder.path)?);
    let map = small_hash()?;
    let outside = object::pin(folder.path.join("map"), map.as_fd()).unwrap_err();
    assert_eq!(outside.errno_name(), Some("EPERM"));
    if let Err(reason) = folder.mount_bpffs() {
        return Ok(Completion::ignored_with(format!("no BPF file system can be mounted: {reason}")));
    }
    assert!(is_bpffs(&folder.path)?);
    let path = folder.path.join("map");
    object::pin(&path, map.as_fd())?;
    assert_eq!(object::pin(&path, map.as_fd()).unwrap_err().errno_name(), Some("EEXIST"));
    let again = MapFd::from_fd(object::get(&path)?)?;
    assert_eq!(again.info()?.id, map.info()?.id);
    std::fs::remove_file(&path)?;
    assert_eq!(object::get(&path).unwrap_err().errno_name(), Some("ENOENT"));
    assert_eq!(object::get("a\0b").unwrap_err().errno_name(), Some("EINVAL"));
    DONE
}

fn file_mapping() -> Outcome {
    let path = "/sys/kernel/btf/vmlinux";
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return Ok(Completion::ignored_with(format!("{path}: {error}"))),
    };
    match FileMapping::sysfs(&file) {
        Ok(mapping) => {
            drop(file);
            assert!(*mapping == *std::fs::read(path)?);
            let moved = std::thread::spawn(move || mapping.as_ref().len());
            assert!(moved.join().is_ok_and(|len| len > 0));
        }
        Err(error) if error.errno_name() == Some("ENODEV") => {
            return Ok(Completion::ignored_with("needs Linux 6.16: mapping the BTF of vmlinux"));
        }
        Err(error) => return Err(error.into()),
    }
    DONE
}

fn file_mapping_refused() -> Outcome {
    let wrong = SysError::WrongKind { expected: "constant file on sysfs" };
    for path in ["/proc/self/exe", "/sys/kernel", "/dev/null", "/sys/kernel/mm/transparent_hugepage/enabled"]
    {
        if let Ok(file) = File::open(path) {
            assert_eq!(FileMapping::sysfs(&file).unwrap_err(), wrong, "{path}");
        }
    }
    DONE
}
