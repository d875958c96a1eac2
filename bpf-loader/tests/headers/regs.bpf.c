// SPDX-License-Identifier: MIT OR Apache-2.0
// Every register macro of bpf_tracing.h that the machine has. HAS_… say which.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "Dual MIT/GPL";

#if !defined(__TARGET_ARCH_arm)
#define HAS_PARM5
#if !defined(__TARGET_ARCH_s390)
#define HAS_PARM6
#endif
#endif
#if !defined(__TARGET_ARCH_x86) && !defined(__TARGET_ARCH_sparc) && !defined(__TARGET_ARCH_s390) && !defined(__TARGET_ARCH_arm)
#define HAS_PARM8
#endif
#if defined(__TARGET_ARCH_arm) || defined(__TARGET_ARCH_powerpc)
#define HAS_SYSCALL7
#endif
#if !defined(__TARGET_ARCH_powerpc) && !defined(__TARGET_ARCH_sparc)
#define HAS_FP
#endif

__u64 results[16];

#define ARGUMENTS(N) __u64 arg##N(struct pt_regs *ctx) { return PT_REGS_PARM##N(ctx) + PT_REGS_PARM##N##_CORE(ctx); }
#define SYSCALLS(N)                                                                               \
	__u64 syscall##N(struct pt_regs *ctx)                                                     \
	{                                                                                         \
		return PT_REGS_PARM##N##_SYSCALL(ctx) + PT_REGS_PARM##N##_CORE_SYSCALL(ctx);      \
	}
#define OTHERS(NAME) __u64 other_##NAME(struct pt_regs *ctx) { return PT_REGS_##NAME(ctx) + PT_REGS_##NAME##_CORE(ctx); }

ARGUMENTS(1)
ARGUMENTS(2)
ARGUMENTS(3)
ARGUMENTS(4)
#ifdef HAS_PARM5
ARGUMENTS(5)
#endif
#ifdef HAS_PARM6
ARGUMENTS(6)
#endif
#ifdef HAS_PARM8
ARGUMENTS(7)
ARGUMENTS(8)
#endif

SYSCALLS(1)
SYSCALLS(2)
SYSCALLS(3)
SYSCALLS(4)
SYSCALLS(5)
SYSCALLS(6)
#ifdef HAS_SYSCALL7
SYSCALLS(7)
#endif

OTHERS(RC)
OTHERS(SP)

#ifdef HAS_FP
OTHERS(FP)
#endif
OTHERS(RET)
OTHERS(IP)

SEC("kprobe/a")
int addresses(struct pt_regs *ctx)
{
	struct pt_regs *regs = PT_REGS_SYSCALL_REGS(ctx);
	__u64 ip = 0;

	BPF_KPROBE_READ_RET_IP(ip, ctx);
	results[0] = ip;
#if defined(HAS_FP) || defined(bpf_target_powerpc) || defined(bpf_target_sparc)
	BPF_KRETPROBE_READ_RET_IP(ip, ctx);
	results[1] = ip;
#endif
	results[2] = (unsigned long)regs;
	return 0;
}
