//! Asking the running kernel: one small call per feature, only for what a refused step assumed.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use bpf_btf::build::{BuildError, Builder, Encoding, EnumValues};
use bpf_btf::{Endian, Linkage, SectionVar, TypeId, VarLinkage};
use bpf_sys::map::MapCreate;
use bpf_sys::prog::ProgLoad;
use bpf_sys::uapi::insn::{BPF_ADD, BPF_ALU64, BPF_CALL, BPF_JMP, BPF_K};
use bpf_sys::uapi::{AttachType, Helper, Insn, MapType, ProgramType, flags};
use bpf_sys::{LinkCreate, SysError, errno};

use crate::kernel::{Answer, Feature};

const EXIT_0: [Insn; 2] = [Insn::mov64_imm(0, 0), Insn::exit()];

/// Asks the running kernel whether it has a feature.
///
/// # Errors
/// A refusal that is not about the feature (no privilege, no memory): the probe says nothing then.
pub(crate) fn probe(feature: Feature) -> Result<Answer, SysError> {
    let array = |flags| MapCreate::new(MapType::ARRAY, 4, 4, 1).flags(flags);
    let outcome = match feature {
        Feature::Names => array(0).name("probe").create().map(drop),
        Feature::ExclusiveMaps => array(0).exclusive(&[0; 32]).create().map(drop),
        Feature::ArrayMmap => array(flags::BPF_F_MMAPABLE).create().map(drop),
        Feature::ExpectedAttachType => ProgLoad::new(ProgramType::CGROUP_SOCK, &code(&EXIT_0), c"GPL")
            .expected_attach_type(AttachType::CGROUP_INET_SOCK_CREATE)
            .load()
            .map(drop),
        Feature::AttachCookie => {
            let insns = [&[Insn::call_helper(Helper::GET_ATTACH_COOKIE)], &EXIT_0[..]].concat();
            ProgLoad::new(ProgramType::TRACEPOINT, &code(&insns), c"GPL").load().map(drop)
        }
        Feature::Btf
        | Feature::BtfDatasec
        | Feature::BtfGlobalFunc
        | Feature::BtfFloat
        | Feature::BtfDeclTag
        | Feature::BtfTypeTag
        | Feature::BtfEnum64
        | Feature::BtfQmarkDatasec => {
            // The arguments are constants that a test has gone through.
            let Ok(blob) = btf_with(feature) else { return Ok(Answer::Unknown) };
            bpf_sys::btf::load(&blob, None).map(drop)
        }
        Feature::GlobalData => {
            let map = array(0).create()?;
            let mut load = Insn::ld_imm64(1, flags::BPF_PSEUDO_MAP_VALUE, 0).to_vec();
            if let Some(first) = load.first_mut() {
                first.imm = map.as_fd().as_raw_fd();
            }
            load.extend(EXIT_0);
            ProgLoad::new(ProgramType::SOCKET_FILTER, &code(&load), c"GPL").load().map(drop)
        }
        Feature::ProbeReadKernel => {
            let insns = [
                Insn::mov64_reg(1, 10),
                Insn { code: BPF_ALU64 | BPF_ADD | BPF_K, dst: 1, src: 0, off: 0, imm: -8 },
                Insn::mov64_imm(2, 8),
                Insn::mov64_imm(3, 0),
                Insn::call_helper(Helper::PROBE_READ_KERNEL),
                Insn::exit(),
            ];
            ProgLoad::new(ProgramType::TRACEPOINT, &code(&insns), c"GPL").load().map(drop)
        }
        Feature::InsnArray => MapCreate::new(MapType::INSN_ARRAY, 4, 16, 1).create().map(drop),
        Feature::WideOffsets => return wide_offsets(array(0).create()?.as_fd()),
        Feature::ArgCtxTag => return arg_ctx_tag(),
        Feature::PerfLink => return perf_link(),
        // These stand in BTF, which every plan or program that asks for them reads: a call would say no more.
        Feature::StructOps
        | Feature::StructOpsLink
        | Feature::StructOpsModule
        | Feature::SyscallWrapper
        | Feature::TracingCookie
        | Feature::RawTracepointCookie => return Ok(Answer::Unknown),
    };
    match outcome {
        Ok(()) => Ok(Answer::Yes),
        Err(error) if error.is(errno::EINVAL) || error.is(errno::E2BIG) => Ok(Answer::No),
        Err(error) => Err(error),
    }
}

/// The address of a byte that is far behind the end of the value: a kernel that takes such offsets says that it is not
/// there, another that the offset is not allowed. Both by the same number.
fn wide_offsets(map: BorrowedFd<'_>) -> Result<Answer, SysError> {
    let mut load = Insn::ld_imm64(1, flags::BPF_PSEUDO_MAP_VALUE, 0).to_vec();
    if let [first, second] = load.as_mut_slice() {
        (first.imm, second.imm) = (map.as_raw_fd(), 1 << 30);
    }
    load.extend(EXIT_0);
    let (code, mut log) = (code(&load), [0; 1024]);
    let (loaded, size) = ProgLoad::new(ProgramType::SOCKET_FILTER, &code, c"GPL").load_with_log(1, &mut log);
    let said = String::from_utf8_lossy(log.get(..size.written).unwrap_or_default()).into_owned();
    match loaded {
        Err(error) if error.is(errno::EINVAL) && said.contains("direct value offset") => Ok(Answer::No),
        Err(error) if error.is(errno::EINVAL) && said.contains("invalid access to map value pointer") => {
            Ok(Answer::Yes)
        }
        Err(error) => Err(error),
        Ok(_) => Ok(Answer::Unknown),
    }
}

