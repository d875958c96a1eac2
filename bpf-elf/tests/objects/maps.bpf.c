// SPDX-License-Identifier: MIT OR Apache-2.0 OR GPL-2.0-only
// Every attribute of a map, maps of maps and program arrays with initial values.
#include "bpf.h"

#define __ulong(member, number) enum { ___value_of_##member = number } member

struct pair {
	__u32 first;
	__u32 second;
};

typedef struct pair pair_t;

struct inner_map {
	__uint(type, 2);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, pair_t);
};

struct inner_map one SEC(".maps");
struct inner_map two SEC(".maps");

struct {
	__uint(type, 12);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner_map);
} array_of_maps SEC(".maps") = {
	.values = { [0] = &one, [3] = &two },
};

struct {
	__uint(type, 13);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__array(values, struct {
		__uint(type, 1);
		__uint(max_entries, 16);
		__uint(key_size, 4);
		__uint(value_size, 12);
	});
} hash_of_maps SEC(".maps");

int tail_a(void *ctx);
int tail_b(void *ctx);

struct {
	__uint(type, 3);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__array(values, int(void *));
} tails SEC(".maps") = {
	.values = { [1] = tail_a, [7] = tail_b },
};

struct {
	__uint(type, 27);
	__uint(max_entries, 5000);
} ring SEC(".maps");

struct {
	__uint(type, 1);
	__uint(max_entries, 10);
	__uint(map_flags, 4);
	__uint(numa_node, 1);
	__uint(pinning, 1);
	__type(key, pair_t);
	__type(value, __u64[3]);
} everything SEC(".maps");

struct {
	__uint(type, 33);
	__uint(map_flags, 1024);
	__uint(max_entries, 100);
	__ulong(map_extra, 0x100000000000ull);
} arena SEC(".maps");

SEC("socket")
int tail_a(void *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&array_of_maps, &key) != NULL;
}

SEC("socket")
int tail_b(void *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&tails, &key) != NULL;
}

LICENSE("GPL");
