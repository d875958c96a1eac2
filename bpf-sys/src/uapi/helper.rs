//! The helper functions that programs can call by number: `enum bpf_func_id`. The list is closed since 6.2: newer functions are kfuncs.

use super::prototype::{Parameter, Prototype};
use super::table::uapi_table;

/// As `uapi_table!`, with the prototype at the end of each row: `"what it returns" ("type" name, …)`. Types are those that
/// C programs see: a packet is a `struct __sk_buff`, a map is a `void *`.
macro_rules! helper_table {
    ($(
        $CONST:ident = $number:literal, $name:literal, $short:literal, $since:literal,
        $returns:literal ($($ty:literal $($param:ident)?),*);
    )*) => {
        uapi_table! {
            /// A helper function that a program calls by number: `enum bpf_func_id`.
            ///
            /// A number that this crate does not know is kept as it is.
            pub struct Helper, "helper", first 1;

            $($CONST = $number, $name, $short, $since;)*
        }

        /// In the order of the table.
        const PROTOTYPES: &[Prototype] = &[$(Prototype {
            returns: $returns,
            parameters: &[$(Parameter { c_type: $ty, name: concat!($(stringify!($param))?) }),*],
        }),*];
    };
}

impl Helper {
    /// How C programs declare it, or `None` for a number that this crate does not know.
    pub fn prototype(self) -> Option<Prototype> {
        self.row().filter(|_| self != Self::UNSPEC)?;
        PROTOTYPES.get(usize::try_from(self.0).ok()?).copied()
    }
}

