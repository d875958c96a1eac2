//! The arguments of bpf(2): one struct per command, each the part of `union bpf_attr` that the command uses.
//!
//! Every struct starts out as zeros, which is what a field means that an older caller does not know; an older kernel
//! accepts a longer argument as long as the fields it does not know are zero. There is no padding: a hole has a name.
//! Offsets are asserted against those of the kernel.
//!
//! # Kernel
//!
//! `union bpf_attr` in `include/uapi/linux/bpf.h`, as of 7.2.

use crate::user_ptr::UserPtr;

/// An argument of bpf(2): plain numbers and addresses, no padding.
pub(crate) trait Attr {}

macro_rules! attr {
    ($(#[$meta:meta])* $Name:ident<$a:lifetime> [$size:literal] { $($field:ident: $ty:ty = $offset:literal,)* }) => {
        $(#[$meta])*
        #[derive(Default)]
        #[repr(C)]
        pub(crate) struct $Name<$a> {
            $(pub(crate) $field: $ty,)*
            pub(crate) _borrow: std::marker::PhantomData<&$a ()>,
        }

        impl Attr for $Name<'_> {}

        const _: () = {
            $(assert!(std::mem::offset_of!($Name<'static>, $field) == $offset, stringify!($field));)*
            assert!(size_of::<$Name<'static>>() == $size);
            $Name::<'static>::NO_PADDING
        };

        impl<$a> $Name<$a> {
            const NO_PADDING: () = assert!(size_of::<Self>() == 0 $(+ size_of::<$ty>())*);
        }
    };
}

attr! {
    /// `BPF_MAP_CREATE`.
    MapCreateAttr<'a> [96] {
        map_type: u32 = 0,
        key_size: u32 = 4,
        value_size: u32 = 8,
        max_entries: u32 = 12,
        map_flags: u32 = 16,
        inner_map_fd: i32 = 20,
        numa_node: u32 = 24,
        map_name: [u8; 16] = 28,
        map_ifindex: u32 = 44,
        btf_fd: i32 = 48,
        btf_key_type_id: u32 = 52,
        btf_value_type_id: u32 = 56,
        btf_vmlinux_value_type_id: u32 = 60,
        map_extra: u64 = 64,
        value_type_btf_obj_fd: i32 = 72,
        map_token_fd: i32 = 76,
        excl_prog_hash: UserPtr<'a> = 80,
        excl_prog_hash_size: u32 = 88,
        hole: u32 = 92,
    }
}

attr! {
    /// The commands on one element, and `BPF_MAP_FREEZE`.
    MapElemAttr<'a> [32] {
        map_fd: i32 = 0,
        hole: u32 = 4,
        key: UserPtr<'a> = 8,
        value_or_next_key: UserPtr<'a> = 16,
        flags: u64 = 24,
    }
}

attr! {
    /// The commands on many elements.
    MapBatchAttr<'a> [56] {
        in_batch: UserPtr<'a> = 0,
        out_batch: UserPtr<'a> = 8,
        keys: UserPtr<'a> = 16,
        values: UserPtr<'a> = 24,
        count: u32 = 32,
        map_fd: i32 = 36,
        elem_flags: u64 = 40,
        flags: u64 = 48,
    }
}

attr! {
    /// `BPF_PROG_LOAD`.
    ProgLoadAttr<'a> [168] {
        prog_type: u32 = 0,
        insn_cnt: u32 = 4,
        insns: UserPtr<'a> = 8,
        license: UserPtr<'a> = 16,
        log_level: u32 = 24,
        log_size: u32 = 28,
        log_buf: UserPtr<'a> = 32,
        kern_version: u32 = 40,
        prog_flags: u32 = 44,
        prog_name: [u8; 16] = 48,
        prog_ifindex: u32 = 64,
        expected_attach_type: u32 = 68,
        prog_btf_fd: i32 = 72,
        func_info_rec_size: u32 = 76,
        func_info: UserPtr<'a> = 80,
        func_info_cnt: u32 = 88,
        line_info_rec_size: u32 = 92,
        line_info: UserPtr<'a> = 96,
        line_info_cnt: u32 = 104,
        attach_btf_id: u32 = 108,
        attach_prog_or_btf_obj_fd: i32 = 112,
        core_relo_cnt: u32 = 116,
        fd_array: UserPtr<'a> = 120,
        core_relos: UserPtr<'a> = 128,
        core_relo_rec_size: u32 = 136,
        log_true_size: u32 = 140,
        prog_token_fd: i32 = 144,
        fd_array_cnt: u32 = 148,
        signature: UserPtr<'a> = 152,
        signature_size: u32 = 160,
        keyring_id: i32 = 164,
    }
}

attr! {
    /// `BPF_OBJ_PIN` and `BPF_OBJ_GET`.
    ObjPinAttr<'a> [24] {
        pathname: UserPtr<'a> = 0,
        bpf_fd: i32 = 8,
        file_flags: u32 = 12,
        path_fd: i32 = 16,
        hole: u32 = 20,
    }
}

attr! {
    /// `BPF_PROG_ATTACH` and `BPF_PROG_DETACH`.
    ProgAttachAttr<'a> [32] {
        target_fd_or_ifindex: i32 = 0,
        attach_bpf_fd: i32 = 4,
        attach_type: u32 = 8,
        attach_flags: u32 = 12,
        replace_bpf_fd: i32 = 16,
        relative_fd_or_id: u32 = 20,
        expected_revision: u64 = 24,
    }
}

