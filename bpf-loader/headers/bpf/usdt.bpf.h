// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// USDT: probes that programs and libraries were built with. Whoever attaches the program finds out where each probe has
// its arguments, and tells it by two maps; libbpf's user space fills them as well as ours.
//
//     SEC("usdt/libc.so.6:libc:setjmp") int BPF_USDT(on_setjmp, void *env, int value) { ... }
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#if __has_include(<linux/errno.h>) && __has_include(<asm/errno.h>)
#include <linux/errno.h>
#else
#define ENOENT 2
#define ESRCH 3
#define EINVAL 22
#endif
#include "bpf_helpers.h"
#include "bpf_tracing.h"

// How many different sets of arguments, and how many addresses without a cookie; can be defined before.
#ifndef BPF_USDT_MAX_SPEC_CNT
#define BPF_USDT_MAX_SPEC_CNT 256
#endif
#ifndef BPF_USDT_MAX_IP_CNT
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#endif

// ---- What user space fills. Names and layout are known there ----

#define BPF_USDT_MAX_ARG_CNT 12

enum __bpf_usdt_arg_type {
	// `val_off`.
	BPF_USDT_ARG_CONST,
	// What the register holds.
	BPF_USDT_ARG_REG,
	// What stands in memory at the register plus `val_off`.
	BPF_USDT_ARG_REG_DEREF,
	// The same, plus the index register shifted left by `scale_bitshift`.
	BPF_USDT_ARG_SIB,
};

// One argument: 24 bytes. Registers are offsets in the kernel's struct pt_regs.
struct __bpf_usdt_arg_spec {
	__u64 val_off;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	enum __bpf_usdt_arg_type arg_type : 8;
	__u16 idx_reg_off : 12;
	__u16 scale_bitshift : 4;
	__u8 __reserved : 8;
#else
	__u8 __reserved : 8;
	__u16 idx_reg_off : 12;
	__u16 scale_bitshift : 4;
	enum __bpf_usdt_arg_type arg_type : 8;
#endif
	short reg_off;
	bool arg_signed;
	// The bits of 64 that the argument does not have: 56, 48, 32 or 0.
	char arg_bitshift;
};

struct __bpf_usdt_spec {
	struct __bpf_usdt_arg_spec args[BPF_USDT_MAX_ARG_CNT];
	__u64 usdt_cookie;
	short arg_cnt;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_USDT_MAX_SPEC_CNT);
	__type(key, int);
	__type(value, struct __bpf_usdt_spec);
} __bpf_usdt_specs SEC(".maps") __weak;

// Which of these an address has, where the kernel has no cookies (before Linux 5.15).
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BPF_USDT_MAX_IP_CNT);
	__type(key, long);
	__type(value, __u32);
} __bpf_usdt_ip_to_spec_id SEC(".maps") __weak;

extern const _Bool LINUX_HAS_BPF_COOKIE __kconfig;

// ---- What programs ask ----

// The number of the probe's entry in the map, or an error.
static __always_inline int __bpf_usdt_spec_id(struct pt_regs *ctx)
{
	if (!LINUX_HAS_BPF_COOKIE) {
		long ip = PT_REGS_IP(ctx);
		int *id = bpf_map_lookup_elem(&__bpf_usdt_ip_to_spec_id, &ip);

		return id ? *id : -ESRCH;
	}
	return bpf_get_attach_cookie(ctx);
}

// How many arguments the probe has; -ESRCH if user space said nothing about it.
__weak __hidden int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	int id = __bpf_usdt_spec_id(ctx);
	struct __bpf_usdt_spec *spec;

	if (id < 0)
		return -ESRCH;
	spec = bpf_map_lookup_elem(&__bpf_usdt_specs, &id);
	return spec ? spec->arg_cnt : -ESRCH;
}

