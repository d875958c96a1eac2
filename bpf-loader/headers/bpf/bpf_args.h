// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Programs as functions of typed arguments, a part of bpf_tracing.h:
//
//     SEC("fentry/tcp_connect") int BPF_PROG(on_connect, struct sock *sk) { ... }
//
// The program itself takes its context apart and calls the body, which is inlined. The body sees `ctx` too.
#ifndef __BPF_ARGS_H__
#define __BPF_ARGS_H__

// The program is declared first, so that what stands before it (section, type) belongs to it. `call` are its statements,
// `take` what the body takes beside the context. Numbers become pointers without a word.
#define ___bpf_entry(name, context, call, take...)                                                \
	name(context ctx);                                                                        \
	static __always_inline typeof(name(0)) ____##name(context ctx, ##take);                   \
	typeof(name(0)) name(context ctx)                                                         \
	{                                                                                         \
		_Pragma("GCC diagnostic push")                                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                            \
		call;                                                                             \
		_Pragma("GCC diagnostic pop")                                                     \
	}                                                                                         \
	static __always_inline typeof(name(0)) ____##name(context ctx, ##take)

// ---- Arguments as an array of 64-bit slots: fentry, fexit, tp_btf, LSM, struct_ops, iterators ----

#define ___bpf_slots0() ctx
#define ___bpf_slots1(x) ___bpf_slots0(), (void *)ctx[0]
#define ___bpf_slots2(x, args...) ___bpf_slots1(args), (void *)ctx[1]
#define ___bpf_slots3(x, args...) ___bpf_slots2(args), (void *)ctx[2]
#define ___bpf_slots4(x, args...) ___bpf_slots3(args), (void *)ctx[3]
#define ___bpf_slots5(x, args...) ___bpf_slots4(args), (void *)ctx[4]
#define ___bpf_slots6(x, args...) ___bpf_slots5(args), (void *)ctx[5]
#define ___bpf_slots7(x, args...) ___bpf_slots6(args), (void *)ctx[6]
#define ___bpf_slots8(x, args...) ___bpf_slots7(args), (void *)ctx[7]
#define ___bpf_slots9(x, args...) ___bpf_slots8(args), (void *)ctx[8]
#define ___bpf_slots10(x, args...) ___bpf_slots9(args), (void *)ctx[9]
#define ___bpf_slots11(x, args...) ___bpf_slots10(args), (void *)ctx[10]
#define ___bpf_slots12(x, args...) ___bpf_slots11(args), (void *)ctx[11]
#define ___bpf_slots(args...) ___bpf_apply(___bpf_slots, ___bpf_narg(args))(args)

// One argument a slot: numbers and pointers.
#define BPF_PROG(name, args...)                                                                   \
	___bpf_entry(name, unsigned long long *, return ____##name(___bpf_slots(args)), ##args)

// The number of pairs.
#define ___bpf_nth_pair(_, _1, _1b, _2, _2b, _3, _3b, _4, _4b, _5, _5b, _6, _6b, _7, _7b, _8, _8b, _9, _9b, \
			_10, _10b, _11, _11b, _12, _12b, pick, ...) pick
#define ___bpf_npairs(...)                                                                        \
	___bpf_nth_pair(_, ##__VA_ARGS__, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, \
			1, 1, 0)

// An argument of this type from slot n on. A small one is the low end of its slot; one above 64 bits has two slots.
#define ___bpf_slot_count(t) (sizeof(t) > 8 ? 2 : 1)
#define ___bpf_of_slot(t, n, number)                                                              \
	({                                                                                        \
		union { number ___from; t ___to; } ___slot = { .___from = ctx[n] };               \
		___slot.___to;                                                                    \
	})
#define ___bpf_of_two_slots(t, n)                                                                 \
	({                                                                                        \
		union { __u64 ___from[2]; t ___to; } ___slot = { .___from = { ctx[n], ctx[(n) + 1] } }; \
		___slot.___to;                                                                    \
	})
