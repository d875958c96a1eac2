//! Parameters that are tagged as the program's context (`arg:ctx`), for kernels that do not know the tag: such a kernel
//! knows a context by the name of its struct, which differs from one program type to the next. So each type of program
//! that calls such a function gets a declaration of its own of it, with a pointer to that struct.

use std::collections::{BTreeSet, HashMap};

use bpf_btf::build::Patch;
use bpf_btf::layout::strip_modifiers;
use bpf_btf::{Btf, Kind, Linkage, StrOffset, TypeError, TypeId};
use bpf_sys::uapi::ProgramType;

use crate::kernel::{Feature, Machine};
use crate::plan::programs::Chosen;
use crate::plan::{Context, Notice, PlanError, Step, core};

/// The tag.
const TAG: &str = "arg:ctx";

/// The struct by which a kernel knows the context of each program type (`include/linux/bpf_types.h`). Types that are
/// not here have contexts without a name.
const CONTEXTS: [(ProgramType, &str); 25] = [
    (ProgramType::CGROUP_DEVICE, "bpf_cgroup_dev_ctx"),
    (ProgramType::CGROUP_SKB, "__sk_buff"),
    (ProgramType::CGROUP_SOCK, "bpf_sock"),
    (ProgramType::CGROUP_SOCK_ADDR, "bpf_sock_addr"),
    (ProgramType::CGROUP_SOCKOPT, "bpf_sockopt"),
    (ProgramType::CGROUP_SYSCTL, "bpf_sysctl"),
    (ProgramType::FLOW_DISSECTOR, "__sk_buff"),
    (ProgramType::KPROBE, PT_REGS),
    (ProgramType::LWT_IN, "__sk_buff"),
    (ProgramType::LWT_OUT, "__sk_buff"),
    (ProgramType::LWT_SEG6LOCAL, "__sk_buff"),
    (ProgramType::LWT_XMIT, "__sk_buff"),
    (ProgramType::NETFILTER, "bpf_nf_ctx"),
    (ProgramType::PERF_EVENT, "bpf_perf_event_data"),
    (ProgramType::RAW_TRACEPOINT, "bpf_raw_tracepoint_args"),
    (ProgramType::RAW_TRACEPOINT_WRITABLE, "bpf_raw_tracepoint_args"),
    (ProgramType::SCHED_ACT, "__sk_buff"),
    (ProgramType::SCHED_CLS, "__sk_buff"),
    (ProgramType::SK_LOOKUP, "bpf_sk_lookup"),
    (ProgramType::SK_MSG, "sk_msg_md"),
    (ProgramType::SK_REUSEPORT, "sk_reuseport_md"),
    (ProgramType::SK_SKB, "__sk_buff"),
    (ProgramType::SOCK_OPS, "bpf_sock_ops"),
    (ProgramType::SOCKET_FILTER, "__sk_buff"),
    (ProgramType::XDP, "xdp_md"),
];

/// A typedef, of another struct on each architecture.
const PT_REGS: &str = "bpf_user_pt_regs_t";

/// The struct behind [`PT_REGS`] (`arch/*/include/uapi/asm/bpf_perf_event.h`).
const REGISTERS: [(&str, &str); 4] = [
    ("x86_64", "pt_regs"),
    ("aarch64", "user_pt_regs"),
    ("s390x", "user_pt_regs"),
    ("riscv64", "user_regs_struct"),
];

/// The declarations that functions have in programs of some types, by the type's context and the function's own.
pub(crate) type Declarations = HashMap<(&'static str, TypeId), TypeId>;

/// The struct by which a kernel knows the context of programs of that type.
pub(crate) fn context(program_type: ProgramType) -> Option<&'static str> {
    CONTEXTS.iter().find(|(known, _)| *known == program_type).map(|(_, name)| *name)
}

/// A tagged parameter of a function.
struct Tagged {
    function: TypeId,
    param: u32,
}