// Finds the entry of a probe that has an argument `arg_num`, from 0, or returns from the function around it with an error:
// -ESRCH if user space said nothing about the probe, -ENOENT if that has no such argument. The verifier needs the first
// bound, before the compiler joins it with the second.
#define ___bpf_usdt_find(ctx, arg_num, id, spec)                                                  \
	do {                                                                                      \
		id = __bpf_usdt_spec_id(ctx);                                                     \
		if (id < 0)                                                                       \
			return -ESRCH;                                                            \
		spec = bpf_map_lookup_elem(&__bpf_usdt_specs, &id);                               \
		if (!spec)                                                                        \
			return -ESRCH;                                                            \
		if (arg_num >= BPF_USDT_MAX_ARG_CNT)                                              \
			return -ENOENT;                                                           \
		barrier_var(arg_num);                                                             \
		if (arg_num >= (__u64)spec->arg_cnt)                                              \
			return -ENOENT;                                                           \
	} while (0)

// How many bytes an argument has, from 0; or an error, as above.
static __always_inline int bpf_usdt_arg_size(struct pt_regs *ctx, __u64 arg_num)
{
	struct __bpf_usdt_spec *spec;
	int id;

	___bpf_usdt_find(ctx, arg_num, id, spec);
	return (unsigned int)(64 - spec->args[arg_num].arg_bitshift) / 8;
}

// What is shorter than a word stands at the word's low end on a little-endian machine, and is moved there on others.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ___bpf_usdt_low_end(word, arg) ((word) >> (arg)->arg_bitshift)
#else
#define ___bpf_usdt_low_end(word, arg) (word)
#endif

// The value of an argument, from 0, widened to 64 bits as its type says. 0 and an error if it has none: as above, -EINVAL
// where user space knows a kind of argument that is not known here, or that of the read that failed.
__weak __hidden int bpf_usdt_arg(struct pt_regs *ctx, __u64 arg_num, long *res)
{
	struct __bpf_usdt_arg_spec *arg;
	struct __bpf_usdt_spec *spec;
	unsigned long word, index;
	int err, id;

	*res = 0;
	___bpf_usdt_find(ctx, arg_num, id, spec);
	arg = &spec->args[arg_num];

	switch (arg->arg_type) {
	case BPF_USDT_ARG_CONST:
		word = arg->val_off;
		break;
	case BPF_USDT_ARG_REG:
		err = bpf_probe_read_kernel(&word, sizeof(word), (void *)ctx + arg->reg_off);
		if (err)
			return err;
		break;
	case BPF_USDT_ARG_REG_DEREF:
		err = bpf_probe_read_kernel(&word, sizeof(word), (void *)ctx + arg->reg_off);
		if (err)
			return err;
		err = bpf_probe_read_user(&word, sizeof(word), (void *)word + arg->val_off);
		if (err)
			return err;
		word = ___bpf_usdt_low_end(word, arg);
		break;
	case BPF_USDT_ARG_SIB:
		err = bpf_probe_read_kernel(&word, sizeof(word), (void *)ctx + arg->reg_off);
		if (err)
			return err;
		err = bpf_probe_read_kernel(&index, sizeof(index), (void *)ctx + arg->idx_reg_off);
		if (err)
			return err;
		err = bpf_probe_read_user(&word, sizeof(word),
					  (void *)(word + (index << arg->scale_bitshift) + arg->val_off));
		if (err)
			return err;
		word = ___bpf_usdt_low_end(word, arg);
		break;
	default:
		return -EINVAL;
	}

	word <<= arg->arg_bitshift;
	if (arg->arg_signed)
		word = (long)word >> arg->arg_bitshift;
	else
		word = word >> arg->arg_bitshift;
	*res = word;
	return 0;
}

// The cookie that was given when the probe was attached; 0 if there is none. (The kernel's own cookie says which entry of
// the map it is.)
__weak __hidden long bpf_usdt_cookie(struct pt_regs *ctx)
{
	int id = __bpf_usdt_spec_id(ctx);
	struct __bpf_usdt_spec *spec;

	if (id < 0)
		return 0;
	spec = bpf_map_lookup_elem(&__bpf_usdt_specs, &id);
	return spec ? spec->usdt_cookie : 0;
}

#include "bpf_usdt_args.h"

#endif
