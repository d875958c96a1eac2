// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Reads along a path of pointers, a part of bpf_core_read.h: BPF_CORE_READ(task, mm, exe_file, f_inode, i_ino) reads
// task->mm->exe_file->f_inode->i_ino, one pointer after the other. An element is a member, or a path of members and
// constant indexes (`a.b`, `c[2]`); up to 10 elements.
#ifndef __BPF_CORE_PATH_H__
#define __BPF_CORE_PATH_H__

// How many elements there are, 1 to 10.
#define ___core_pick(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, pick, ...) pick
#define ___core_count(...) ___core_pick(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)

// The expression that the path stands for. It is never evaluated, only asked for its type.
#define ___core_path1(src, a) (src)->a
#define ___core_path2(src, a, rest...) ___core_path1((src)->a, rest)
#define ___core_path3(src, a, rest...) ___core_path2((src)->a, rest)
#define ___core_path4(src, a, rest...) ___core_path3((src)->a, rest)
#define ___core_path5(src, a, rest...) ___core_path4((src)->a, rest)
#define ___core_path6(src, a, rest...) ___core_path5((src)->a, rest)
#define ___core_path7(src, a, rest...) ___core_path6((src)->a, rest)
#define ___core_path8(src, a, rest...) ___core_path7((src)->a, rest)
#define ___core_path9(src, a, rest...) ___core_path8((src)->a, rest)
#define ___core_path10(src, a, rest...) ___core_path9((src)->a, rest)
#define ___core_path_type(src, path...)                                                           \
	typeof(___bpf_apply(___core_path, ___core_count(path))(src, path))

// The steps. Each pointer on the way is read by `hop` into the one variable `___ptr`, which is then taken for what the
// element before it points to; the last element is read by `last` into `dst`.
#define ___core_next(src, a) ((typeof((src)->a))(___ptr))
#define ___core_hop(hop, src, a) hop((void *)(&___ptr), sizeof(___ptr), &(src)->a)
#define ___core_step1(hop, last, dst, src, a) last((void *)(dst), sizeof(*(dst)), &(src)->a)
#define ___core_step2(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step1(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step3(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step2(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step4(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step3(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step5(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step4(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step6(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step5(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step7(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step6(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step8(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step7(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step9(hop, last, dst, src, a, rest...)                                            \
	___core_hop(hop, src, a); ___core_step8(hop, last, dst, ___core_next(src, a), rest)
#define ___core_step10(hop, last, dst, src, a, rest...)                                           \
	___core_hop(hop, src, a); ___core_step9(hop, last, dst, ___core_next(src, a), rest)

// What the last read returns is the value: 0, a length, or a negative error.
#define ___core_walk(hop, last, dst, src, path...)                                                \
	({                                                                                        \
		const void *___ptr __attribute__((unused));                                       \
		___bpf_apply(___core_step, ___core_count(path))(hop, last, dst, src, path);       \
	})

// What is read is the value. What cannot be read is whatever the helper leaves there: 0.
#define ___core_value(hop, last, src, path...)                                                    \
	({                                                                                        \
		___core_path_type(src, path) ___value;                                            \
		___core_walk(hop, last, &___value, src, path);                                    \
		___value;                                                                         \
	})

// Kernel memory, with CO-RE.
#define BPF_CORE_READ(src, a, ...) ___core_value(bpf_core_read, bpf_core_read, (src), a, ##__VA_ARGS__)
#define BPF_CORE_READ_INTO(dst, src, a, ...) ___core_walk(bpf_core_read, bpf_core_read, dst, (src), a, ##__VA_ARGS__)
#define BPF_CORE_READ_STR_INTO(dst, src, a, ...)                                                  \
	___core_walk(bpf_core_read, bpf_core_read_str, dst, (src), a, ##__VA_ARGS__)

// User memory, with CO-RE: types of the kernel's interface that processes pass to it.
#define BPF_CORE_READ_USER(src, a, ...)                                                           \
	___core_value(bpf_core_read_user, bpf_core_read_user, (src), a, ##__VA_ARGS__)
#define BPF_CORE_READ_USER_INTO(dst, src, a, ...)                                                 \
	___core_walk(bpf_core_read_user, bpf_core_read_user, dst, (src), a, ##__VA_ARGS__)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, a, ...)                                             \
	___core_walk(bpf_core_read_user, bpf_core_read_user_str, dst, (src), a, ##__VA_ARGS__)

// Kernel memory, as the object's own types lay it out.
#define BPF_PROBE_READ(src, a, ...)                                                               \
	___core_value(bpf_probe_read_kernel, bpf_probe_read_kernel, (src), a, ##__VA_ARGS__)
#define BPF_PROBE_READ_INTO(dst, src, a, ...)                                                     \
	___core_walk(bpf_probe_read_kernel, bpf_probe_read_kernel, dst, (src), a, ##__VA_ARGS__)
#define BPF_PROBE_READ_STR_INTO(dst, src, a, ...)                                                 \
	___core_walk(bpf_probe_read_kernel, bpf_probe_read_kernel_str, dst, (src), a, ##__VA_ARGS__)

// User memory, as the object's own types lay it out.
#define BPF_PROBE_READ_USER(src, a, ...)                                                          \
	___core_value(bpf_probe_read_user, bpf_probe_read_user, (src), a, ##__VA_ARGS__)
#define BPF_PROBE_READ_USER_INTO(dst, src, a, ...)                                                \
	___core_walk(bpf_probe_read_user, bpf_probe_read_user, dst, (src), a, ##__VA_ARGS__)
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, a, ...)                                            \
	___core_walk(bpf_probe_read_user, bpf_probe_read_user_str, dst, (src), a, ##__VA_ARGS__)

#endif
