// SPDX-License-Identifier: MIT OR Apache-2.0
// What the sources here use of a kernel's types, in place of a vmlinux.h: integers, and the registers of each machine.
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10, bp, cx, r9, r8, ax, dx, si, di, orig_ax, ip, sp;
};
#elif defined(__TARGET_ARCH_arm)
struct pt_regs {
	unsigned long uregs[18];
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31], sp, pc, pstate;
};
struct pt_regs {
	struct user_pt_regs user_regs;
	__u64 orig_x0;
};
#elif defined(__TARGET_ARCH_s390)
typedef struct {
	struct {
		unsigned long mask, addr;
	} psw;
	unsigned long args[1], gprs[16];
} user_pt_regs;
struct pt_regs {
	user_pt_regs user_regs;
	unsigned long orig_gpr2;
};
#elif defined(__TARGET_ARCH_mips)
struct pt_regs {
	unsigned long regs[32], cp0_epc;
};
#elif defined(__TARGET_ARCH_powerpc)
struct pt_regs {
	unsigned long gpr[32], nip, msr, orig_gpr3, ctr, link;
};
#elif defined(__TARGET_ARCH_sparc)
#define UREG_I0 8
#define UREG_I1 9
#define UREG_I2 10
#define UREG_I3 11
#define UREG_I4 12
#define UREG_I5 13
#define UREG_FP 14
#define UREG_I7 15
struct pt_regs {
	unsigned long u_regs[16], tstate, tpc, pc;
};
#elif defined(__TARGET_ARCH_riscv)
struct user_regs_struct {
	unsigned long pc, ra, sp, s0, a0, a1, a2, a3, a4, a5, a6, a7;
};
struct pt_regs {
	struct user_regs_struct user;
	unsigned long orig_a0;
};
#elif defined(__TARGET_ARCH_arc)
struct user_regs_struct {
	struct {
		unsigned long sp, fp, blink, r0, r1, r2, r3, r4, r5, r6, r7, ret;
	} scratch;
};
struct pt_regs {
	struct user_regs_struct user;
};
#elif defined(__TARGET_ARCH_loongarch)
struct user_pt_regs {
	unsigned long regs[32], orig_a0, csr_era;
};
struct pt_regs {
	struct user_pt_regs user;
};
#endif

struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));

struct leaf {
	char name[16];
	int number;
	unsigned char small : 3;
	int narrow : 5;
	unsigned long long wide : 40;
};

struct node {
	struct node *next;
	struct {
		struct leaf *leaf;
	} inner;
	struct leaf *const leaves[4];
	const int constant;
};

enum choice {
	CHOICE_A = 1,
	CHOICE_B = 2,
};

#pragma clang attribute pop

extern int bpf_stream_vprintk(int stream_id, const char *fmt__str, const void *args, __u32 len__sz)
	__attribute__((weak, section(".ksyms")));

#endif
