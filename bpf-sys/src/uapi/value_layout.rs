//! How user space sees the value of a map: what the kernel's `bpf_map_value_size` computes, as a table.

use super::MapType;

/// How many bytes a system call moves for one value of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueLayout {
    /// As many bytes as the map's value size says.
    Plain,
    /// One value for every possible CPU, each rounded up to 8 bytes.
    PerCpu,
    /// Four bytes: a descriptor when written, an id when read.
    Fd,
}

impl ValueLayout {
    /// The bytes that a system call moves for one value of `value_size` bytes, or `None` if that overflows.
    pub fn user_size(self, value_size: u32, possible_cpus: u32) -> Option<usize> {
        let value_size = usize::try_from(value_size).ok()?;
        match self {
            Self::Plain => Some(value_size),
            Self::PerCpu => {
                value_size.checked_next_multiple_of(8)?.checked_mul(usize::try_from(possible_cpus).ok()?)
            }
            Self::Fd => Some(4),
        }
    }
}

impl MapType {
    /// How user space sees a value of such a map, or `None` for a type that this crate does not know.
    ///
    /// # Kernel
    ///
    /// `bpf_map_value_size` in `kernel/bpf/syscall.c`; the rule is as old as per-CPU maps (4.6).
    #[doc(alias = "bpf_map_value_size")]
    pub fn value_layout(self) -> Option<ValueLayout> {
        self.name()?;
        Some(match self {
            Self::PERCPU_HASH | Self::LRU_PERCPU_HASH | Self::PERCPU_ARRAY | Self::PERCPU_CGROUP_STORAGE => {
                ValueLayout::PerCpu
            }
            Self::PERF_EVENT_ARRAY
            | Self::PROG_ARRAY
            | Self::CGROUP_ARRAY
            | Self::ARRAY_OF_MAPS
            | Self::HASH_OF_MAPS => ValueLayout::Fd,
            _ => ValueLayout::Plain,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(MapType::HASH.value_layout().unwrap().user_size(5, 4), Some(5));
        assert_eq!(MapType::PERCPU_HASH.value_layout().unwrap().user_size(5, 4), Some(32));
        assert_eq!(MapType::PROG_ARRAY.value_layout().unwrap().user_size(4, 4), Some(4));
        assert_eq!(MapType(9999).value_layout(), None);
    }
}