helper_table! {
    UNSPEC = 0, "bpf_unspec", "unspec", 3.19, "void" ();
    MAP_LOOKUP_ELEM = 1, "bpf_map_lookup_elem", "map_lookup_elem", 3.19,
        "void *" ("void *" map, "const void *" key);
    MAP_UPDATE_ELEM = 2, "bpf_map_update_elem", "map_update_elem", 3.19,
        "long" ("void *" map, "const void *" key, "const void *" value, "__u64" flags);
    MAP_DELETE_ELEM = 3, "bpf_map_delete_elem", "map_delete_elem", 3.19,
        "long" ("void *" map, "const void *" key);
    PROBE_READ = 4, "bpf_probe_read", "probe_read", 4.1,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    KTIME_GET_NS = 5, "bpf_ktime_get_ns", "ktime_get_ns", 4.1, "__u64" ();
    TRACE_PRINTK = 6, "bpf_trace_printk", "trace_printk", 4.1,
        "long" ("const char *" fmt, "__u32" fmt_size, "...");
    GET_PRANDOM_U32 = 7, "bpf_get_prandom_u32", "get_prandom_u32", 4.1, "__u32" ();
    GET_SMP_PROCESSOR_ID = 8, "bpf_get_smp_processor_id", "get_smp_processor_id", 4.1, "__u32" ();
    SKB_STORE_BYTES = 9, "bpf_skb_store_bytes", "skb_store_bytes", 4.1,
        "long" ("struct __sk_buff *" skb, "__u32" offset, "const void *" from, "__u32" len, "__u64" flags);
    L3_CSUM_REPLACE = 10, "bpf_l3_csum_replace", "l3_csum_replace", 4.1,
        "long" ("struct __sk_buff *" skb, "__u32" offset, "__u64" from, "__u64" to, "__u64" size);
    L4_CSUM_REPLACE = 11, "bpf_l4_csum_replace", "l4_csum_replace", 4.1,
        "long" ("struct __sk_buff *" skb, "__u32" offset, "__u64" from, "__u64" to, "__u64" flags);
    TAIL_CALL = 12, "bpf_tail_call", "tail_call", 4.2,
        "long" ("void *" ctx, "void *" prog_array_map, "__u32" index);
    CLONE_REDIRECT = 13, "bpf_clone_redirect", "clone_redirect", 4.2,
        "long" ("struct __sk_buff *" skb, "__u32" ifindex, "__u64" flags);
    GET_CURRENT_PID_TGID = 14, "bpf_get_current_pid_tgid", "get_current_pid_tgid", 4.2, "__u64" ();
    GET_CURRENT_UID_GID = 15, "bpf_get_current_uid_gid", "get_current_uid_gid", 4.2, "__u64" ();
    GET_CURRENT_COMM = 16, "bpf_get_current_comm", "get_current_comm", 4.2,
        "long" ("void *" buf, "__u32" size_of_buf);
    GET_CGROUP_CLASSID = 17, "bpf_get_cgroup_classid", "get_cgroup_classid", 4.3,
        "__u32" ("struct __sk_buff *" skb);
    SKB_VLAN_PUSH = 18, "bpf_skb_vlan_push", "skb_vlan_push", 4.3,
        "long" ("struct __sk_buff *" skb, "__be16" vlan_proto, "__u16" vlan_tci);
    SKB_VLAN_POP = 19, "bpf_skb_vlan_pop", "skb_vlan_pop", 4.3, "long" ("struct __sk_buff *" skb);
    SKB_GET_TUNNEL_KEY = 20, "bpf_skb_get_tunnel_key", "skb_get_tunnel_key", 4.3,
        "long" ("struct __sk_buff *" skb, "struct bpf_tunnel_key *" key, "__u32" size, "__u64" flags);
    SKB_SET_TUNNEL_KEY = 21, "bpf_skb_set_tunnel_key", "skb_set_tunnel_key", 4.3,
        "long" ("struct __sk_buff *" skb, "struct bpf_tunnel_key *" key, "__u32" size, "__u64" flags);
    PERF_EVENT_READ = 22, "bpf_perf_event_read", "perf_event_read", 4.3,
        "__u64" ("void *" map, "__u64" flags);
    REDIRECT = 23, "bpf_redirect", "redirect", 4.4, "long" ("__u32" ifindex, "__u64" flags);
    GET_ROUTE_REALM = 24, "bpf_get_route_realm", "get_route_realm", 4.4, "__u32" ("struct __sk_buff *" skb);
    PERF_EVENT_OUTPUT = 25, "bpf_perf_event_output", "perf_event_output", 4.4,
        "long" ("void *" ctx, "void *" map, "__u64" flags, "void *" data, "__u64" size);
    SKB_LOAD_BYTES = 26, "bpf_skb_load_bytes", "skb_load_bytes", 4.5,
        "long" ("const void *" skb, "__u32" offset, "void *" to, "__u32" len);
    GET_STACKID = 27, "bpf_get_stackid", "get_stackid", 4.6,
        "long" ("void *" ctx, "void *" map, "__u64" flags);
    CSUM_DIFF = 28, "bpf_csum_diff", "csum_diff", 4.6,
        "__s64" ("__be32 *" from, "__u32" from_size, "__be32 *" to, "__u32" to_size, "__wsum" seed);
    SKB_GET_TUNNEL_OPT = 29, "bpf_skb_get_tunnel_opt", "skb_get_tunnel_opt", 4.6,
        "long" ("struct __sk_buff *" skb, "void *" opt, "__u32" size);
    SKB_SET_TUNNEL_OPT = 30, "bpf_skb_set_tunnel_opt", "skb_set_tunnel_opt", 4.6,
        "long" ("struct __sk_buff *" skb, "void *" opt, "__u32" size);
    SKB_CHANGE_PROTO = 31, "bpf_skb_change_proto", "skb_change_proto", 4.8,
        "long" ("struct __sk_buff *" skb, "__be16" proto, "__u64" flags);
    SKB_CHANGE_TYPE = 32, "bpf_skb_change_type", "skb_change_type", 4.8,
        "long" ("struct __sk_buff *" skb, "__u32" type);
    SKB_UNDER_CGROUP = 33, "bpf_skb_under_cgroup", "skb_under_cgroup", 4.8,
        "long" ("struct __sk_buff *" skb, "void *" map, "__u32" index);
    GET_HASH_RECALC = 34, "bpf_get_hash_recalc", "get_hash_recalc", 4.8, "__u32" ("struct __sk_buff *" skb);
    GET_CURRENT_TASK = 35, "bpf_get_current_task", "get_current_task", 4.8, "__u64" ();
    PROBE_WRITE_USER = 36, "bpf_probe_write_user", "probe_write_user", 4.8,
        "long" ("void *" dst, "const void *" src, "__u32" len);
    CURRENT_TASK_UNDER_CGROUP = 37, "bpf_current_task_under_cgroup", "current_task_under_cgroup", 4.9,
        "long" ("void *" map, "__u32" index);
    SKB_CHANGE_TAIL = 38, "bpf_skb_change_tail", "skb_change_tail", 4.9,
        "long" ("struct __sk_buff *" skb, "__u32" len, "__u64" flags);
    SKB_PULL_DATA = 39, "bpf_skb_pull_data", "skb_pull_data", 4.9,
        "long" ("struct __sk_buff *" skb, "__u32" len);
    CSUM_UPDATE = 40, "bpf_csum_update", "csum_update", 4.9,
        "__s64" ("struct __sk_buff *" skb, "__wsum" csum);
    SET_HASH_INVALID = 41, "bpf_set_hash_invalid", "set_hash_invalid", 4.9, "void" ("struct __sk_buff *" skb);
    GET_NUMA_NODE_ID = 42, "bpf_get_numa_node_id", "get_numa_node_id", 4.10, "long" ();
    SKB_CHANGE_HEAD = 43, "bpf_skb_change_head", "skb_change_head", 4.10,
        "long" ("struct __sk_buff *" skb, "__u32" len, "__u64" flags);
    XDP_ADJUST_HEAD = 44, "bpf_xdp_adjust_head", "xdp_adjust_head", 4.10,
        "long" ("struct xdp_md *" xdp_md, "int" delta);
    PROBE_READ_STR = 45, "bpf_probe_read_str", "probe_read_str", 4.11,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    GET_SOCKET_COOKIE = 46, "bpf_get_socket_cookie", "get_socket_cookie", 4.12, "__u64" ("void *" ctx);
    GET_SOCKET_UID = 47, "bpf_get_socket_uid", "get_socket_uid", 4.12, "__u32" ("struct __sk_buff *" skb);
    SET_HASH = 48, "bpf_set_hash", "set_hash", 4.13, "long" ("struct __sk_buff *" skb, "__u32" hash);
    SETSOCKOPT = 49, "bpf_setsockopt", "setsockopt", 4.13,
        "long" ("void *" bpf_socket, "int" level, "int" optname, "void *" optval, "int" optlen);
    SKB_ADJUST_ROOM = 50, "bpf_skb_adjust_room", "skb_adjust_room", 4.13,
        "long" ("struct __sk_buff *" skb, "__s32" len_diff, "__u32" mode, "__u64" flags);
    REDIRECT_MAP = 51, "bpf_redirect_map", "redirect_map", 4.14,
        "long" ("void *" map, "__u64" key, "__u64" flags);
    SK_REDIRECT_MAP = 52, "bpf_sk_redirect_map", "sk_redirect_map", 4.14,
        "long" ("struct __sk_buff *" skb, "void *" map, "__u32" key, "__u64" flags);
    SOCK_MAP_UPDATE = 53, "bpf_sock_map_update", "sock_map_update", 4.14,
        "long" ("struct bpf_sock_ops *" skops, "void *" map, "void *" key, "__u64" flags);
    XDP_ADJUST_META = 54, "bpf_xdp_adjust_meta", "xdp_adjust_meta", 4.15,
        "long" ("struct xdp_md *" xdp_md, "int" delta);
    PERF_EVENT_READ_VALUE = 55, "bpf_perf_event_read_value", "perf_event_read_value", 4.15,
        "long" ("void *" map, "__u64" flags, "struct bpf_perf_event_value *" buf, "__u32" buf_size);
    PERF_PROG_READ_VALUE = 56, "bpf_perf_prog_read_value", "perf_prog_read_value", 4.15,
        "long" ("struct bpf_perf_event_data *" ctx, "struct bpf_perf_event_value *" buf, "__u32" buf_size);
    GETSOCKOPT = 57, "bpf_getsockopt", "getsockopt", 4.15,
        "long" ("void *" bpf_socket, "int" level, "int" optname, "void *" optval, "int" optlen);
    OVERRIDE_RETURN = 58, "bpf_override_return", "override_return", 4.16,
        "long" ("struct pt_regs *" regs, "__u64" rc);
    SOCK_OPS_CB_FLAGS_SET = 59, "bpf_sock_ops_cb_flags_set", "sock_ops_cb_flags_set", 4.16,
        "long" ("struct bpf_sock_ops *" bpf_sock, "int" argval);
    MSG_REDIRECT_MAP = 60, "bpf_msg_redirect_map", "msg_redirect_map", 4.17,
        "long" ("struct sk_msg_md *" msg, "void *" map, "__u32" key, "__u64" flags);
    MSG_APPLY_BYTES = 61, "bpf_msg_apply_bytes", "msg_apply_bytes", 4.17,
        "long" ("struct sk_msg_md *" msg, "__u32" bytes);
    MSG_CORK_BYTES = 62, "bpf_msg_cork_bytes", "msg_cork_bytes", 4.17,
        "long" ("struct sk_msg_md *" msg, "__u32" bytes);
    MSG_PULL_DATA = 63, "bpf_msg_pull_data", "msg_pull_data", 4.17,
        "long" ("struct sk_msg_md *" msg, "__u32" start, "__u32" end, "__u64" flags);
    BIND = 64, "bpf_bind", "bind", 4.17,
        "long" ("struct bpf_sock_addr *" ctx, "struct sockaddr *" addr, "int" addr_len);
    XDP_ADJUST_TAIL = 65, "bpf_xdp_adjust_tail", "xdp_adjust_tail", 4.18,
        "long" ("struct xdp_md *" xdp_md, "int" delta);
    SKB_GET_XFRM_STATE = 66, "bpf_skb_get_xfrm_state", "skb_get_xfrm_state", 4.18,
        "long" ("struct __sk_buff *" skb, "__u32" index, "struct bpf_xfrm_state *" xfrm_state, "__u32" size,
            "__u64" flags);
    GET_STACK = 67, "bpf_get_stack", "get_stack", 4.18,
        "long" ("void *" ctx, "void *" buf, "__u32" size, "__u64" flags);
    SKB_LOAD_BYTES_RELATIVE = 68, "bpf_skb_load_bytes_relative", "skb_load_bytes_relative", 4.18,
        "long" ("const void *" skb, "__u32" offset, "void *" to, "__u32" len, "__u32" start_header);
    FIB_LOOKUP = 69, "bpf_fib_lookup", "fib_lookup", 4.18,
        "long" ("void *" ctx, "struct bpf_fib_lookup *" params, "int" plen, "__u32" flags);
    SOCK_HASH_UPDATE = 70, "bpf_sock_hash_update", "sock_hash_update", 4.18,
        "long" ("struct bpf_sock_ops *" skops, "void *" map, "void *" key, "__u64" flags);
    MSG_REDIRECT_HASH = 71, "bpf_msg_redirect_hash", "msg_redirect_hash", 4.18,
        "long" ("struct sk_msg_md *" msg, "void *" map, "void *" key, "__u64" flags);
    SK_REDIRECT_HASH = 72, "bpf_sk_redirect_hash", "sk_redirect_hash", 4.18,
        "long" ("struct __sk_buff *" skb, "void *" map, "void *" key, "__u64" flags);
    LWT_PUSH_ENCAP = 73, "bpf_lwt_push_encap", "lwt_push_encap", 4.18,
        "long" ("struct __sk_buff *" skb, "__u32" type, "void *" hdr, "__u32" len);
    LWT_SEG6_STORE_BYTES = 74, "bpf_lwt_seg6_store_bytes", "lwt_seg6_store_bytes", 4.18,
        "long" ("struct __sk_buff *" skb, "__u32" offset, "const void *" from, "__u32" len);
    LWT_SEG6_ADJUST_SRH = 75, "bpf_lwt_seg6_adjust_srh", "lwt_seg6_adjust_srh", 4.18,
        "long" ("struct __sk_buff *" skb, "__u32" offset, "__s32" delta);
    LWT_SEG6_ACTION = 76, "bpf_lwt_seg6_action", "lwt_seg6_action", 4.18,
        "long" ("struct __sk_buff *" skb, "__u32" action, "void *" param, "__u32" param_len);
    RC_REPEAT = 77, "bpf_rc_repeat", "rc_repeat", 4.18, "long" ("void *" ctx);
    RC_KEYDOWN = 78, "bpf_rc_keydown", "rc_keydown", 4.18,
        "long" ("void *" ctx, "__u32" protocol, "__u64" scancode, "__u32" toggle);
    SKB_CGROUP_ID = 79, "bpf_skb_cgroup_id", "skb_cgroup_id", 4.18, "__u64" ("struct __sk_buff *" skb);
    GET_CURRENT_CGROUP_ID = 80, "bpf_get_current_cgroup_id", "get_current_cgroup_id", 4.18, "__u64" ();
    GET_LOCAL_STORAGE = 81, "bpf_get_local_storage", "get_local_storage", 4.19,
        "void *" ("void *" map, "__u64" flags);
    SK_SELECT_REUSEPORT = 82, "bpf_sk_select_reuseport", "sk_select_reuseport", 4.19,
        "long" ("struct sk_reuseport_md *" reuse, "void *" map, "void *" key, "__u64" flags);
    SKB_ANCESTOR_CGROUP_ID = 83, "bpf_skb_ancestor_cgroup_id", "skb_ancestor_cgroup_id", 4.19,
        "__u64" ("struct __sk_buff *" skb, "int" ancestor_level);
    SK_LOOKUP_TCP = 84, "bpf_sk_lookup_tcp", "sk_lookup_tcp", 4.20,
        "struct bpf_sock *" ("void *" ctx, "struct bpf_sock_tuple *" tuple, "__u32" tuple_size, "__u64" netns,
            "__u64" flags);
    SK_LOOKUP_UDP = 85, "bpf_sk_lookup_udp", "sk_lookup_udp", 4.20,
        "struct bpf_sock *" ("void *" ctx, "struct bpf_sock_tuple *" tuple, "__u32" tuple_size, "__u64" netns,
            "__u64" flags);
    SK_RELEASE = 86, "bpf_sk_release", "sk_release", 4.20, "long" ("void *" sock);
    MAP_PUSH_ELEM = 87, "bpf_map_push_elem", "map_push_elem", 4.20,
        "long" ("void *" map, "const void *" value, "__u64" flags);
    MAP_POP_ELEM = 88, "bpf_map_pop_elem", "map_pop_elem", 4.20, "long" ("void *" map, "void *" value);
    MAP_PEEK_ELEM = 89, "bpf_map_peek_elem", "map_peek_elem", 4.20, "long" ("void *" map, "void *" value);
    MSG_PUSH_DATA = 90, "bpf_msg_push_data", "msg_push_data", 4.20,
        "long" ("struct sk_msg_md *" msg, "__u32" start, "__u32" len, "__u64" flags);
    MSG_POP_DATA = 91, "bpf_msg_pop_data", "msg_pop_data", 5.0,
        "long" ("struct sk_msg_md *" msg, "__u32" start, "__u32" len, "__u64" flags);
    RC_POINTER_REL = 92, "bpf_rc_pointer_rel", "rc_pointer_rel", 5.0,
        "long" ("void *" ctx, "__s32" rel_x, "__s32" rel_y);
    SPIN_LOCK = 93, "bpf_spin_lock", "spin_lock", 5.1, "long" ("struct bpf_spin_lock *" lock);
    SPIN_UNLOCK = 94, "bpf_spin_unlock", "spin_unlock", 5.1, "long" ("struct bpf_spin_lock *" lock);
    SK_FULLSOCK = 95, "bpf_sk_fullsock", "sk_fullsock", 5.1, "struct bpf_sock *" ("struct bpf_sock *" sk);
    TCP_SOCK = 96, "bpf_tcp_sock", "tcp_sock", 5.1, "struct bpf_tcp_sock *" ("struct bpf_sock *" sk);
    SKB_ECN_SET_CE = 97, "bpf_skb_ecn_set_ce", "skb_ecn_set_ce", 5.1, "long" ("struct __sk_buff *" skb);
    GET_LISTENER_SOCK = 98, "bpf_get_listener_sock", "get_listener_sock", 5.1,
        "struct bpf_sock *" ("struct bpf_sock *" sk);
    SKC_LOOKUP_TCP = 99, "bpf_skc_lookup_tcp", "skc_lookup_tcp", 5.2,
        "struct bpf_sock *" ("void *" ctx, "struct bpf_sock_tuple *" tuple, "__u32" tuple_size, "__u64" netns,
            "__u64" flags);
    TCP_CHECK_SYNCOOKIE = 100, "bpf_tcp_check_syncookie", "tcp_check_syncookie", 5.2,
        "long" ("void *" sk, "void *" iph, "__u32" iph_len, "struct tcphdr *" th, "__u32" th_len);
    SYSCTL_GET_NAME = 101, "bpf_sysctl_get_name", "sysctl_get_name", 5.2,
        "long" ("struct bpf_sysctl *" ctx, "char *" buf, "unsigned long" buf_len, "__u64" flags);
    SYSCTL_GET_CURRENT_VALUE = 102, "bpf_sysctl_get_current_value", "sysctl_get_current_value", 5.2,
        "long" ("struct bpf_sysctl *" ctx, "char *" buf, "unsigned long" buf_len);
    SYSCTL_GET_NEW_VALUE = 103, "bpf_sysctl_get_new_value", "sysctl_get_new_value", 5.2,
        "long" ("struct bpf_sysctl *" ctx, "char *" buf, "unsigned long" buf_len);
    SYSCTL_SET_NEW_VALUE = 104, "bpf_sysctl_set_new_value", "sysctl_set_new_value", 5.2,
        "long" ("struct bpf_sysctl *" ctx, "const char *" buf, "unsigned long" buf_len);
    STRTOL = 105, "bpf_strtol", "strtol", 5.2,
        "long" ("const char *" buf, "unsigned long" buf_len, "__u64" flags, "long *" res);
    STRTOUL = 106, "bpf_strtoul", "strtoul", 5.2,
        "long" ("const char *" buf, "unsigned long" buf_len, "__u64" flags, "unsigned long *" res);
    SK_STORAGE_GET = 107, "bpf_sk_storage_get", "sk_storage_get", 5.2,
        "void *" ("void *" map, "void *" sk, "void *" value, "__u64" flags);
    SK_STORAGE_DELETE = 108, "bpf_sk_storage_delete", "sk_storage_delete", 5.2,
        "long" ("void *" map, "void *" sk);
    SEND_SIGNAL = 109, "bpf_send_signal", "send_signal", 5.3, "long" ("__u32" sig);
    TCP_GEN_SYNCOOKIE = 110, "bpf_tcp_gen_syncookie", "tcp_gen_syncookie", 5.4,
        "__s64" ("void *" sk, "void *" iph, "__u32" iph_len, "struct tcphdr *" th, "__u32" th_len);
    SKB_OUTPUT = 111, "bpf_skb_output", "skb_output", 5.5,
        "long" ("void *" ctx, "void *" map, "__u64" flags, "void *" data, "__u64" size);
    PROBE_READ_USER = 112, "bpf_probe_read_user", "probe_read_user", 5.5,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    PROBE_READ_KERNEL = 113, "bpf_probe_read_kernel", "probe_read_kernel", 5.5,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    PROBE_READ_USER_STR = 114, "bpf_probe_read_user_str", "probe_read_user_str", 5.5,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    PROBE_READ_KERNEL_STR = 115, "bpf_probe_read_kernel_str", "probe_read_kernel_str", 5.5,
        "long" ("void *" dst, "__u32" size, "const void *" unsafe_ptr);
    TCP_SEND_ACK = 116, "bpf_tcp_send_ack", "tcp_send_ack", 5.6, "long" ("void *" tp, "__u32" rcv_nxt);
    SEND_SIGNAL_THREAD = 117, "bpf_send_signal_thread", "send_signal_thread", 5.6, "long" ("__u32" sig);
    JIFFIES64 = 118, "bpf_jiffies64", "jiffies64", 5.6, "__u64" ();
    READ_BRANCH_RECORDS = 119, "bpf_read_branch_records", "read_branch_records", 5.7,
        "long" ("struct bpf_perf_event_data *" ctx, "void *" buf, "__u32" size, "__u64" flags);
    GET_NS_CURRENT_PID_TGID = 120, "bpf_get_ns_current_pid_tgid", "get_ns_current_pid_tgid", 5.7,
        "long" ("__u64" dev, "__u64" ino, "struct bpf_pidns_info *" nsdata, "__u32" size);
    XDP_OUTPUT = 121, "bpf_xdp_output", "xdp_output", 5.7,
        "long" ("void *" ctx, "void *" map, "__u64" flags, "void *" data, "__u64" size);
    GET_NETNS_COOKIE = 122, "bpf_get_netns_cookie", "get_netns_cookie", 5.7, "__u64" ("void *" ctx);
    GET_CURRENT_ANCESTOR_CGROUP_ID = 123, "bpf_get_current_ancestor_cgroup_id", "get_current_ancestor_cgroup_id", 5.7,
        "__u64" ("int" ancestor_level);
    SK_ASSIGN = 124, "bpf_sk_assign", "sk_assign", 5.7, "long" ("void *" ctx, "void *" sk, "__u64" flags);
    KTIME_GET_BOOT_NS = 125, "bpf_ktime_get_boot_ns", "ktime_get_boot_ns", 5.8, "__u64" ();
    SEQ_PRINTF = 126, "bpf_seq_printf", "seq_printf", 5.8,
        "long" ("struct seq_file *" m, "const char *" fmt, "__u32" fmt_size, "const void *" data,
            "__u32" data_len);
    SEQ_WRITE = 127, "bpf_seq_write", "seq_write", 5.8,
        "long" ("struct seq_file *" m, "const void *" data, "__u32" len);
    SK_CGROUP_ID = 128, "bpf_sk_cgroup_id", "sk_cgroup_id", 5.8, "__u64" ("void *" sk);
    SK_ANCESTOR_CGROUP_ID = 129, "bpf_sk_ancestor_cgroup_id", "sk_ancestor_cgroup_id", 5.8,
        "__u64" ("void *" sk, "int" ancestor_level);
    RINGBUF_OUTPUT = 130, "bpf_ringbuf_output", "ringbuf_output", 5.8,
        "long" ("void *" ringbuf, "void *" data, "__u64" size, "__u64" flags);
    RINGBUF_RESERVE = 131, "bpf_ringbuf_reserve", "ringbuf_reserve", 5.8,
        "void *" ("void *" ringbuf, "__u64" size, "__u64" flags);
    RINGBUF_SUBMIT = 132, "bpf_ringbuf_submit", "ringbuf_submit", 5.8, "void" ("void *" data, "__u64" flags);
    RINGBUF_DISCARD = 133, "bpf_ringbuf_discard", "ringbuf_discard", 5.8,
        "void" ("void *" data, "__u64" flags);
    RINGBUF_QUERY = 134, "bpf_ringbuf_query", "ringbuf_query", 5.8, "__u64" ("void *" ringbuf, "__u64" flags);
    CSUM_LEVEL = 135, "bpf_csum_level", "csum_level", 5.8, "long" ("struct __sk_buff *" skb, "__u64" level);
    SKC_TO_TCP6_SOCK = 136, "bpf_skc_to_tcp6_sock", "skc_to_tcp6_sock", 5.9,
        "struct tcp6_sock *" ("void *" sk);
    SKC_TO_TCP_SOCK = 137, "bpf_skc_to_tcp_sock", "skc_to_tcp_sock", 5.9, "struct tcp_sock *" ("void *" sk);
    SKC_TO_TCP_TIMEWAIT_SOCK = 138, "bpf_skc_to_tcp_timewait_sock", "skc_to_tcp_timewait_sock", 5.9,
        "struct tcp_timewait_sock *" ("void *" sk);
    SKC_TO_TCP_REQUEST_SOCK = 139, "bpf_skc_to_tcp_request_sock", "skc_to_tcp_request_sock", 5.9,
        "struct tcp_request_sock *" ("void *" sk);
    SKC_TO_UDP6_SOCK = 140, "bpf_skc_to_udp6_sock", "skc_to_udp6_sock", 5.9,
        "struct udp6_sock *" ("void *" sk);
    GET_TASK_STACK = 141, "bpf_get_task_stack", "get_task_stack", 5.9,
        "long" ("struct task_struct *" task, "void *" buf, "__u32" size, "__u64" flags);
    LOAD_HDR_OPT = 142, "bpf_load_hdr_opt", "load_hdr_opt", 5.10,
        "long" ("struct bpf_sock_ops *" skops, "void *" searchby_res, "__u32" len, "__u64" flags);
    STORE_HDR_OPT = 143, "bpf_store_hdr_opt", "store_hdr_opt", 5.10,
        "long" ("struct bpf_sock_ops *" skops, "const void *" from, "__u32" len, "__u64" flags);
    RESERVE_HDR_OPT = 144, "bpf_reserve_hdr_opt", "reserve_hdr_opt", 5.10,
        "long" ("struct bpf_sock_ops *" skops, "__u32" len, "__u64" flags);
    INODE_STORAGE_GET = 145, "bpf_inode_storage_get", "inode_storage_get", 5.10,
        "void *" ("void *" map, "void *" inode, "void *" value, "__u64" flags);
    INODE_STORAGE_DELETE = 146, "bpf_inode_storage_delete", "inode_storage_delete", 5.10,
        "int" ("void *" map, "void *" inode);
    D_PATH = 147, "bpf_d_path", "d_path", 5.10, "long" ("const struct path *" path, "char *" buf, "__u32" sz);
    COPY_FROM_USER = 148, "bpf_copy_from_user", "copy_from_user", 5.10,
        "long" ("void *" dst, "__u32" size, "const void *" user_ptr);
    SNPRINTF_BTF = 149, "bpf_snprintf_btf", "snprintf_btf", 5.10,
        "long" ("char *" str, "__u32" str_size, "struct btf_ptr *" ptr, "__u32" btf_ptr_size, "__u64" flags);
    SEQ_PRINTF_BTF = 150, "bpf_seq_printf_btf", "seq_printf_btf", 5.10,
        "long" ("struct seq_file *" m, "struct btf_ptr *" ptr, "__u32" ptr_size, "__u64" flags);
    SKB_CGROUP_CLASSID = 151, "bpf_skb_cgroup_classid", "skb_cgroup_classid", 5.10,
        "__u64" ("struct __sk_buff *" skb);
    REDIRECT_NEIGH = 152, "bpf_redirect_neigh", "redirect_neigh", 5.10,
        "long" ("__u32" ifindex, "struct bpf_redir_neigh *" params, "int" plen, "__u64" flags);
    PER_CPU_PTR = 153, "bpf_per_cpu_ptr", "per_cpu_ptr", 5.10,
        "void *" ("const void *" percpu_ptr, "__u32" cpu);
    THIS_CPU_PTR = 154, "bpf_this_cpu_ptr", "this_cpu_ptr", 5.10, "void *" ("const void *" percpu_ptr);
    REDIRECT_PEER = 155, "bpf_redirect_peer", "redirect_peer", 5.10, "long" ("__u32" ifindex, "__u64" flags);
    TASK_STORAGE_GET = 156, "bpf_task_storage_get", "task_storage_get", 5.11,
        "void *" ("void *" map, "struct task_struct *" task, "void *" value, "__u64" flags);
    TASK_STORAGE_DELETE = 157, "bpf_task_storage_delete", "task_storage_delete", 5.11,
        "long" ("void *" map, "struct task_struct *" task);
    GET_CURRENT_TASK_BTF = 158, "bpf_get_current_task_btf", "get_current_task_btf", 5.11,
        "struct task_struct *" ();
    BPRM_OPTS_SET = 159, "bpf_bprm_opts_set", "bprm_opts_set", 5.11,
        "long" ("struct linux_binprm *" bprm, "__u64" flags);
    KTIME_GET_COARSE_NS = 160, "bpf_ktime_get_coarse_ns", "ktime_get_coarse_ns", 5.11, "__u64" ();
    IMA_INODE_HASH = 161, "bpf_ima_inode_hash", "ima_inode_hash", 5.11,
        "long" ("struct inode *" inode, "void *" dst, "__u32" size);
    SOCK_FROM_FILE = 162, "bpf_sock_from_file", "sock_from_file", 5.11,
        "struct socket *" ("struct file *" file);
    CHECK_MTU = 163, "bpf_check_mtu", "check_mtu", 5.12,
        "long" ("void *" ctx, "__u32" ifindex, "__u32 *" mtu_len, "__s32" len_diff, "__u64" flags);
    FOR_EACH_MAP_ELEM = 164, "bpf_for_each_map_elem", "for_each_map_elem", 5.13,
        "long" ("void *" map, "void *" callback_fn, "void *" callback_ctx, "__u64" flags);
    SNPRINTF = 165, "bpf_snprintf", "snprintf", 5.13,
        "long" ("char *" str, "__u32" str_size, "const char *" fmt, "__u64 *" data, "__u32" data_len);
    SYS_BPF = 166, "bpf_sys_bpf", "sys_bpf", 5.14, "long" ("__u32" cmd, "void *" attr, "__u32" attr_size);
    BTF_FIND_BY_NAME_KIND = 167, "bpf_btf_find_by_name_kind", "btf_find_by_name_kind", 5.14,
        "long" ("char *" name, "int" name_sz, "__u32" kind, "int" flags);
    SYS_CLOSE = 168, "bpf_sys_close", "sys_close", 5.14, "long" ("__u32" fd);
    TIMER_INIT = 169, "bpf_timer_init", "timer_init", 5.15,
        "long" ("struct bpf_timer *" timer, "void *" map, "__u64" flags);
    TIMER_SET_CALLBACK = 170, "bpf_timer_set_callback", "timer_set_callback", 5.15,
        "long" ("struct bpf_timer *" timer, "void *" callback_fn);
    TIMER_START = 171, "bpf_timer_start", "timer_start", 5.15,
        "long" ("struct bpf_timer *" timer, "__u64" nsecs, "__u64" flags);
    TIMER_CANCEL = 172, "bpf_timer_cancel", "timer_cancel", 5.15, "long" ("struct bpf_timer *" timer);
    GET_FUNC_IP = 173, "bpf_get_func_ip", "get_func_ip", 5.15, "__u64" ("void *" ctx);
    GET_ATTACH_COOKIE = 174, "bpf_get_attach_cookie", "get_attach_cookie", 5.15, "__u64" ("void *" ctx);
    TASK_PT_REGS = 175, "bpf_task_pt_regs", "task_pt_regs", 5.15, "long" ("struct task_struct *" task);
    GET_BRANCH_SNAPSHOT = 176, "bpf_get_branch_snapshot", "get_branch_snapshot", 5.16,
        "long" ("void *" entries, "__u32" size, "__u64" flags);
    TRACE_VPRINTK = 177, "bpf_trace_vprintk", "trace_vprintk", 5.16,
        "long" ("const char *" fmt, "__u32" fmt_size, "const void *" data, "__u32" data_len);
    SKC_TO_UNIX_SOCK = 178, "bpf_skc_to_unix_sock", "skc_to_unix_sock", 5.16,
        "struct unix_sock *" ("void *" sk);
    KALLSYMS_LOOKUP_NAME = 179, "bpf_kallsyms_lookup_name", "kallsyms_lookup_name", 5.16,
        "long" ("const char *" name, "int" name_sz, "int" flags, "__u64 *" res);
    FIND_VMA = 180, "bpf_find_vma", "find_vma", 5.17,
        "long" ("struct task_struct *" task, "__u64" addr, "void *" callback_fn, "void *" callback_ctx,
            "__u64" flags);
    LOOP = 181, "bpf_loop", "loop", 5.17,
        "long" ("__u32" nr_loops, "void *" callback_fn, "void *" callback_ctx, "__u64" flags);
    STRNCMP = 182, "bpf_strncmp", "strncmp", 5.17,
        "long" ("const char *" s1, "__u32" s1_sz, "const char *" s2);
    GET_FUNC_ARG = 183, "bpf_get_func_arg", "get_func_arg", 5.17,
        "long" ("void *" ctx, "__u32" n, "__u64 *" value);
    GET_FUNC_RET = 184, "bpf_get_func_ret", "get_func_ret", 5.17, "long" ("void *" ctx, "__u64 *" value);
    GET_FUNC_ARG_CNT = 185, "bpf_get_func_arg_cnt", "get_func_arg_cnt", 5.17, "long" ("void *" ctx);
    GET_RETVAL = 186, "bpf_get_retval", "get_retval", 5.18, "int" ();
    SET_RETVAL = 187, "bpf_set_retval", "set_retval", 5.18, "int" ("int" retval);
    XDP_GET_BUFF_LEN = 188, "bpf_xdp_get_buff_len", "xdp_get_buff_len", 5.18,
        "__u64" ("struct xdp_md *" xdp_md);
    XDP_LOAD_BYTES = 189, "bpf_xdp_load_bytes", "xdp_load_bytes", 5.18,
        "long" ("struct xdp_md *" xdp_md, "__u32" offset, "void *" buf, "__u32" len);
    XDP_STORE_BYTES = 190, "bpf_xdp_store_bytes", "xdp_store_bytes", 5.18,
        "long" ("struct xdp_md *" xdp_md, "__u32" offset, "void *" buf, "__u32" len);
    COPY_FROM_USER_TASK = 191, "bpf_copy_from_user_task", "copy_from_user_task", 5.18,
        "long" ("void *" dst, "__u32" size, "const void *" user_ptr, "struct task_struct *" tsk,
            "__u64" flags);
    SKB_SET_TSTAMP = 192, "bpf_skb_set_tstamp", "skb_set_tstamp", 5.18,
        "long" ("struct __sk_buff *" skb, "__u64" tstamp, "__u32" tstamp_type);
    IMA_FILE_HASH = 193, "bpf_ima_file_hash", "ima_file_hash", 5.18,
        "long" ("struct file *" file, "void *" dst, "__u32" size);
    KPTR_XCHG = 194, "bpf_kptr_xchg", "kptr_xchg", 5.19, "void *" ("void *" dst, "void *" ptr);
    MAP_LOOKUP_PERCPU_ELEM = 195, "bpf_map_lookup_percpu_elem", "map_lookup_percpu_elem", 5.19,
        "void *" ("void *" map, "const void *" key, "__u32" cpu);
    SKC_TO_MPTCP_SOCK = 196, "bpf_skc_to_mptcp_sock", "skc_to_mptcp_sock", 5.19,
        "struct mptcp_sock *" ("void *" sk);
    DYNPTR_FROM_MEM = 197, "bpf_dynptr_from_mem", "dynptr_from_mem", 5.19,
        "long" ("void *" data, "__u64" size, "__u64" flags, "struct bpf_dynptr *" ptr);
    RINGBUF_RESERVE_DYNPTR = 198, "bpf_ringbuf_reserve_dynptr", "ringbuf_reserve_dynptr", 5.19,
        "long" ("void *" ringbuf, "__u32" size, "__u64" flags, "struct bpf_dynptr *" ptr);
    RINGBUF_SUBMIT_DYNPTR = 199, "bpf_ringbuf_submit_dynptr", "ringbuf_submit_dynptr", 5.19,
        "void" ("struct bpf_dynptr *" ptr, "__u64" flags);
    RINGBUF_DISCARD_DYNPTR = 200, "bpf_ringbuf_discard_dynptr", "ringbuf_discard_dynptr", 5.19,
        "void" ("struct bpf_dynptr *" ptr, "__u64" flags);
    DYNPTR_READ = 201, "bpf_dynptr_read", "dynptr_read", 5.19,
        "long" ("void *" dst, "__u64" len, "const struct bpf_dynptr *" src, "__u64" offset, "__u64" flags);
    DYNPTR_WRITE = 202, "bpf_dynptr_write", "dynptr_write", 5.19,
        "long" ("const struct bpf_dynptr *" dst, "__u64" offset, "void *" src, "__u64" len, "__u64" flags);
    DYNPTR_DATA = 203, "bpf_dynptr_data", "dynptr_data", 5.19,
        "void *" ("const struct bpf_dynptr *" ptr, "__u64" offset, "__u64" len);
    TCP_RAW_GEN_SYNCOOKIE_IPV4 = 204, "bpf_tcp_raw_gen_syncookie_ipv4", "tcp_raw_gen_syncookie_ipv4", 6.0,
        "__s64" ("struct iphdr *" iph, "struct tcphdr *" th, "__u32" th_len);
    TCP_RAW_GEN_SYNCOOKIE_IPV6 = 205, "bpf_tcp_raw_gen_syncookie_ipv6", "tcp_raw_gen_syncookie_ipv6", 6.0,
        "__s64" ("struct ipv6hdr *" iph, "struct tcphdr *" th, "__u32" th_len);
    TCP_RAW_CHECK_SYNCOOKIE_IPV4 = 206, "bpf_tcp_raw_check_syncookie_ipv4", "tcp_raw_check_syncookie_ipv4", 6.0,
        "long" ("struct iphdr *" iph, "struct tcphdr *" th);
    TCP_RAW_CHECK_SYNCOOKIE_IPV6 = 207, "bpf_tcp_raw_check_syncookie_ipv6", "tcp_raw_check_syncookie_ipv6", 6.0,
        "long" ("struct ipv6hdr *" iph, "struct tcphdr *" th);
    KTIME_GET_TAI_NS = 208, "bpf_ktime_get_tai_ns", "ktime_get_tai_ns", 6.1, "__u64" ();
    USER_RINGBUF_DRAIN = 209, "bpf_user_ringbuf_drain", "user_ringbuf_drain", 6.1,
        "long" ("void *" map, "void *" callback_fn, "void *" ctx, "__u64" flags);
    CGRP_STORAGE_GET = 210, "bpf_cgrp_storage_get", "cgrp_storage_get", 6.2,
        "void *" ("void *" map, "struct cgroup *" cgroup, "void *" value, "__u64" flags);
    CGRP_STORAGE_DELETE = 211, "bpf_cgrp_storage_delete", "cgrp_storage_delete", 6.2,
        "long" ("void *" map, "struct cgroup *" cgroup);

}