#define ___bpf_arg(t, n)                                                                          \
	__builtin_choose_expr(sizeof(t) == 1, ___bpf_of_slot(t, n, __u8),                         \
	__builtin_choose_expr(sizeof(t) == 2, ___bpf_of_slot(t, n, __u16),                        \
	__builtin_choose_expr(sizeof(t) == 4, ___bpf_of_slot(t, n, __u32),                        \
	__builtin_choose_expr(sizeof(t) <= 8, ___bpf_of_slot(t, n, __u64),                        \
	__builtin_choose_expr(sizeof(t) <= 16, ___bpf_of_two_slots(t, n), (void)0)))))

#define ___bpf_pairs0(n)
#define ___bpf_pairs1(n, t, x) , ___bpf_arg(t, n)
#define ___bpf_pairs2(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs1(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs3(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs2(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs4(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs3(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs5(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs4(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs6(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs5(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs7(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs6(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs8(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs7(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs9(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs8(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs10(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs9(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs11(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs10(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs12(n, t, x, args...) , ___bpf_arg(t, n) ___bpf_pairs11(n + ___bpf_slot_count(t), args)
#define ___bpf_pairs(args...) ___bpf_apply(___bpf_pairs, ___bpf_npairs(args))(0, ##args)

#define ___bpf_pair_decls0()
#define ___bpf_pair_decls1(t, x) , t x
#define ___bpf_pair_decls2(t, x, args...) , t x ___bpf_pair_decls1(args)
#define ___bpf_pair_decls3(t, x, args...) , t x ___bpf_pair_decls2(args)
#define ___bpf_pair_decls4(t, x, args...) , t x ___bpf_pair_decls3(args)
#define ___bpf_pair_decls5(t, x, args...) , t x ___bpf_pair_decls4(args)
#define ___bpf_pair_decls6(t, x, args...) , t x ___bpf_pair_decls5(args)
#define ___bpf_pair_decls7(t, x, args...) , t x ___bpf_pair_decls6(args)
#define ___bpf_pair_decls8(t, x, args...) , t x ___bpf_pair_decls7(args)
#define ___bpf_pair_decls9(t, x, args...) , t x ___bpf_pair_decls8(args)
#define ___bpf_pair_decls10(t, x, args...) , t x ___bpf_pair_decls9(args)
#define ___bpf_pair_decls11(t, x, args...) , t x ___bpf_pair_decls10(args)
#define ___bpf_pair_decls12(t, x, args...) , t x ___bpf_pair_decls11(args)
#define ___bpf_pair_decls(args...) ___bpf_apply(___bpf_pair_decls, ___bpf_npairs(args))(args)

// Arguments as pairs, BPF_PROG2(name, struct foo, a, int, b): also structs and unions by value, up to 16 bytes.
#define BPF_PROG2(name, args...)                                                                  \
	name(unsigned long long *ctx);                                                            \
	static __always_inline typeof(name(0))                                                    \
	____##name(unsigned long long *ctx ___bpf_pair_decls(args));                              \
	typeof(name(0)) name(unsigned long long *ctx)                                             \
	{                                                                                         \
		return ____##name(ctx ___bpf_pairs(args));                                        \
	}                                                                                         \
	static __always_inline typeof(name(0))                                                    \
	____##name(unsigned long long *ctx ___bpf_pair_decls(args))

// ---- Arguments in registers: kprobes, uprobes, where they return, system calls ----

