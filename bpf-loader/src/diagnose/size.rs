//! Refusals for size: of maps, programs, of what is open.

use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::BPF_F_NO_PREALLOC;

use crate::diagnose::asked::{Asked, Circumstances, MapAsked};
use crate::diagnose::cause::{Refused, refused};
use crate::doctor::Facts;

/// Bytes in words: `4.0 TiB`.
pub(crate) fn amount(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    // In tenths of a unit, so that no fraction is needed.
    let (mut tenths, mut unit) = (u128::from(bytes) * 10 / 1024, 0);
    while tenths >= 10240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if tenths % 10 == 0 {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

/// The most bytes of one allocation with pages of 4 KiB: `KMALLOC_MAX_SIZE`.
const ONE_ALLOCATION: u64 = 4 << 20;
/// The most bytes of a value for one processor: `PCPU_MIN_UNIT_SIZE` in `include/linux/percpu.h`.
pub(crate) const ONE_PROCESSOR: u32 = 32 << 10;
/// What the kernel adds to each element of a hash: `struct htab_elem`.
const HASH_ELEMENT: u64 = 48;

impl MapAsked {
    fn is_per_cpu(self) -> bool {
        [
            MapType::PERCPU_HASH,
            MapType::LRU_PERCPU_HASH,
            MapType::PERCPU_ARRAY,
            MapType::PERCPU_CGROUP_STORAGE,
        ]
        .contains(&self.map_type)
    }

    fn is_hash(self) -> bool {
        [
            MapType::HASH,
            MapType::PERCPU_HASH,
            MapType::LRU_HASH,
            MapType::LRU_PERCPU_HASH,
            MapType::HASH_OF_MAPS,
        ]
        .contains(&self.map_type)
    }

    /// About how many bytes the kernel takes for it when it is created, or at least.
    fn bytes(self, processors: u64) -> Option<u64> {
        let up = |bytes: u32| u64::from(bytes).next_multiple_of(8);
        let each = if self.is_per_cpu() { processors.max(1) } else { 1 };
        let entries = u64::from(self.max_entries);
        let value = up(self.value_size).saturating_mul(each);
        match self.map_type {
            MapType::RINGBUF | MapType::USER_RINGBUF => Some(entries),
            MapType::ARENA => None,
            _ if self.flags & BPF_F_NO_PREALLOC != 0 => Some(entries.saturating_mul(16)),
            _ if self.is_hash() => Some(
                entries
                    .saturating_mul(HASH_ELEMENT + up(self.key_size))
                    .saturating_add(entries.saturating_mul(value)),
            ),
            _ => Some(entries.saturating_mul(value)),
        }
    }
}

/// A map that is larger than what there is.
pub(super) fn no_memory(asked: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let Asked::Map(map) = asked else { return None };
    if map.is_per_cpu() && map.value_size > ONE_PROCESSOR {
        return Some(per_processor(map));
    }
    let processors = facts.possible_cpus.unwrap_or(1);
    let bytes = map.bytes(processors)?;
    let has = [
        (facts.memory, "this machine has", "of memory"),
        (facts.memory_of_group, "the control group of this process may use", "of memory"),
        (facts.memory_available, "of this machine's memory", "are free"),
    ];
    let (limit, before, after) = has
        .into_iter()
        .find_map(|(limit, before, after)| Some((limit.filter(|limit| bytes > *limit)?, before, after)))?;
    let per_cpu = if map.is_per_cpu() { format!(", for {processors} processors") } else { String::new() };
    Some(refused(
        format!("it takes {}{per_cpu}, and {before} {} {after}", amount(bytes), amount(limit)),
        "give it fewer entries, smaller values, or BPF_F_NO_PREALLOC if it is a hash",
    ))
}

fn per_processor(map: MapAsked) -> Refused {
    refused(
        format!(
            "a value of {} is too much for one processor, which takes 32 KiB",
            amount(map.value_size.into())
        ),
        "make the value smaller, or use a map that is not per CPU",
    )
}

/// A map that is larger than its type can be.
pub(super) fn map_too_large(asked: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let Asked::Map(map) = asked else { return None };
    if map.is_per_cpu() && map.value_size > ONE_PROCESSOR {
        return Some(per_processor(map));
    }
    let element = u64::from(map.key_size) + u64::from(map.value_size);
    if element + HASH_ELEMENT >= ONE_ALLOCATION && map.map_type != MapType::ARRAY {
        return Some(refused(
            format!(
                "key and value have {}, and the kernel allocates up to 4 MiB at once for an element",
                amount(element)
            ),
            "make them smaller, or use an array, whose values may be larger",
        ));
    }
    let bytes = map.bytes(facts.possible_cpus.unwrap_or(1))?;
    if facts.counts_locked_memory() && bytes >= u64::from(u32::MAX - 4096) {
        return Some(refused(
            format!("it takes {}, and kernels before Linux 5.11 create none of 4 GiB or more", amount(bytes)),
            "give it fewer entries or smaller values",
        ));
    }
    let processors = facts.possible_cpus.unwrap_or(u64::MAX);
    if map.map_type == MapType::CPUMAP && u64::from(map.max_entries) > processors {
        return Some(refused(
            format!("{} entries are more than processors that this kernel was built for", map.max_entries),
            "one entry for each possible processor is enough",
        ));
    }
    None
}

/// The most instructions: `BPF_COMPLEXITY_LIMIT_INSNS`, and `BPF_MAXINSNS` for those without `CAP_BPF` and before 5.2.
const MOST_INSNS: usize = 1_000_000;
const FEWER_INSNS: usize = 4096;

/// A program that is longer than programs can be.
pub(super) fn program_too_long(
    asked: Asked,
    circumstances: &Circumstances<'_>,
    facts: &Facts,
) -> Option<Refused> {
    let Asked::Program(program) = asked else { return None };
    let old = facts.version().is_some_and(|version| version < bpf_sys::uapi::KernelVersion::new(5, 2));
    let few = old || !facts.has(bpf_sys::uapi::Capability::Bpf);
    let most = if few { FEWER_INSNS } else { MOST_INSNS };
    if program.insns <= most || !circumstances.log.is_empty() {
        return None;
    }
    let whose = match (old, few) {
        (true, _) => " before Linux 5.2",
        (false, true) => " without CAP_BPF",
        (false, false) => "",
    };
    Some(refused(
        format!("it has {} instructions, and the kernel takes up to {most}{whose}", program.insns),
        "split it into programs that call each other by a program array (bpf_tail_call)",
    ))
}

/// No descriptor is left.
pub(super) fn too_many_files(_: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let (most, open) = (facts.most_files?, facts.open_files?);
    Some(refused(
        format!("this process has {open} files open, and may have {most}"),
        "raise the limit: ulimit -n, or LimitNOFILE= in a systemd unit",
    ))
}
