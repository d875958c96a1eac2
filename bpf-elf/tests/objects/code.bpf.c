// SPDX-License-Identifier: MIT OR Apache-2.0 OR GPL-2.0-only
// Several programs in a section, hidden and weak functions, callbacks, sections with `?`.
#include "bpf.h"

static long (*const bpf_loop)(__u32 n, void *callback, void *ctx, __u64 flags) = (void *)181;

int counter;

static int static_callback(__u32 index, void *ctx)
{
	counter += index;
	return 0;
}

int global_callback(__u32 index, void *ctx)
{
	counter -= index;
	return 0;
}

__attribute__((visibility("hidden"))) __noinline int hidden_helper(int x)
{
	counter = x;
	return x + 1;
}

__weak int weak_helper(int x)
{
	return hidden_helper(x) * 2;
}

SEC("xdp")
int first(void *ctx)
{
	return weak_helper(1);
}

SEC("xdp")
int second(void *ctx)
{
	bpf_loop(10, static_callback, NULL, 0);
	return hidden_helper(2);
}

SEC("?kprobe/do_unlinkat")
int only_on_request(void *ctx)
{
	bpf_loop(10, global_callback, NULL, 0);
	return weak_helper(3);
}

SEC("in/my/own/words")
int unknown_section(void *ctx)
{
	return 0;
}

LICENSE("GPL");
__u32 _version SEC("version") = 0x60c00;