attr! {
    /// `BPF_PROG_TEST_RUN`.
    TestRunAttr<'a> [80] {
        prog_fd: i32 = 0,
        retval: u32 = 4,
        data_size_in: u32 = 8,
        data_size_out: u32 = 12,
        data_in: UserPtr<'a> = 16,
        data_out: UserPtr<'a> = 24,
        repeat: u32 = 32,
        duration: u32 = 36,
        ctx_size_in: u32 = 40,
        ctx_size_out: u32 = 44,
        ctx_in: UserPtr<'a> = 48,
        ctx_out: UserPtr<'a> = 56,
        flags: u32 = 64,
        cpu: u32 = 68,
        batch_size: u32 = 72,
        hole: u32 = 76,
    }
}

attr! {
    /// The `GET_NEXT_ID` and `GET_FD_BY_ID` commands.
    GetIdAttr<'a> [16] {
        id: u32 = 0,
        next_id: u32 = 4,
        open_flags: u32 = 8,
        token_fd: i32 = 12,
    }
}

attr! {
    /// `BPF_OBJ_GET_INFO_BY_FD`.
    InfoAttr<'a> [16] {
        bpf_fd: i32 = 0,
        info_len: u32 = 4,
        info: UserPtr<'a> = 8,
    }
}

attr! {
    /// `BPF_RAW_TRACEPOINT_OPEN`.
    RawTracepointAttr<'a> [24] {
        name: UserPtr<'a> = 0,
        prog_fd: i32 = 8,
        hole: u32 = 12,
        cookie: u64 = 16,
    }
}

attr! {
    /// `BPF_BTF_LOAD`.
    BtfLoadAttr<'a> [40] {
        btf: UserPtr<'a> = 0,
        btf_log_buf: UserPtr<'a> = 8,
        btf_size: u32 = 16,
        btf_log_size: u32 = 20,
        btf_log_level: u32 = 24,
        btf_log_true_size: u32 = 28,
        btf_flags: u32 = 32,
        btf_token_fd: i32 = 36,
    }
}

attr! {
    /// `BPF_LINK_CREATE`. The union at its end is kept as words; `cmd/link.rs` says which form it has.
    LinkCreateAttr<'a> [64] {
        prog_or_map_fd: i32 = 0,
        target_fd_or_ifindex: u32 = 4,
        attach_type: u32 = 8,
        flags: u32 = 12,
        form: [u32; 12] = 16,
    }
}

attr! {
    /// `BPF_ITER_CREATE`.
    IterCreateAttr<'a> [8] {
        link_fd: i32 = 0,
        flags: u32 = 4,
    }
}

attr! {
    /// `BPF_LINK_UPDATE`.
    LinkUpdateAttr<'a> [16] {
        link_fd: i32 = 0,
        new_fd: i32 = 4,
        flags: u32 = 8,
        old_fd: i32 = 12,
    }
}

attr! {
    /// `BPF_LINK_DETACH`.
    LinkDetachAttr<'a> [4] {
        link_fd: i32 = 0,
    }
}

attr! {
    /// `BPF_PROG_BIND_MAP`.
    BindMapAttr<'a> [12] {
        prog_fd: i32 = 0,
        map_fd: i32 = 4,
        flags: u32 = 8,
    }
}

attr! {
    /// `BPF_TOKEN_CREATE`.
    TokenCreateAttr<'a> [8] {
        flags: u32 = 0,
        bpffs_fd: i32 = 4,
    }
}

/// A name as the kernel takes it: at most 15 bytes, cut at a character, and `_` for what the kernel refuses.
pub(crate) fn object_name(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    let mut free = bytes.iter_mut().take(15);
    for c in name.chars() {
        let kept = if c.is_ascii_alphanumeric() || c == '_' || c == '.' { c } else { '_' };
        let (Some(byte), Ok(kept)) = (free.next(), u8::try_from(kept)) else { break };
        *byte = kept;
    }
    bytes
}

/// The text of a fixed field, up to its NUL.
pub(crate) fn fixed_text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("counts", "counts"),
            (".rodata.str-1", ".rodata.str_1"),
            ("a_name_that_is_too_long", "a_name_that_is_"),
            ("größe", "gr__e"),
            ("a\0b", "a_b"),
            ("", ""),
        ] {
            assert_eq!(fixed_text(&object_name(name)), expected);
        }
        assert_eq!(fixed_text(b"\0abc"), "");
        assert_eq!(fixed_text(b"abc"), "abc");
    }
}