/// The object's BTF with the declarations that this kernel takes, where it does not know the tag.
pub(crate) fn plan(cx: &mut Context<'_>, chosen: &[Chosen], btf: Btf) -> (Btf, Declarations) {
    let tagged = tagged(&btf);
    if tagged.is_empty() {
        return (btf, Declarations::new());
    }
    let mut wanted = Vec::new();
    for chosen in chosen {
        let Some(context) = context(chosen.program_type) else { continue };
        let reachable = core::reachable(cx.object, [chosen.function]);
        let types = reachable.iter().filter_map(|id| cx.object.file().function(*id)?.type_id);
        let types: BTreeSet<TypeId> = types.collect();
        let mut of_program = tagged.iter().filter(|tagged| types.contains(&tagged.function)).peekable();
        if of_program.peek().is_none() || cx.uses(Feature::ArgCtxTag, Step::Program(chosen.id)) {
            continue;
        }
        wanted.extend(of_program.map(|tagged| (chosen, context, tagged)));
    }
    match declare(cx, &btf, &wanted) {
        // What was changed in a blob that parsed parses.
        Ok(Some((bytes, declarations))) => match Btf::parse(bytes) {
            Ok(changed) => (changed, declarations),
            Err(_) => (btf, Declarations::new()),
        },
        Ok(None) => (btf, Declarations::new()),
        Err(source) => {
            cx.errors.push(PlanError::Types { of: cx.object.name().to_owned(), source });
            (btf, Declarations::new())
        }
    }
}

/// The tagged parameters of global functions: only their declarations count for the kernel.
fn tagged(btf: &Btf) -> Vec<Tagged> {
    let tags = btf.find_all(TAG);
    let of = tags.filter_map(|tag| Some(Tagged { function: tag.target()?, param: tag.component()?? }));
    of.filter(|tagged| {
        let function = btf.get(tagged.function);
        function.is_ok_and(|found| found.kind() == Kind::FUNC && found.linkage() == Some(Linkage::Global))
    })
    .collect()
}

