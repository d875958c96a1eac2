//! Every struct_ops map in the kernel, whoever loaded it.

use std::os::fd::{AsFd, OwnedFd};

use bpf_btf::{Btf, Label, TypeId};
use bpf_sys::link::LinkDetails;
use bpf_sys::map::MapFd;
use bpf_sys::object::{ObjectKind, fd_by_id, ids};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::BPF_F_LINK;
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::{Asked, Circumstances, Refused, diagnostic, likely_cause};
use crate::kernel::{Kernel, KernelError};
use crate::struct_ops::{KEY, StructOpsInfo, value};

/// Why the kernel's struct_ops maps could not be looked at. Codes E0621 to E0629.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The kernel refused.
    #[error("{doing} was refused{}", refused.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default())]
    Refused {
        /// What was being done.
        doing: String,
        /// The likely cause, checked.
        refused: Box<Refused>,
        /// What the kernel said.
        source: SysError,
    },
    /// The kernel's types are not to be had.
    #[error(transparent)]
    Kernel(#[from] KernelError),
}

impl LiveError {
    fn refused(doing: String, source: SysError) -> Self {
        Self::Refused {
            doing,
            refused: Box::new(likely_cause(Asked::Admin, &Circumstances::ALONE, &source)),
            source,
        }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "E0621",
            Self::Kernel(error) => error.code(),
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Refused { .. } => Vec::new(),
            Self::Kernel(error) => error.labels(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Refused { refused, .. } => refused.help.clone(),
            Self::Kernel(error) => error.help(),
        }
    }
}

diagnostic!(LiveError);

/// A struct_ops map in the kernel.
#[derive(Debug)]
#[non_exhaustive]
pub struct Live {
    /// The map's id.
    pub id: u32,
    /// The map's name, up to 15 bytes.
    pub name: String,
    /// The kernel struct that it implements, in vmlinux or a module.
    pub ops: String,
    /// Whether it is registered by links; without one it stays registered when its process ends.
    pub link: bool,
    /// The ids of its links.
    pub links: Vec<u32>,
    /// Its value, decoded.
    pub info: StructOpsInfo,
    map: MapFd,
}

/// The struct_ops maps in the kernel, in order of their ids.
///
/// # Errors
/// [`LiveError`]: only an administrator may look (`CAP_SYS_ADMIN`).
///
/// # Kernel
/// Since 5.6.
pub fn live(kernel: &Kernel) -> Result<Vec<Live>, LiveError> {
    let links = links()?;
    let mut found = Vec::new();
    for id in ids(ObjectKind::Map) {
        let refused = |source| LiveError::refused("listing maps".into(), source);
        let id = id.map_err(refused)?;
        let Some(fd) = open(ObjectKind::Map, id).map_err(refused)? else { continue };
        let info = bpf_sys::map::info(fd.as_fd()).map_err(refused)?;
        if info.map_type != MapType::STRUCT_OPS {
            continue;
        }
        let map = MapFd::from_fd(fd).map_err(refused)?;
        let btf = defining_btf(kernel, info.btf_vmlinux_id)?;
        let value_type = btf
            .get(TypeId(info.btf_vmlinux_value_type_id))
            .and_then(|found| found.name())
            .unwrap_or_default();
        let ops = value_type.strip_prefix("bpf_struct_ops_").unwrap_or(value_type).to_owned();
        let mut bytes = vec![0; map.value_size()];
        map.lookup(&KEY, &mut bytes, 0)
            .map_err(|source| LiveError::refused(format!("reading map {id}"), source))?;
        found.push(Live {
            id,
            name: info.name,
            link: info.flags & BPF_F_LINK != 0,
            links: links.iter().filter(|(_, map)| *map == id).map(|(link, _)| *link).collect(),
            info: value::decode(&btf, &ops, &bytes),
            ops,
            map,
        });
    }
    Ok(found)
}

impl Live {
    /// Unregisters it: deletes the value of a map without a link, detaches the links of one with. How many links that
    /// were is returned.
    ///
    /// # Errors
    /// [`LiveError::Refused`].
    pub fn unregister(&self) -> Result<usize, LiveError> {
        let refused = |source| LiveError::refused(format!("unregistering `{}`", self.name), source);
        if !self.link {
            self.map.delete(&KEY).map_err(refused)?;
            return Ok(0);
        }
        let mut detached = 0;
        for link in &self.links {
            let Some(fd) = open(ObjectKind::Link, *link).map_err(refused)? else { continue };
            bpf_sys::link::detach(fd.as_fd()).map_err(refused)?;
            detached += 1;
        }
        Ok(detached)
    }

    /// Whether something is registered: a value without a link that is in use, or a link.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        if self.link { !self.links.is_empty() } else { self.info.state.to_string() == "INUSE" }
    }
}

/// The BTF that defines a struct_ops type: the kernel's, or that of a module, which continues the kernel's.
fn defining_btf(kernel: &Kernel, id: u32) -> Result<Btf, LiveError> {
    let refused = |source| LiveError::refused(format!("reading BTF {id}"), source);
    let vmlinux = kernel.btf()?;
    // A kernel that does not tell has struct_ops in vmlinux only.
    let Some(fd) = (id != 0).then(|| open(ObjectKind::Btf, id)).transpose().map_err(refused)?.flatten()
    else {
        return Ok(vmlinux.clone());
    };
    let info = bpf_sys::btf::info(fd.as_fd()).map_err(refused)?;
    if info.name == "vmlinux" {
        return Ok(vmlinux.clone());
    }
    let bytes = bpf_sys::btf::raw(fd.as_fd()).map_err(refused)?;
    Btf::parse_split(bytes, vmlinux).map_err(|source| {
        KernelError::Btf { path: format!("/sys/kernel/btf/{}", info.name).into(), source }.into()
    })
}

/// The ids of all struct_ops links, each with its map's.
fn links() -> Result<Vec<(u32, u32)>, LiveError> {
    let refused = |source| LiveError::refused("listing links".into(), source);
    let mut found = Vec::new();
    for id in ids(ObjectKind::Link) {
        let id = match id {
            Ok(id) => id,
            // A kernel without links.
            Err(error) if error.is(errno::EINVAL) => break,
            Err(error) => return Err(refused(error)),
        };
        let Some(fd) = open(ObjectKind::Link, id).map_err(refused)? else { continue };
        if let Ok(LinkDetails::StructOps { map_id }) =
            bpf_sys::link::info(fd.as_fd()).map(|info| info.details)
            && map_id != 0
        {
            found.push((id, map_id));
        }
    }
    Ok(found)
}

/// Opens by id; `None` for what is gone by now.
fn open(kind: ObjectKind, id: u32) -> Result<Option<OwnedFd>, SysError> {
    match fd_by_id(kind, id) {
        Ok(fd) => Ok(Some(fd)),
        Err(error) if error.is(errno::ENOENT) => Ok(None),
        Err(error) => Err(error),
    }
}