#define ___bpf_regs0() ctx
#define ___bpf_regs1(x) ___bpf_regs0(), (void *)PT_REGS_PARM1(ctx)
#define ___bpf_regs2(x, args...) ___bpf_regs1(args), (void *)PT_REGS_PARM2(ctx)
#define ___bpf_regs3(x, args...) ___bpf_regs2(args), (void *)PT_REGS_PARM3(ctx)
#define ___bpf_regs4(x, args...) ___bpf_regs3(args), (void *)PT_REGS_PARM4(ctx)
#define ___bpf_regs5(x, args...) ___bpf_regs4(args), (void *)PT_REGS_PARM5(ctx)
#define ___bpf_regs6(x, args...) ___bpf_regs5(args), (void *)PT_REGS_PARM6(ctx)
#define ___bpf_regs7(x, args...) ___bpf_regs6(args), (void *)PT_REGS_PARM7(ctx)
#define ___bpf_regs8(x, args...) ___bpf_regs7(args), (void *)PT_REGS_PARM8(ctx)
#define ___bpf_regs(args...) ___bpf_apply(___bpf_regs, ___bpf_narg(args))(args)
#define BPF_KPROBE(name, args...)                                                                 \
	___bpf_entry(name, struct pt_regs *, return ____##name(___bpf_regs(args)), ##args)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)

// At the return there is one argument at most: what is returned.
#define ___bpf_returned0() ctx
#define ___bpf_returned1(x) ___bpf_returned0(), (void *)PT_REGS_RC(ctx)
#define ___bpf_returned(args...) ___bpf_apply(___bpf_returned, ___bpf_narg(args))(args)
#define BPF_KRETPROBE(name, args...)                                                              \
	___bpf_entry(name, struct pt_regs *, return ____##name(___bpf_returned(args)), ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

#define ___bpf_syscall0() ctx
#define ___bpf_syscall1(x) ___bpf_syscall0(), (void *)PT_REGS_PARM1_SYSCALL(regs)
#define ___bpf_syscall2(x, args...) ___bpf_syscall1(args), (void *)PT_REGS_PARM2_SYSCALL(regs)
#define ___bpf_syscall3(x, args...) ___bpf_syscall2(args), (void *)PT_REGS_PARM3_SYSCALL(regs)
#define ___bpf_syscall4(x, args...) ___bpf_syscall3(args), (void *)PT_REGS_PARM4_SYSCALL(regs)
#define ___bpf_syscall5(x, args...) ___bpf_syscall4(args), (void *)PT_REGS_PARM5_SYSCALL(regs)
#define ___bpf_syscall6(x, args...) ___bpf_syscall5(args), (void *)PT_REGS_PARM6_SYSCALL(regs)
#define ___bpf_syscall7(x, args...) ___bpf_syscall6(args), (void *)PT_REGS_PARM7_SYSCALL(regs)
#define ___bpf_syscall(args...) ___bpf_apply(___bpf_syscall, ___bpf_narg(args))(args)
#define ___bpf_wrapped0() ctx
#define ___bpf_wrapped1(x) ___bpf_wrapped0(), (void *)PT_REGS_PARM1_CORE_SYSCALL(regs)
#define ___bpf_wrapped2(x, args...) ___bpf_wrapped1(args), (void *)PT_REGS_PARM2_CORE_SYSCALL(regs)
#define ___bpf_wrapped3(x, args...) ___bpf_wrapped2(args), (void *)PT_REGS_PARM3_CORE_SYSCALL(regs)
#define ___bpf_wrapped4(x, args...) ___bpf_wrapped3(args), (void *)PT_REGS_PARM4_CORE_SYSCALL(regs)
#define ___bpf_wrapped5(x, args...) ___bpf_wrapped4(args), (void *)PT_REGS_PARM5_CORE_SYSCALL(regs)
#define ___bpf_wrapped6(x, args...) ___bpf_wrapped5(args), (void *)PT_REGS_PARM6_CORE_SYSCALL(regs)
#define ___bpf_wrapped7(x, args...) ___bpf_wrapped6(args), (void *)PT_REGS_PARM7_CORE_SYSCALL(regs)
#define ___bpf_wrapped(args...) ___bpf_apply(___bpf_wrapped, ___bpf_narg(args))(args)

// A kprobe on the function of a system call. Whether that is given the arguments, or a pointer to the registers that
// they are in, only the kernel knows that the program is loaded into.
#define BPF_KSYSCALL(name, args...)                                                               \
	name(struct pt_regs *ctx);                                                                \
	extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;                                         \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args);           \
	typeof(name(0)) name(struct pt_regs *ctx)                                                 \
	{                                                                                         \
		struct pt_regs *regs __attribute__((unused)) =                                    \
			LINUX_HAS_SYSCALL_WRAPPER ? (struct pt_regs *)PT_REGS_PARM1(ctx) : ctx;   \
		_Pragma("GCC diagnostic push")                                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                            \
		if (LINUX_HAS_SYSCALL_WRAPPER)                                                    \
			return ____##name(___bpf_wrapped(args));                                  \
		else                                                                              \
			return ____##name(___bpf_syscall(args));                                  \
		_Pragma("GCC diagnostic pop")                                                     \
	}                                                                                         \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#endif
