// SPDX-License-Identifier: MIT OR Apache-2.0 OR GPL-2.0-only
// Data sections of every kind, and variables that only this file can see.
#include "bpf.h"

#define __hidden __attribute__((visibility("hidden")))

struct point {
	int x, y;
};

struct point origin = { 1, 2 };
static volatile int private_value = 7;
int in_bss[4];

__u64 own_data[2] SEC(".data.own") = { 1, 2 };
const volatile __u32 own_rodata SEC(".rodata.own") = 3;
char own_bss[32] SEC(".bss.own");

__hidden int hidden_only SEC(".data.hidden") = 1;
static volatile int static_only SEC(".data.static") = 2;

// BPF has no addresses before loading: these stay what they are in the file.
const char *const words[2] = { "zero", "one" };

SEC("socket")
int use(void *ctx)
{
	static volatile int calls;
	volatile const char *word = words[in_bss[0] & 1];

	return ++calls + private_value + origin.y + in_bss[3] + own_data[1] + own_rodata + own_bss[31] + hidden_only +
	       static_only + word[0];
}

LICENSE("GPL");
