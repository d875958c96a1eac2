// SPDX-License-Identifier: MIT OR Apache-2.0
// Programs as functions of typed arguments: bpf_tracing.h and usdt.bpf.h, for any machine.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

char _license[] SEC("license") = "Dual MIT/GPL";

__u64 results[16];

struct pair {
	__u64 a, b;
};

struct small {
	__u16 a, b;
};

SEC("fentry/a") int BPF_PROG(none) { return ctx != NULL; }

SEC("fentry/b") int BPF_PROG(two, struct leaf *leaf, int number) { return leaf->number + number; }

SEC("fexit/c")
long BPF_PROG(twelve, int a, long b, char c, void *d, int e, int f, int g, int h, int i, int j, int k, struct leaf *l)
{
	return a + b + c + (long)d + e + f + g + h + i + j + k + (long)l + ctx[0];
}

SEC("fentry/d") int BPF_PROG2(by_value, struct pair, pair, int, number, struct small, small)
{
	return pair.a + pair.b + number + small.b;
}

SEC("fentry/e") int BPF_PROG2(nothing) { return 0; }

SEC("fentry/f")
int BPF_PROG2(many, __u8, a, __u16, b, __u32, c, __u64, d, struct pair, e, struct node *, f, struct pair, g, char, h)
{
	return a + b + c + d + e.b + (long)f + g.a + h;
}

SEC("kprobe/a") int BPF_KPROBE(probed) { return ctx != NULL; }

SEC("kprobe/b") int BPF_KPROBE(probed_three, struct leaf *leaf, int number, void *last)
{
	results[0] = (long)leaf;
	results[1] = number;
	results[2] = (long)last;
	return 0;
}

SEC("uprobe/b") int BPF_UPROBE(user_two, const char *text, __u64 length) { return length + (text != NULL); }
SEC("kretprobe/a") int BPF_KRETPROBE(returned) { return 1; }
SEC("kretprobe/b") int BPF_KRETPROBE(returned_value, long value) { return value + 1; }
SEC("uretprobe/b") int BPF_URETPROBE(user_returned, void *value) { return value != NULL; }

SEC("ksyscall/a") int BPF_KSYSCALL(called) { return 0; }

SEC("ksyscall/b") int BPF_KSYSCALL(called_six, int a, void *b, long c, long d, long e, char f)
{
	results[0] = a;
	results[1] = (long)b;
	results[2] = c;
	results[3] = d;
	results[4] = e;
	return f;
}

SEC("kprobe/c") int BPF_KPROBE_SYSCALL(called_two, int a, void *b)
{
	results[0] = a;
	results[1] = (long)b;
	return 0;
}

SEC("usdt") int BPF_USDT(marked) { return bpf_usdt_arg_cnt(ctx); }

SEC("usdt") int BPF_USDT(marked_three, int a, void *b, long c)
{
	long value;

	results[0] = a + (long)b + c + bpf_usdt_cookie(ctx) + bpf_usdt_arg_size(ctx, 2);
	return bpf_usdt_arg(ctx, 4, &value) + value;
}

SEC("usdt")
int BPF_USDT(marked_twelve, int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l)
{
	return a + b + c + d + e + f + g + h + i + j + k + l;
}
