//! Flags and other small numbers of the interface, under the kernel's own names.
//!
//! # Kernel
//!
//! All are in `include/uapi/linux/bpf.h`; each says the first version that has it.

macro_rules! flags {
    ($($(#[$meta:meta])* $NAME:ident: $ty:ty = $value:expr, $since:literal;)*) => {
        $(
            $(#[$meta])*
            #[doc = concat!("\n\nSince Linux ", stringify!($since), ".")]
            pub const $NAME: $ty = $value;
        )*
    };
}

/// The bytes of a map's, program's or BTF's name, with the terminating NUL: 15 characters at most. Since Linux 4.15.
pub const BPF_OBJ_NAME_LEN: usize = 16;

// Of BPF_MAP_CREATE.
flags! {
    /// A hash map takes memory for an element when it is added, not when the map is created.
    BPF_F_NO_PREALLOC: u32 = 1 << 0, 4.6;
    /// Each CPU has an LRU list of its own.
    BPF_F_NO_COMMON_LRU: u32 = 1 << 1, 4.10;
    /// The NUMA node given with the map counts.
    BPF_F_NUMA_NODE: u32 = 1 << 2, 4.14;
    /// System calls may only read the map.
    BPF_F_RDONLY: u32 = 1 << 3, 4.15;
    /// System calls may only write the map.
    BPF_F_WRONLY: u32 = 1 << 4, 4.15;
    /// A stack trace map stores build id and offset in place of addresses.
    BPF_F_STACK_BUILD_ID: u32 = 1 << 5, 4.17;
    /// The hash function has the seed zero: for tests only.
    BPF_F_ZERO_SEED: u32 = 1 << 6, 5.0;
    /// Programs may only read the map.
    BPF_F_RDONLY_PROG: u32 = 1 << 7, 5.2;
    /// Programs may only write the map.
    BPF_F_WRONLY_PROG: u32 = 1 << 8, 5.2;
    /// A cloned socket inherits its element of a socket storage map.
    BPF_F_CLONE: u32 = 1 << 9, 5.4;
    /// The map can be mapped into memory.
    BPF_F_MMAPABLE: u32 = 1 << 10, 5.5;
    /// A perf event array keeps its events when the descriptor that set them is closed.
    BPF_F_PRESERVE_ELEMS: u32 = 1 << 11, 5.10;
    /// An array may stand in an array of maps beside arrays of other sizes.
    BPF_F_INNER_MAP: u32 = 1 << 12, 5.10;
    /// A struct_ops map registers through a link. Also a flag of attaching to a cgroup (6.6).
    BPF_F_LINK: u32 = 1 << 13, 6.4;
    /// `path_fd` of the pin commands counts.
    BPF_F_PATH_FD: u32 = 1 << 14, 6.5;
    /// `value_type_btf_obj_fd` counts: a struct_ops type of a module.
    BPF_F_VTYPE_BTF_OBJ_FD: u32 = 1 << 15, 6.9;
    /// A BPF token is given, in whichever command.
    BPF_F_TOKEN_FD: u32 = 1 << 16, 6.9;
    /// Touching an arena page that does not exist raises SIGSEGV in user space.
    BPF_F_SEGV_ON_FAULT: u32 = 1 << 17, 6.9;
    /// The compiled program does not convert arena pointers to their user-space form.
    BPF_F_NO_USER_CONV: u32 = 1 << 18, 6.9;
    /// A ring buffer drops its oldest records when it is full.
    BPF_F_RB_OVERWRITE: u32 = 1 << 19, 6.19;
}

// Of element look-up and update.
flags! {
    /// Create the element or replace it.
    BPF_ANY: u64 = 0, 3.19;
    /// Create the element; fail if there is one.
    BPF_NOEXIST: u64 = 1, 3.19;
    /// Replace the element; fail if there is none.
    BPF_EXIST: u64 = 2, 3.19;
    /// Hold the spin lock in the value meanwhile.
    BPF_F_LOCK: u64 = 4, 5.1;
    /// One CPU's value only; the CPU is the upper half of the flags.
    BPF_F_CPU: u64 = 8, 7.0;
    /// One value for every CPU.
    BPF_F_ALL_CPUS: u64 = 16, 7.0;
}

// Of BPF_PROG_LOAD.
flags! {
    /// Unaligned access is refused, also where the machine allows it.
    BPF_F_STRICT_ALIGNMENT: u32 = 1 << 0, 4.12;
    /// Unaligned access is let through, also where the machine does not allow it.
    BPF_F_ANY_ALIGNMENT: u32 = 1 << 1, 5.0;
    /// Fills upper halves with noise: for tests of the verifier.
    BPF_F_TEST_RND_HI32: u32 = 1 << 2, 5.3;
    /// Verifier states are kept at every instruction: for tests of the verifier.
    BPF_F_TEST_STATE_FREQ: u32 = 1 << 3, 5.4;
    /// The program may sleep.
    BPF_F_SLEEPABLE: u32 = 1 << 4, 5.10;
    /// An XDP program takes packets of several fragments.
    BPF_F_XDP_HAS_FRAGS: u32 = 1 << 5, 5.18;
    /// An XDP program is bound to one device without being offloaded to it.
    BPF_F_XDP_DEV_BOUND_ONLY: u32 = 1 << 6, 6.3;
    /// A broken register invariant refuses the program: for tests of the verifier.
    BPF_F_TEST_REG_INVARIANTS: u32 = 1 << 7, 6.8;
}

// Of attaching and of links.
flags! {
    /// A cgroup below may replace the program.
    BPF_F_ALLOW_OVERRIDE: u32 = 1 << 0, 4.10;
    /// Several programs at one cgroup, all of them run.
    BPF_F_ALLOW_MULTI: u32 = 1 << 1, 4.15;
    /// Replace exactly the program (or map) that is named as the old one.
    BPF_F_REPLACE: u32 = 1 << 2, 5.6;
    /// Put it before the named one.
    BPF_F_BEFORE: u32 = 1 << 3, 6.6;
    /// Put it after the named one.
    BPF_F_AFTER: u32 = 1 << 4, 6.6;
    /// The named one is given by id, not by descriptor.
    BPF_F_ID: u32 = 1 << 5, 6.6;
    /// The program runs before those of the cgroups below.
    BPF_F_PREORDER: u32 = 1 << 6, 6.15;
    /// The program runs when the function returns.
    BPF_F_KPROBE_MULTI_RETURN: u32 = 1 << 0, 5.18;
    /// The program runs when the function returns.
    BPF_F_UPROBE_MULTI_RETURN: u32 = 1 << 0, 6.6;
    /// The binary is given by descriptor.
    BPF_F_UPROBE_MULTI_PATH_FD: u32 = 1 << 1, 7.2;
    /// Packets are defragmented before the program sees them.
    BPF_F_NETFILTER_IP_DEFRAG: u32 = 1 << 0, 6.6;
}

// Of BPF_PROG_TEST_RUN and BPF_PROG_QUERY.
flags! {
    /// Run on the CPU that is given.
    BPF_F_TEST_RUN_ON_CPU: u32 = 1 << 0, 5.10;
    /// Let an XDP program handle real frames.
    BPF_F_TEST_XDP_LIVE_FRAMES: u32 = 1 << 1, 5.18;
    /// Start with a complete checksum in the packet.
    BPF_F_TEST_SKB_CHECKSUM_COMPLETE: u32 = 1 << 2, 6.11;
    /// List what runs, not only what is attached here.
    BPF_F_QUERY_EFFECTIVE: u32 = 1 << 0, 4.15;
}

// What the source register of an instruction says about its immediate.
flags! {
    /// `ld_imm64`: the immediate is a map descriptor.
    BPF_PSEUDO_MAP_FD: u8 = 1, 3.18;
    /// `ld_imm64`: a map descriptor, and an offset into its value.
    BPF_PSEUDO_MAP_VALUE: u8 = 2, 5.2;
    /// `ld_imm64`: the BTF type id of a kernel variable, and a descriptor of its BTF.
    BPF_PSEUDO_BTF_ID: u8 = 3, 5.10;
    /// `ld_imm64`: the distance to a subprogram, for a callback.
    BPF_PSEUDO_FUNC: u8 = 4, 5.13;
    /// `ld_imm64`: an index into the descriptor array of the load, for a map.
    BPF_PSEUDO_MAP_IDX: u8 = 5, 5.14;
    /// `ld_imm64`: an index into the descriptor array of the load, and an offset into the map's value.
    BPF_PSEUDO_MAP_IDX_VALUE: u8 = 6, 5.14;
    /// `call`: the immediate is the distance to a subprogram.
    BPF_PSEUDO_CALL: u8 = 1, 4.16;
    /// `call`: the immediate is the BTF type id of a kernel function.
    BPF_PSEUDO_KFUNC_CALL: u8 = 2, 5.13;
}

// Of the system call itself.
flags! {
    /// Or'ed into the command: two more arguments carry a log buffer for any command.
    BPF_COMMON_ATTRS: u32 = 1 << 16, 7.2;
}