fn declare(
    cx: &mut Context<'_>,
    btf: &Btf,
    wanted: &[(&Chosen, &'static str, &Tagged)],
) -> Result<Option<(Vec<u8>, Declarations)>, TypeError> {
    let mut params: HashMap<(&'static str, TypeId), BTreeSet<u32>> = HashMap::new();
    let mut order = Vec::new();
    for (chosen, context, tagged) in wanted {
        let key = (*context, tagged.function);
        match fits(cx.kernel.machine(), btf, chosen.program_type, context, tagged)? {
            Fit::Already => {}
            Fit::Changed => {
                let of_function = params.entry(key).or_insert_with(|| {
                    order.push(key);
                    BTreeSet::new()
                });
                of_function.insert(tagged.param);
            }
            Fit::Other => {
                let program = cx.object.program(chosen.id).map_or("?", |spec| spec.name()).to_owned();
                let function = btf.get(tagged.function)?.name()?.to_owned();
                let (param, context) = (tagged.param, (*context).to_owned());
                cx.notices.push(Notice::NotAContext { program, function, param, context });
            }
        }
    }
    if order.is_empty() {
        return Ok(None);
    }
    let mut patch = Patch::new(btf);
    let tag = patch.add_string(TAG)?;
    let mut pointers: HashMap<&'static str, TypeId> = HashMap::new();
    let mut declarations = Declarations::new();
    for key @ (context, function) in order {
        let pointer = match pointers.get(context) {
            Some(pointer) => *pointer,
            None => {
                let name = patch.add_string(context)?;
                let target = patch.add_empty_struct(name, 0)?;
                *pointers.entry(context).or_insert(patch.add_ptr(target)?)
            }
        };
        let changed = params.remove(&key).unwrap_or_default();
        declarations.insert(key, clone(&mut patch, btf, function, &changed, pointer, tag)?);
    }
    Ok(Some((patch.finish(), declarations)))
}

/// A function's declaration once more, some parameters of which are of another type.
fn clone(
    patch: &mut Patch,
    btf: &Btf,
    function: TypeId,
    changed: &BTreeSet<u32>,
    pointer: TypeId,
    tag: StrOffset,
) -> Result<TypeId, TypeError> {
    let found = btf.get(function)?;
    let proto = btf.get(found.target().unwrap_or_default())?;
    let params = (0..).zip(proto.params()).map(|(at, param)| {
        let type_id = if changed.contains(&at) { pointer } else { param.type_id };
        (param.name_offset(), type_id)
    });
    let params: Vec<(StrOffset, TypeId)> = params.collect();
    let proto = patch.add_func_proto(proto.target().unwrap_or_default(), &params)?;
    let clone = patch.add_func(found.name_offset(), proto, Linkage::Global)?;
    for param in changed {
        patch.add_decl_tag(tag, clone, Some(*param))?;
    }
    Ok(clone)
}

/// Whether a kernel that does not know the tag takes a parameter for the context.
enum Fit {
    /// It does.
    Already,
    /// It does when it points to the context's struct, and it may as well.
    Changed,
    /// It is something else.
    Other,
}

fn fits(
    machine: &Machine,
    btf: &Btf,
    program_type: ProgramType,
    context: &str,
    tagged: &Tagged,
) -> Result<Fit, TypeError> {
    let function = btf.get(tagged.function)?;
    let proto = btf.get(function.target().unwrap_or_default())?;
    let index = usize::try_from(tagged.param).unwrap_or(usize::MAX);
    let Some(param) = proto.params().nth(index) else { return Ok(Fit::Already) };
    let pointer = strip_modifiers(btf, param.type_id)?;
    let Some(target) = pointer.target().filter(|_| pointer.kind() == Kind::PTR) else {
        return Ok(Fit::Other);
    };
    // 5.10 compares the name of the struct behind the typedef with the typedef's own; later kernels take either form.
    let of_registers = matches!(program_type, ProgramType::KPROBE | ProgramType::PERF_EVENT);
    if of_registers && names_typedef(btf, target, PT_REGS)? {
        return Ok(Fit::Changed);
    }
    if target == TypeId::VOID {
        return Ok(Fit::Changed);
    }
    let found = strip_modifiers(btf, target)?;
    let is_struct = |name: &str| found.kind() == Kind::STRUCT && found.name() == Ok(name);
    let raw = matches!(program_type, ProgramType::RAW_TRACEPOINT | ProgramType::RAW_TRACEPOINT_WRITABLE);
    let registers = machine.architecture.as_deref();
    let registers = REGISTERS.iter().find(|(name, _)| Some(*name) == registers).map(|(_, name)| *name);
    Ok(match program_type {
        _ if found.kind() == Kind::VOID => Fit::Changed,
        _ if is_struct(context) => Fit::Already,
        ProgramType::KPROBE if is_struct("pt_regs") => Fit::Changed,
        ProgramType::PERF_EVENT if registers.is_some_and(is_struct) => Fit::Changed,
        _ if raw && found.kind() == Kind::INT && found.size() == Some(8) => Fit::Changed,
        _ => Fit::Other,
    })
}

/// Whether a type is that typedef, behind qualifiers alone.
fn names_typedef(btf: &Btf, mut id: TypeId, name: &str) -> Result<bool, TypeError> {
    const DEEPEST: u32 = 32;
    for _ in 0..DEEPEST {
        let found = btf.get(id)?;
        match found.kind() {
            Kind::TYPEDEF => return Ok(found.name()? == name),
            Kind::CONST | Kind::VOLATILE | Kind::RESTRICT | Kind::TYPE_TAG => {
                id = found.target().unwrap_or_default();
            }
            _ => return Ok(false),
        }
    }
    Ok(false)
}
