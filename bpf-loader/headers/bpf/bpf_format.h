// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Formatted output, a part of bpf_helpers.h. Formats become constants of .rodata; arguments are widened to 64 bits.
#ifndef __BPF_FORMAT_H__
#define __BPF_FORMAT_H__

// The number of arguments, 0 to 12; and an argument that is picked by how many stand before it.
#ifndef ___bpf_nth
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, pick, ...) pick
#endif
#ifndef ___bpf_narg
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#endif

// Stores the arguments in an array, one an element.
#define ___bpf_fill0(array, at, none) do { } while (0)
#define ___bpf_fill1(array, at, x) array[at] = x
#define ___bpf_fill2(array, at, x, rest...) array[at] = x; ___bpf_fill1(array, at + 1, rest)
#define ___bpf_fill3(array, at, x, rest...) array[at] = x; ___bpf_fill2(array, at + 1, rest)
#define ___bpf_fill4(array, at, x, rest...) array[at] = x; ___bpf_fill3(array, at + 1, rest)
#define ___bpf_fill5(array, at, x, rest...) array[at] = x; ___bpf_fill4(array, at + 1, rest)
#define ___bpf_fill6(array, at, x, rest...) array[at] = x; ___bpf_fill5(array, at + 1, rest)
#define ___bpf_fill7(array, at, x, rest...) array[at] = x; ___bpf_fill6(array, at + 1, rest)
#define ___bpf_fill8(array, at, x, rest...) array[at] = x; ___bpf_fill7(array, at + 1, rest)
#define ___bpf_fill9(array, at, x, rest...) array[at] = x; ___bpf_fill8(array, at + 1, rest)
#define ___bpf_fill10(array, at, x, rest...) array[at] = x; ___bpf_fill9(array, at + 1, rest)
#define ___bpf_fill11(array, at, x, rest...) array[at] = x; ___bpf_fill10(array, at + 1, rest)
#define ___bpf_fill12(array, at, x, rest...) array[at] = x; ___bpf_fill11(array, at + 1, rest)
#define ___bpf_fill(array, args...) ___bpf_apply(___bpf_fill, ___bpf_narg(args))(array, 0, args)

// Calls a helper with a format and its arguments as an array. Pointers among these become numbers.
#define ___bpf_formatted(call, format, args...)                                                   \
	({                                                                                        \
		static const char ___fmt[] = format;                                              \
		unsigned long long ___param[___bpf_narg(args)];                                   \
		_Pragma("GCC diagnostic push")                                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                            \
		___bpf_fill(___param, args);                                                      \
		_Pragma("GCC diagnostic pop")                                                     \
		call;                                                                             \
	})

// To the file of an iterator.
#define BPF_SEQ_PRINTF(seq, fmt, args...)                                                         \
	___bpf_formatted(bpf_seq_printf(seq, ___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, args)

// To memory; the format has to be a literal.
#define BPF_SNPRINTF(out, out_size, fmt, args...)                                                 \
	___bpf_formatted(bpf_snprintf(out, out_size, ___fmt, ___param, sizeof(___param)), fmt, args)

// To one of the program's own streams (BPF_STDOUT, BPF_STDERR). vmlinux.h declares bpf_stream_vprintk(); kernels differ in it.
#define bpf_stream_printk(stream_id, fmt, args...)                                                \
	___bpf_formatted(bpf_stream_vprintk(stream_id, ___fmt, ___param, sizeof(___param)), fmt, args)

// To the trace output. Where there is no global data (before Linux 5.2), define BPF_NO_GLOBAL_DATA: the format is then on
// the stack.
#ifdef BPF_NO_GLOBAL_DATA
#define BPF_PRINTK_FMT_MOD
#else
#define BPF_PRINTK_FMT_MOD static const
#endif
#define __bpf_printk(fmt, ...)                                                                    \
	({                                                                                        \
		BPF_PRINTK_FMT_MOD char ____fmt[] = fmt;                                          \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##__VA_ARGS__);                        \
	})
#define __bpf_vprintk(fmt, args...)                                                               \
	___bpf_formatted(bpf_trace_vprintk(___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, args)

// The older helper as long as it takes so many arguments, 3.
#define ___bpf_pick_printk(...)                                                                   \
	___bpf_nth(_, ##__VA_ARGS__, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk,   \
		   __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk,      \
		   __bpf_printk, __bpf_printk, __bpf_printk, __bpf_printk)
#define bpf_printk(fmt, args...) ___bpf_pick_printk(args)(fmt, ##args)

#endif
