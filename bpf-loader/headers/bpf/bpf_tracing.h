// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Arguments of what is traced: registers by their meaning, and programs written as functions of typed arguments.
// Include vmlinux.h, or linux/ptrace.h, before.
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include "bpf_helpers.h"
#include "bpf_core_read.h"
#include "bpf_regs.h"

// ---- Registers: PT_REGS_X loads from the registers that a program was given, PT_REGS_X_CORE reads any, with CO-RE ----

struct pt_regs;

#if defined(bpf_target_defined)
#define ___regs_load(x, reg) (__PT_REGS_CAST(x)->reg)
#define ___regs_read(x, reg) BPF_CORE_READ(__PT_REGS_CAST(x), reg)
// The first argument of a system call may be kept where only the kernel's own struct has it, not that for user space.
#if defined(___PT_SYSCALL_STRUCT)
#define ___regs_load_first(x, reg) (((const ___PT_SYSCALL_STRUCT *)(x))->reg)
#define ___regs_read_first(x, reg) BPF_CORE_READ((const ___PT_SYSCALL_STRUCT *)(x), reg)
#else
#define ___regs_load_first(x, reg) ___regs_load(x, reg)
#define ___regs_read_first(x, reg) ___regs_read(x, reg)
#endif
#else
#define ___regs_missing                                                                           \
	({                                                                                        \
		_Pragma("GCC error \"which machine's registers? compile with -D__TARGET_ARCH_x86, or another\""); \
		0l;                                                                               \
	})
#define ___regs_load(x, reg) ___regs_missing
#define ___regs_read(x, reg) ___regs_missing
#define ___regs_load_first(x, reg) ___regs_missing
#define ___regs_read_first(x, reg) ___regs_missing
#endif

#define PT_REGS_PARM1(x) ___regs_load(x, __PT_PARM1_REG)
#define PT_REGS_PARM2(x) ___regs_load(x, __PT_PARM2_REG)
#define PT_REGS_PARM3(x) ___regs_load(x, __PT_PARM3_REG)
#define PT_REGS_PARM4(x) ___regs_load(x, __PT_PARM4_REG)
#define PT_REGS_PARM5(x) ___regs_load(x, __PT_PARM5_REG)
#define PT_REGS_PARM6(x) ___regs_load(x, __PT_PARM6_REG)
#define PT_REGS_PARM7(x) ___regs_load(x, __PT_PARM7_REG)
#define PT_REGS_PARM8(x) ___regs_load(x, __PT_PARM8_REG)
#define PT_REGS_RET(x) ___regs_load(x, __PT_RET_REG)
#define PT_REGS_FP(x) ___regs_load(x, __PT_FP_REG)
#define PT_REGS_RC(x) ___regs_load(x, __PT_RC_REG)
#define PT_REGS_SP(x) ___regs_load(x, __PT_SP_REG)
#define PT_REGS_IP(x) ___regs_load(x, __PT_IP_REG)

#define PT_REGS_PARM1_CORE(x) ___regs_read(x, __PT_PARM1_REG)
#define PT_REGS_PARM2_CORE(x) ___regs_read(x, __PT_PARM2_REG)
#define PT_REGS_PARM3_CORE(x) ___regs_read(x, __PT_PARM3_REG)
#define PT_REGS_PARM4_CORE(x) ___regs_read(x, __PT_PARM4_REG)
#define PT_REGS_PARM5_CORE(x) ___regs_read(x, __PT_PARM5_REG)
#define PT_REGS_PARM6_CORE(x) ___regs_read(x, __PT_PARM6_REG)
#define PT_REGS_PARM7_CORE(x) ___regs_read(x, __PT_PARM7_REG)
#define PT_REGS_PARM8_CORE(x) ___regs_read(x, __PT_PARM8_REG)
#define PT_REGS_RET_CORE(x) ___regs_read(x, __PT_RET_REG)
#define PT_REGS_FP_CORE(x) ___regs_read(x, __PT_FP_REG)
#define PT_REGS_RC_CORE(x) ___regs_read(x, __PT_RC_REG)
#define PT_REGS_SP_CORE(x) ___regs_read(x, __PT_SP_REG)
#define PT_REGS_IP_CORE(x) ___regs_read(x, __PT_IP_REG)

#define PT_REGS_PARM1_SYSCALL(x) ___regs_load_first(x, __PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM2_SYSCALL(x) ___regs_load(x, __PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM3_SYSCALL(x) ___regs_load(x, __PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM4_SYSCALL(x) ___regs_load(x, __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_SYSCALL(x) ___regs_load(x, __PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM6_SYSCALL(x) ___regs_load(x, __PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM7_SYSCALL(x) ___regs_load(x, __PT_PARM7_SYSCALL_REG)

#define PT_REGS_PARM1_CORE_SYSCALL(x) ___regs_read_first(x, __PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM2_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM3_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM4_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM6_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM7_CORE_SYSCALL(x) ___regs_read(x, __PT_PARM7_SYSCALL_REG)

// The registers that hold a system call's arguments, for a kprobe on its function: those that the function is given a
// pointer to, where the kernel wraps system calls.
#ifndef PT_REGS_SYSCALL_REGS
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#endif

// The caller's address: at a function's first instruction, and where it returns.
#if defined(bpf_target_powerpc) || defined(bpf_target_sparc) || defined(bpf_target_arm64)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = PT_REGS_RET(ctx); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP
#else
#define BPF_KPROBE_READ_RET_IP(ip, ctx)                                                           \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx)                                                        \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#endif

#include "bpf_args.h"

#endif
