//! Links: raw tracepoints, and a cgroup's, which can do everything that a link can.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use bpf_sys::uapi::{AttachType, LinkType, ProgramType};
use bpf_sys::{LinkCreate, LinkDetails, link, prog};
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Folder, Outcome, returning, small_hash, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("links::raw_tracepoint", raw_tracepoint),
        test("links::cgroup", cgroup),
        test("links::struct_ops_refused", struct_ops_refused),
    ]
}

fn raw_tracepoint() -> Outcome {
    let program = returning(ProgramType::RAW_TRACEPOINT, 0)?;
    let fd = link::raw_tracepoint_open(Some(c"sys_enter"), program.as_fd(), 0)?;
    let info = link::info(fd.as_fd())?;
    assert_eq!(info.details, LinkDetails::RawTracepoint { name: "sys_enter".to_owned() });
    assert_eq!(info.link_type, LinkType::RAW_TRACEPOINT);
    assert_eq!(info.prog_id, prog::info(program.as_fd())?.id);
    let error = link::raw_tracepoint_open(Some(c"no_such_tracepoint"), program.as_fd(), 0).unwrap_err();
    assert_eq!(error.errno_name(), Some("ENOENT"));
    assert_eq!(link::detach(fd.as_fd()).unwrap_err().errno_name(), Some("EOPNOTSUPP"));
    DONE
}

fn cgroup() -> Outcome {
    let roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].map(Path::new);
    let Some(root) = roots.iter().find(|root| root.join("cgroup.controllers").exists()) else {
        return Ok(Completion::ignored_with("no cgroup2 is mounted"));
    };
    let folder = match Folder::new(root, "link") {
        Ok(folder) => folder,
        Err(error) => return Ok(Completion::ignored_with(format!("no cgroup can be made: {error}"))),
    };
    let target = File::open(&folder.path)?;
    let (first, second) = (returning(ProgramType::CGROUP_SKB, 1)?, returning(ProgramType::CGROUP_SKB, 1)?);
    let fd =
        LinkCreate::new(first.as_fd(), AttachType::CGROUP_INET_INGRESS).target_fd(target.as_fd()).create()?;
    let runs = |program: &std::os::fd::OwnedFd| -> Result<bool, bpf_sys::SysError> {
        Ok(link::info(fd.as_fd())?.prog_id == prog::info(program.as_fd())?.id)
    };
    assert!(runs(&first)?);
    let wrong = link::update(fd.as_fd(), second.as_fd(), 0, Some(second.as_fd())).unwrap_err();
    assert_eq!(wrong.errno_name(), Some("EPERM"));
    link::update(fd.as_fd(), second.as_fd(), 0, Some(first.as_fd()))?;
    assert!(runs(&second)?);
    link::update(fd.as_fd(), first.as_fd(), 0, None)?;
    assert!(runs(&first)?);
    assert_eq!(link::info(fd.as_fd())?.link_type, LinkType::CGROUP);
    link::detach(fd.as_fd())?;
    assert_eq!(link::update(fd.as_fd(), second.as_fd(), 0, None).unwrap_err().errno_name(), Some("ENOLINK"));
    DONE
}

fn struct_ops_refused() -> Outcome {
    let map = small_hash()?;
    assert_eq!(link::create_struct_ops(map.as_fd()).unwrap_err().errno_name(), Some("EINVAL"));
    assert!(link::update_map(map.as_fd(), map.as_fd(), None).is_err());
    DONE
}
