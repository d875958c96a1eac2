// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// CO-RE: what is left open until the kernel is known. Questions about its types, and reads that follow its layout.
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include "bpf_helpers.h"

// ---- Questions, by the numbers that clang and loaders know them by ----

enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};

enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL = 0,
	BPF_TYPE_ID_TARGET = 1,
};

enum bpf_type_info_kind {
	BPF_TYPE_EXISTS = 0,
	BPF_TYPE_SIZE = 1,
	BPF_TYPE_MATCHES = 2,
};

enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE = 1,
};

// A type as the built-ins take it: as what a pointer to it points to. GCC wants a declared one.
#if defined(__clang__)
#define ___core_pointer(type) ((typeof(type) *)0)
#define ___core_enumerator(type, value) *(typeof(type) *)value
#else
#define ___core_declared(type, name) ({ extern typeof(type) *name; name; })
#define ___core_pointer(type) ___core_declared(type, ___bpf_apply(___core_type_, __COUNTER__))
#define ___core_enumerator(type, value) ___core_pointer(type), value
#endif

// A field is given as an expression, `task->comm`, or as a type and a path in it, `struct task_struct, comm`.
#define ___core_field1(access) (access)
#define ___core_field2(type, path) (___core_pointer(type)->path)
#define ___core_field(field...) ___bpf_apply(___core_field, ___bpf_narg(field))(field)

// Whether the kernel has it, its size there, its offset there.
#define bpf_core_field_exists(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_OFFSET)

// The number of a type in the object's BTF, and in the kernel's.
#define bpf_core_type_id_local(type) __builtin_btf_type_id(*___core_pointer(type), BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*___core_pointer(type), BPF_TYPE_ID_TARGET)

// Whether the kernel has it by name and kind, or with these members; its size there.
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*___core_pointer(type), BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*___core_pointer(type), BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*___core_pointer(type), BPF_TYPE_SIZE)

// Whether the kernel's enum has this enumerator; its value there.
#define bpf_core_enum_value_exists(enum_type, enum_value)                                         \
	__builtin_preserve_enum_value(___core_enumerator(enum_type, enum_value), BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(enum_type, enum_value)                                                \
	__builtin_preserve_enum_value(___core_enumerator(enum_type, enum_value), BPF_ENUMVAL_VALUE)

// ---- Bitfields: read and written as the whole number that the kernel keeps them in ----

#define __CORE_RELO(src, field, info) __builtin_preserve_field_info((src)->field, BPF_FIELD_##info)

// The number's bytes, moved to the low end of 64 bits.
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___core_low_end(dst, src, field) ((void *)(dst))
#else
#define ___core_low_end(dst, src, field) ((void *)(dst) + (8 - __CORE_RELO(src, field, BYTE_SIZE)))
#endif
#define __CORE_BITFIELD_PROBE_READ(dst, src, field)                                               \
	bpf_probe_read_kernel(___core_low_end(dst, src, field), __CORE_RELO(src, field, BYTE_SIZE), \
			      (const void *)(src) + __CORE_RELO(src, field, BYTE_OFFSET))

// The field out of the number: shifted up to the sign, and down again.
#define ___core_bitfield_of(number, src, field)                                                   \
	({                                                                                        \
		number <<= __CORE_RELO(src, field, LSHIFT_U64);                                   \
		if (__CORE_RELO(src, field, SIGNED))                                              \
			number = ((long long)number) >> __CORE_RELO(src, field, RSHIFT_U64);      \
		else                                                                              \
			number = number >> __CORE_RELO(src, field, RSHIFT_U64);                   \
		number;                                                                           \
	})

// By bpf_probe_read_kernel(). What cannot be read is 0.
#define BPF_CORE_READ_BITFIELD_PROBED(s, field)                                                   \
	({                                                                                        \
		unsigned long long ___number = 0;                                                 \
		__CORE_BITFIELD_PROBE_READ(&___number, s, field);                                 \
		___core_bitfield_of(___number, s, field);                                         \
	})

// By a load: for programs that may read the memory directly. The address is hidden from the compiler, which would
// otherwise fold the relocated offset into something that cannot be relocated.
#define BPF_CORE_READ_BITFIELD(s, field)                                                          \
	({                                                                                        \
		const void *___at = (const void *)(s) + __CORE_RELO(s, field, BYTE_OFFSET);       \
		unsigned long long ___number;                                                     \
		barrier_var(___at);                                                               \
		switch (__CORE_RELO(s, field, BYTE_SIZE)) {                                       \
		case 1: ___number = *(const unsigned char *)___at; break;                         \
		case 2: ___number = *(const unsigned short *)___at; break;                        \
		case 4: ___number = *(const unsigned int *)___at; break;                          \
		case 8: ___number = *(const unsigned long long *)___at; break;                    \
		default: ___number = 0; break;                                                    \
		}                                                                                 \
		___core_bitfield_of(___number, s, field);                                         \
	})

// Writes one, and leaves its neighbours as they are.
#define BPF_CORE_WRITE_BITFIELD(s, field, new_val)                                                \
	({                                                                                        \
		void *___at = (void *)(s) + __CORE_RELO(s, field, BYTE_OFFSET);                   \
		unsigned int ___size = __CORE_RELO(s, field, BYTE_SIZE);                          \
		unsigned int ___up = __CORE_RELO(s, field, LSHIFT_U64);                           \
		unsigned int ___down = __CORE_RELO(s, field, RSHIFT_U64);                         \
		unsigned long long ___mask, ___number, ___new = (new_val);                        \
		unsigned int ___right = ___down - ___up;                                          \
		barrier_var(___at);                                                               \
		switch (___size) {                                                                \
		case 1: ___number = *(unsigned char *)___at; break;                               \
		case 2: ___number = *(unsigned short *)___at; break;                              \
		case 4: ___number = *(unsigned int *)___at; break;                                \
		case 8: ___number = *(unsigned long long *)___at; break;                          \
		}                                                                                 \
		___mask = (~0ULL << ___down) >> ___up;                                            \
		___number = (___number & ~___mask) | ((___new << ___right) & ___mask);            \
		switch (___size) {                                                                \
		case 1: *(unsigned char *)___at = ___number; break;                               \
		case 2: *(unsigned short *)___at = ___number; break;                              \
		case 4: *(unsigned int *)___at = ___number; break;                                \
		case 8: *(unsigned long long *)___at = ___number; break;                          \
		}                                                                                 \
	})

// ---- Reads of one place ----

#define ___core_address(src) ((const void *)__builtin_preserve_access_index(src))

#define bpf_core_read(dst, sz, src) bpf_probe_read_kernel(dst, sz, ___core_address(src))
#define bpf_core_read_user(dst, sz, src) bpf_probe_read_user(dst, sz, ___core_address(src))
#define bpf_core_read_str(dst, sz, src) bpf_probe_read_kernel_str(dst, sz, ___core_address(src))
#define bpf_core_read_user_str(dst, sz, src) bpf_probe_read_user_str(dst, sz, ___core_address(src))

// A pointer that can be read through as one to this type of the kernel; what cannot be read is 0. Linux 6.3.
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;
#define bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))

#include "bpf_core_path.h"

#endif
