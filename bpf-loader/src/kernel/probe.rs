//! Asking the running kernel: one small call per feature, only for what a refused step assumed.

use bpf_sys::map::MapCreate;
use bpf_sys::prog::ProgLoad;
use bpf_sys::uapi::insn::{BPF_CALL, BPF_JMP};
use bpf_sys::uapi::{AttachType, Insn, MapType, ProgramType, flags};
use bpf_sys::{SysError, errno};

use crate::kernel::{Answer, Feature};

/// `bpf_get_attach_cookie`.
const GET_ATTACH_COOKIE: i32 = 174;

const EXIT_0: [Insn; 2] = [Insn::mov64_imm(0, 0), Insn::exit()];

/// Asks the running kernel whether it has a feature.
///
/// # Errors
/// A refusal that is not about the feature (no privilege, no memory): the probe says nothing then.
pub(crate) fn probe(feature: Feature) -> Result<Answer, SysError> {
    let array = |flags| MapCreate::new(MapType::ARRAY, 4, 4, 1).flags(flags);
    let outcome = match feature {
        Feature::Names => array(0).name("probe").create().map(drop),
        Feature::ArrayMmap => array(flags::BPF_F_MMAPABLE).create().map(drop),
        Feature::ExpectedAttachType => ProgLoad::new(ProgramType::CGROUP_SOCK, &code(&EXIT_0), c"GPL")
            .expected_attach_type(AttachType::CGROUP_INET_SOCK_CREATE)
            .load()
            .map(drop),
        Feature::AttachCookie => {
            let call = Insn { code: BPF_JMP | BPF_CALL, dst: 0, src: 0, off: 0, imm: GET_ATTACH_COOKIE };
            let insns = [&[call], &EXIT_0[..]].concat();
            ProgLoad::new(ProgramType::TRACEPOINT, &code(&insns), c"GPL").load().map(drop)
        }
        Feature::Btf => bpf_sys::btf::load(&func_btf(), None).map(drop),
        Feature::GlobalData => {
            use std::os::fd::{AsFd, AsRawFd};
            let map = array(0).create()?;
            let mut load = Insn::ld_imm64(1, flags::BPF_PSEUDO_MAP_VALUE, 0).to_vec();
            if let Some(first) = load.first_mut() {
                first.imm = map.as_fd().as_raw_fd();
            }
            load.extend(EXIT_0);
            ProgLoad::new(ProgramType::SOCKET_FILTER, &code(&load), c"GPL").load().map(drop)
        }
        // These stand in BTF, which every plan that asks for them reads: a call would say no more.
        Feature::StructOps | Feature::StructOpsLink | Feature::StructOpsModule | Feature::SyscallWrapper => {
            return Ok(Answer::Unknown);
        }
    };
    match outcome {
        Ok(()) => Ok(Answer::Yes),
        Err(error) if error.is(errno::EINVAL) || error.is(errno::E2BIG) => Ok(Answer::No),
        Err(error) => Err(error),
    }
}

fn code(insns: &[Insn]) -> Vec<u8> {
    insns.iter().flat_map(|insn| insn.to_ne_bytes()).collect()
}

/// A blob with an `int`, a prototype without parameters and a function of it.
fn func_btf() -> Vec<u8> {
    const STRINGS: &[u8] = b"\0int\0f\0";
    let types: [u32; 10] = [
        // INT `int`, 4 bytes, signed, 32 bits.
        1,
        1 << 24,
        4,
        1 << 24 | 32, // FUNC_PROTO returning [1].
        0,
        13 << 24,
        1, // FUNC `f` of [2], static.
        5,
        12 << 24,
        2,
    ];
    let types_len = 4 * 10;
    let header = [24, 0, types_len, types_len, 7];
    let mut blob = 0xeb9f_u16.to_ne_bytes().to_vec();
    blob.extend([1, 0]);
    blob.extend(header.iter().chain(&types).flat_map(|word: &u32| word.to_ne_bytes()));
    blob.extend(STRINGS);
    blob
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_blob_is_btf() {
        let btf = bpf_btf::Btf::parse(func_btf()).unwrap();
        assert_eq!(btf.find("f", bpf_btf::Kind::FUNC), Some(bpf_btf::TypeId(3)));
    }
}
