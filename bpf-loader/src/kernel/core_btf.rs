//! Other BTF for CO-RE: for a kernel without BTF of its own, or with types that its own does not have.

use std::sync::{Arc, OnceLock};

use bpf_btf::Btf;
use sha2::{Digest, Sha256};

use crate::kernel::{BtfHash, Kernel, KernelError};

/// BTF that stands in for a kernel's own where CO-RE relocations are resolved.
pub(super) struct CoreBtf {
    btf: Btf,
    hash: OnceLock<BtfHash>,
}

impl Kernel {
    /// The same kernel, with other BTF for CO-RE relocations: of a kernel that has none itself, as
    /// [`minimize`](bpf_btf::minimize) makes it of a whole one, or made by hand. Neither the kernel's own nor that of its
    /// modules is asked for relocations then. All else still comes from these: ids of functions, variables, hooks and
    /// struct_ops, and what features the kernel has.
    ///
    /// What was read of this kernel is shared. A plan keeps this BTF, and can be loaded into the running kernel with
    /// or without it.
    ///
    /// # Errors
    /// [`KernelError::CoreEndian`]: it is of the other byte order.
    #[doc(alias = "btf_custom_path")]
    pub fn with_core_btf(&self, btf: Btf) -> Result<Self, KernelError> {
        let (kernel, found) = (self.endian(), btf.endian());
        if kernel != found {
            return Err(KernelError::CoreEndian { kernel, btf: found });
        }
        let core = Some(Arc::new(CoreBtf { btf, hash: OnceLock::new() }));
        Ok(Self { inner: self.inner.clone(), core })
    }

    /// The BTF that was given for CO-RE relocations with [`Self::with_core_btf`].
    #[must_use]
    pub fn core_btf(&self) -> Option<&Btf> {
        self.core.as_deref().map(|core| &core.btf)
    }

    /// The hash of [`Self::core_btf`].
    #[must_use]
    pub fn core_btf_hash(&self) -> Option<BtfHash> {
        let hash = |core: &CoreBtf| BtfHash(Sha256::digest(core.btf.bytes()).into());
        self.core.as_deref().map(|core| *core.hash.get_or_init(|| hash(core)))
    }

    /// This kernel, with the BTF for CO-RE that another was given.
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub(crate) fn with_core_of(&self, other: &Self) -> Self {
        Self { inner: self.inner.clone(), core: other.core.clone() }
    }
}
