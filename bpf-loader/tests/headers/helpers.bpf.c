// SPDX-License-Identifier: MIT OR Apache-2.0
// Every macro of bpf_helpers.h and bpf_endian.h.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

char _license[] SEC("license") = "Dual MIT/GPL";

struct value {
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct value);
	__ulong(map_extra, 0x100000000);
} values SEC(".maps");

int target(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, int(void *));
} slots SEC(".maps") = { .values = { (void *)&target } };

extern int CONFIG_HZ __kconfig __weak;
extern enum libbpf_tristate CONFIG_MODULES __kconfig __weak;
extern const void init_task __ksym __weak;
extern int bpf_some_kfunc(int) __ksym __weak;
extern __u32 elsewhere SEC(".maps.none");

struct referenced {
	struct value __kptr *a;
	struct value __kptr_untrusted *b;
	struct value __percpu_kptr *c;
	struct value __uptr *d;
} pointers;

const volatile __u16 swapped_constant = bpf_htons(0x1234);
int numbers[8];
__u64 longs[8];

__hidden __noinline int global(struct value *value __arg_nonnull, struct value *other __arg_nullable)
{
	return value->count + (other ? 1 : 0);
}

__weak __noinline int tagged(void *ctx __arg_ctx, struct value *a __arg_trusted __arg_nullable,
			     struct value *b __arg_untrusted, struct value *c __arg_arena)
{
	return ctx != NULL;
}

SEC("raw_tp/sys_enter")
int output(void *ctx)
{
	char to[32];
	struct value *value = ctx;

	bpf_printk("none");
	bpf_printk("three %d %d %d", 1, 2, 3);
	bpf_printk("four %d %d %d %s", 1, 2, 3, to);
	bpf_printk("twelve %d %d %d %d %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
	BPF_SNPRINTF(to, sizeof(to), "%d %s", numbers[0], to);
	BPF_SEQ_PRINTF((struct seq_file *)ctx, "%px %d", value, numbers[1]);
	BPF_SEQ_PRINTF((struct seq_file *)ctx, "nothing");
	bpf_stream_printk(1, "%d %d", numbers[2], numbers[3]);
	return 0;
}

SEC("raw_tp/sys_enter")
int loops(void *ctx)
{
	int i, sum = 0, *next;

	bpf_for(i, 0, numbers[0]) {
		if (i == 7)
			break;
		sum += numbers[i & 7];
		bpf_for(i, 1, 3)
			sum++;
	}
	bpf_repeat(5) {
		sum++;
		if (unlikely(sum == 3))
			continue;
	}
	bpf_for_each(num, next, 0, 4)
		sum += *next;
	return sum;
}

SEC("raw_tp/sys_enter")
int rest(void *ctx)
{
	struct value *value;
	__u64 *count;
	__u32 key = 0;
	int sum = CONFIG_HZ + CONFIG_MODULES;

	if (bpf_ksym_exists(bpf_some_kfunc))
		sum += bpf_some_kfunc(3);
	if (bpf_ksym_exists(&init_task))
		sum++;
	value = bpf_map_lookup_elem(&values, &key);
	if (likely(value)) {
		count = &value->count;
		sum += global(container_of(count, struct value, count), NULL);
		sum += tagged(ctx, value, value, value) + offsetof(struct value, count);
	}
	barrier();
	barrier_var(sum);
	if (sum > KERNEL_VERSION(6, 1, 300))
		bpf_tail_call_static(ctx, &slots, 0);
	return sum + bpf_get_smp_processor_id();
}

SEC("raw_tp/sys_enter")
int bytes(void *ctx)
{
	switch (numbers[0]) {
	case bpf_htonl(1):
	case __bpf_constant_htons(2):
		return 1;
	}
	numbers[0] = bpf_htons(numbers[1]);
	numbers[1] = bpf_ntohs(numbers[2]);
	numbers[2] = bpf_htonl(numbers[3]);
	numbers[3] = bpf_ntohl(0x11223344);
	longs[0] = bpf_cpu_to_be64(longs[1]);
	longs[1] = bpf_be64_to_cpu(0x1122334455667788ULL);
	longs[2] = __bpf_constant_cpu_to_be64(3) + __bpf_constant_be64_to_cpu(4) + __bpf_be64_to_cpu(longs[3]);
	return __bpf_ntohl(numbers[4]) + __bpf_constant_ntohl(7) + __bpf_constant_ntohs(8) + swapped_constant;
}

SEC("raw_tp/sys_enter")
int target(void *ctx)
{
	return pointers.a != NULL;
}
