// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Sections, map definitions, attributes, formatted output, loops, tail calls. Include vmlinux.h, or linux/bpf.h, before.
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#include "bpf_helper_defs.h"

// ---- Compiler ----

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef likely
#define likely(condition) (__builtin_expect(!!(condition), 1))
#endif
#ifndef unlikely
#define unlikely(condition) (__builtin_expect(!!(condition), 0))
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif

// A function that stays inside its object: the verifier then looks at it again at each call, with what is known there.
#define __hidden __attribute__((visibility("hidden")))

// Nothing is kept in registers, or in the one of this variable, across this line.
#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif
#ifndef barrier_var
#define barrier_var(var) asm volatile("" : "+r"(var))
#endif

// Must not remain in the program: clang makes a call of it that no loader resolves.
#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_trap()
#endif

// By hand, not by the compiler's built-in: so the offset in a type of vmlinux.h is a CO-RE relocation.
#undef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#undef container_of
#define container_of(pointer, type, member)                                                       \
	({                                                                                        \
		void *___inner = (void *)(pointer);                                               \
		((type *)(___inner - offsetof(type, member)));                                    \
	})

#ifndef KERNEL_VERSION
#define KERNEL_VERSION(major, minor, patch) (((major) << 16) + ((minor) << 8) + ((patch) > 255 ? 255 : (patch)))
#endif

// ---- Sections ----

// Where a program, variable or map stands. On an extern `used` means nothing, and clang would say so.
#if defined(__clang__)
#define SEC(name)                                                                                 \
	_Pragma("GCC diagnostic push")                                                            \
	_Pragma("GCC diagnostic ignored \"-Wignored-attributes\"")                                \
	__attribute__((section(name), used))                                                      \
	_Pragma("GCC diagnostic pop")
#else
#define SEC(name) __attribute__((section(name), used))
#endif

// A value of the kernel's configuration; a function or variable of the kernel.
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))

// Whether the kernel has it. It has to be declared __weak, or else is there in any case.
#if defined(__clang__)
#define bpf_ksym_exists(symbol)                                                                   \
	({                                                                                        \
		_Static_assert(!__builtin_constant_p(!!symbol), #symbol " has to be __weak");     \
		!!symbol;                                                                         \
	})
#else
#define bpf_ksym_exists(symbol) !!symbol
#endif

// What an option of the kernel's configuration is. Loaders know the type by its name.
enum libbpf_tristate {
	TRI_NO = 0,
	TRI_YES = 1,
	TRI_MODULE = 2,
};

// ---- Map definitions: what stands in `.maps` says all by the types of its members ----

// The macro's name is joined to a number after both are expanded.
#ifndef ___bpf_concat
#define ___bpf_concat(left, right) left##right
#endif
#ifndef ___bpf_apply
#define ___bpf_apply(function, suffix) ___bpf_concat(function, suffix)
#endif

#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name
#define __array(name, value) typeof(value) *name[]
// A number beyond 32 bits.
#define __ulong(name, value) enum { ___bpf_apply(__unique_value, __COUNTER__) = value } name

// For __uint(pinning, …): LIBBPF_PIN_BY_NAME pins the map under its name.
enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	LIBBPF_PIN_BY_NAME,
};

// ---- Tags of types and arguments, which the kernel reads in BTF ----

// Kernel pointers in a map's value.
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
// User memory in a value of task local storage.
#define __uptr __attribute__((btf_type_tag("uptr")))

// What callers pass to a global function.
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

// A pointer into an arena, where the compiler knows such.
#ifndef __arena
#if defined(__BPF_FEATURE_ADDR_SPACE_CAST)
#define __arena __attribute__((address_space(1)))
#else
#define __arena
#endif
#endif

// ---- Tail calls ----

#if defined(__bpf__)
// A tail call whose slot is constant, and seen to be: then the kernel makes a jump of it. That takes the map and the slot
// in their registers right at the call, whatever the compiler would make of several such calls.
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	if (!__builtin_constant_p(slot))
		__bpf_unreachable();
	asm volatile("r1 = %[ctx]\n\t"
		     "r2 = %[map]\n\t"
		     "r3 = %[slot]\n\t"
		     "call 12"
		     :
		     : [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
}
#endif

#include "bpf_format.h"
#include "bpf_loop.h"

#endif
