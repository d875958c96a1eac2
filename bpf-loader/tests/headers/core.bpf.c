// SPDX-License-Identifier: MIT OR Apache-2.0
// Every macro of bpf_core_read.h.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

char _license[] SEC("license") = "Dual MIT/GPL";

__u64 results[32];
char text[16];

SEC("raw_tp/sys_enter")
int questions(struct node *node)
{
	results[0] = bpf_core_field_exists(node->inner.leaf) + bpf_core_field_exists(struct node, leaves[1]);
	results[1] = bpf_core_field_size(node->leaves) + bpf_core_field_size(struct leaf, name);
	results[2] = bpf_core_field_offset(node->constant) + bpf_core_field_offset(struct leaf, number);
	results[3] = bpf_core_type_id_local(struct leaf) + bpf_core_type_id_kernel(struct leaf);
	results[4] = bpf_core_type_exists(struct leaf) + bpf_core_type_matches(struct leaf);
	results[5] = bpf_core_type_size(struct node);
	results[6] = bpf_core_enum_value_exists(enum choice, CHOICE_A);
	results[7] = bpf_core_enum_value(enum choice, CHOICE_B);
	return 0;
}

SEC("raw_tp/sys_enter")
int bitfields(struct leaf *leaf)
{
	results[0] = BPF_CORE_READ_BITFIELD(leaf, small);
	results[1] = BPF_CORE_READ_BITFIELD(leaf, narrow);
	results[2] = BPF_CORE_READ_BITFIELD(leaf, wide);
	results[3] = BPF_CORE_READ_BITFIELD_PROBED(leaf, small);
	results[4] = BPF_CORE_READ_BITFIELD_PROBED(leaf, narrow);
	results[5] = BPF_CORE_READ_BITFIELD_PROBED(leaf, wide);
	BPF_CORE_WRITE_BITFIELD(leaf, small, results[6]);
	BPF_CORE_WRITE_BITFIELD(leaf, narrow, -3);
	BPF_CORE_WRITE_BITFIELD(leaf, wide, results[7]);
	return 0;
}

SEC("raw_tp/sys_enter")
int reads(struct node *node)
{
	struct leaf leaf;

	results[0] = bpf_core_read(&leaf, sizeof(leaf), node->inner.leaf);
	results[1] = bpf_core_read_str(text, sizeof(text), &node->next);
	results[2] = bpf_core_read_user(&leaf, sizeof(leaf), &node->inner);
	results[3] = bpf_core_read_user_str(text, sizeof(text), node->inner.leaf);
	results[4] = bpf_core_cast(node, struct leaf)->number;
	results[5] = leaf.number;
	return 0;
}

SEC("raw_tp/sys_enter")
int paths(struct node *node)
{
	int number;

	results[0] = BPF_CORE_READ(node, constant);
	results[1] = BPF_CORE_READ(node, next, constant);
	results[2] = BPF_CORE_READ(node, next, next, inner.leaf, number);
	results[3] = BPF_CORE_READ(node, next, leaves[2], number);
	results[4] = BPF_CORE_READ(node, next, next, next, next, next, next, next, next, constant);
	results[5] = BPF_CORE_READ((struct node *)(long)results[30], inner.leaf, number);
	results[6] = BPF_CORE_READ_INTO(&number, node, next, constant) + number;
	results[7] = BPF_CORE_READ_STR_INTO(&text, node, next, leaves[1], name);
	results[8] = BPF_CORE_READ_USER(node, next, next, constant);
	results[9] = BPF_CORE_READ_USER_INTO(&number, node, next, next, constant) + number;
	results[10] = BPF_CORE_READ_USER_STR_INTO(&text, node, inner.leaf, name);
	results[11] = BPF_PROBE_READ(node, next, next, inner.leaf, number);
	results[12] = BPF_PROBE_READ_INTO(&number, node, constant) + number;
	results[13] = BPF_PROBE_READ_STR_INTO(&text, node, next, inner.leaf, name);
	results[14] = BPF_PROBE_READ_USER(node, next, constant);
	results[15] = BPF_PROBE_READ_USER_INTO(&number, node, next, constant) + number;
	results[16] = BPF_PROBE_READ_USER_STR_INTO(&text, node, next, inner.leaf, name);
	results[17] = BPF_CORE_READ(&*node, next, next, next, next, constant);
	results[18] = BPF_CORE_READ(node + 1, next, next, next, next, next, inner.leaf, number);
	return 0;
}