/// A link to what is no perf event: a kernel that has such links looks at it, and says so.
fn perf_link() -> Result<Answer, SysError> {
    let code = code(&EXIT_0);
    let program = ProgLoad::new(ProgramType::TRACEPOINT, &code, c"GPL").load()?;
    let link = LinkCreate::new(program.as_fd(), AttachType::PERF_EVENT).target_fd(program.as_fd()).create();
    match link {
        Err(error) if error.is(errno::EBADF) => Ok(Answer::Yes),
        Err(error) if error.is(errno::EINVAL) => Ok(Answer::No),
        other => other.map(|_| Answer::Unknown),
    }
}

/// A function that takes a pointer to nothing in particular, tagged as the context, and calls a helper that wants the
/// context.
fn arg_ctx_tag() -> Result<Answer, SysError> {
    let Ok(blob) = btf_with_context() else { return Ok(Answer::Unknown) };
    let btf = match bpf_sys::btf::load(&blob, None) {
        Ok(btf) => btf,
        // A kernel without tags.
        Err(error) if error.is(errno::EINVAL) => return Ok(Answer::No),
        Err(error) => return Err(error),
    };
    let insns = [
        Insn { code: BPF_JMP | BPF_CALL, dst: 0, src: flags::BPF_PSEUDO_CALL, off: 0, imm: 1 },
        Insn::exit(),
        Insn::call_helper(Helper::GET_FUNC_IP),
        Insn::exit(),
    ];
    // Where each function starts, and its type.
    let functions: Vec<u8> = [0, 4, 2, 6_u32].into_iter().flat_map(u32::to_ne_bytes).collect();
    let code = code(&insns);
    let load = ProgLoad::new(ProgramType::KPROBE, &code, c"GPL").btf(btf.as_fd()).func_info(8, &functions);
    match load.load() {
        Ok(_) => Ok(Answer::Yes),
        Err(error) if error.is(errno::EINVAL) || error.is(errno::EACCES) => Ok(Answer::No),
        Err(error) => Err(error),
    }
}

/// Types of two functions, 4 and 6, of a pointer each; that of the second is tagged.
fn btf_with_context() -> Result<Vec<u8>, BuildError> {
    let mut btf = Builder::new(Endian::NATIVE);
    let int = btf.add_int("int", 4, Encoding::Signed)?;
    let pointer = btf.add_ptr(TypeId::VOID)?;
    for name in ["a", "b"] {
        let proto = btf.add_func_proto(int, &[("ctx", pointer)])?;
        btf.add_func(name, Linkage::Global, proto)?;
    }
    btf.add_decl_tag("arg:ctx", TypeId(6), Some(0))?;
    btf.finish()
}

fn code(insns: &[Insn]) -> Vec<u8> {
    insns.iter().flat_map(|insn| insn.to_ne_bytes()).collect()
}

/// A blob that holds what only kernels with that feature take.
fn btf_with(feature: Feature) -> Result<Vec<u8>, BuildError> {
    let mut btf = Builder::new(Endian::NATIVE);
    let int = btf.add_int("int", 4, Encoding::Signed)?;
    let section = |btf: &mut Builder, name| {
        let type_id = btf.add_var("v", VarLinkage::Static, int)?;
        btf.add_datasec(name, 4, &[SectionVar { type_id, offset: 0, size: 4 }])
    };
    let func = |btf: &mut Builder, linkage| {
        let proto = btf.add_func_proto(int, &[])?;
        btf.add_func("f", linkage, proto)
    };
    match feature {
        Feature::BtfDatasec => section(&mut btf, ".data")?,
        Feature::BtfQmarkDatasec => section(&mut btf, "?.data")?,
        Feature::BtfGlobalFunc => func(&mut btf, Linkage::Global)?,
        Feature::BtfFloat => btf.add_float("float", 4)?,
        Feature::BtfDeclTag => {
            let word = btf.add_typedef("word", int)?;
            btf.add_decl_tag("tag", word, None)?
        }
        Feature::BtfTypeTag => {
            let tagged = btf.add_type_tag("tag", int)?;
            btf.add_ptr(tagged)?
        }
        Feature::BtfEnum64 => btf.add_enum64("e", 8, EnumValues::Unsigned(&[("E", 1)]))?,
        _ => func(&mut btf, Linkage::Static)?,
    };
    btf.finish()
}

#[cfg(test)]
mod tests {
    use bpf_btf::Btf;
    use bpf_btf::build::Extras;

    use super::*;

    #[test]
    fn the_probe_blobs_hold_one_thing_each() {
        let extras = |feature| Extras::of(&Btf::parse(btf_with(feature).unwrap()).unwrap());
        let mut func = Extras::default();
        func.func = true;
        assert_eq!(extras(Feature::Btf), func);
        for (feature, _, has) in crate::plan::btf::ROWS {
            let found = extras(*feature);
            assert!(has(found), "{feature:?}");
            let others =
                crate::plan::btf::ROWS.iter().filter(|(other, _, has)| other != feature && has(found));
            // One thing stands on another only where that is older by itself.
            assert!(others.map(|row| row.0).all(|other| other < *feature), "{feature:?}");
        }
    }
}
