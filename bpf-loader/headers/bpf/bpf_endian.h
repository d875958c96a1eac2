// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Byte order: of the network, and of big-endian data. Constants stay constants: they can initialise statics and be cases.
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

// One byte of a number, moved from one place to another; places count from the lowest.
#define ___bpf_byte(x, from, to) ((((x) >> ((from) * 8)) & 0xff) << ((to) * 8))
#define ___bpf_swab16(x)                                                                          \
	((__u16)(___bpf_byte((__u16)(x), 0, 1) | ___bpf_byte((__u16)(x), 1, 0)))
#define ___bpf_swab32(x)                                                                          \
	((__u32)(___bpf_byte((__u32)(x), 0, 3) | ___bpf_byte((__u32)(x), 1, 2) |                  \
		 ___bpf_byte((__u32)(x), 2, 1) | ___bpf_byte((__u32)(x), 3, 0)))
#define ___bpf_swab64(x)                                                                          \
	((__u64)(___bpf_byte((__u64)(x), 0, 7) | ___bpf_byte((__u64)(x), 1, 6) |                  \
		 ___bpf_byte((__u64)(x), 2, 5) | ___bpf_byte((__u64)(x), 3, 4) |                  \
		 ___bpf_byte((__u64)(x), 4, 3) | ___bpf_byte((__u64)(x), 5, 2) |                  \
		 ___bpf_byte((__u64)(x), 6, 1) | ___bpf_byte((__u64)(x), 7, 0)))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___bpf_big16(x) __builtin_bswap16(x)
#define ___bpf_big32(x) __builtin_bswap32(x)
#define ___bpf_big64(x) __builtin_bswap64(x)
#define ___bpf_constant_big16(x) ___bpf_swab16(x)
#define ___bpf_constant_big32(x) ___bpf_swab32(x)
#define ___bpf_constant_big64(x) ___bpf_swab64(x)
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ___bpf_big16(x) (x)
#define ___bpf_big32(x) (x)
#define ___bpf_big64(x) (x)
#define ___bpf_constant_big16(x) (x)
#define ___bpf_constant_big32(x) (x)
#define ___bpf_constant_big64(x) (x)
#else
#error "the byte order is not known: __BYTE_ORDER__"
#endif

// Of a variable. Both directions are the same.
#define __bpf_ntohs(x) ___bpf_big16(x)
#define __bpf_htons(x) ___bpf_big16(x)
#define __bpf_ntohl(x) ___bpf_big32(x)
#define __bpf_htonl(x) ___bpf_big32(x)
#define __bpf_be64_to_cpu(x) ___bpf_big64(x)
#define __bpf_cpu_to_be64(x) ___bpf_big64(x)

// Of a constant.
#define __bpf_constant_ntohs(x) ___bpf_constant_big16(x)
#define __bpf_constant_htons(x) ___bpf_constant_big16(x)
#define __bpf_constant_ntohl(x) ___bpf_constant_big32(x)
#define __bpf_constant_htonl(x) ___bpf_constant_big32(x)
#define __bpf_constant_be64_to_cpu(x) ___bpf_constant_big64(x)
#define __bpf_constant_cpu_to_be64(x) ___bpf_constant_big64(x)

// Of either.
#define bpf_htons(x) (__builtin_constant_p(x) ? __bpf_constant_htons(x) : __bpf_htons(x))
#define bpf_ntohs(x) (__builtin_constant_p(x) ? __bpf_constant_ntohs(x) : __bpf_ntohs(x))
#define bpf_htonl(x) (__builtin_constant_p(x) ? __bpf_constant_htonl(x) : __bpf_htonl(x))
#define bpf_ntohl(x) (__builtin_constant_p(x) ? __bpf_constant_ntohl(x) : __bpf_ntohl(x))
#define bpf_cpu_to_be64(x) (__builtin_constant_p(x) ? __bpf_constant_cpu_to_be64(x) : __bpf_cpu_to_be64(x))
#define bpf_be64_to_cpu(x) (__builtin_constant_p(x) ? __bpf_constant_be64_to_cpu(x) : __bpf_be64_to_cpu(x))

#endif
