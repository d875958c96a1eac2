// SPDX-License-Identifier: MIT OR Apache-2.0
// One of bpf-loader's headers for BPF programs; `bpf gen headers` writes a newer one over it.
//
// Loops over iterators of the kernel, a part of bpf_helpers.h. The verifier knows that they end. Linux 6.4.
#ifndef __BPF_LOOP_H__
#define __BPF_LOOP_H__

struct bpf_iter_num;

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

// An iterator that lives as long as the loop, and is destroyed on each way out of it. The second variable is only there
// to create it in the same declaration. (Naming the destructor keeps its declaration in BTF.)
#define ___bpf_iter(type, args...)                                                                \
	struct bpf_iter_##type ___it                                                              \
		__attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))),                  \
		*___made __attribute__((unused)) = (bpf_iter_##type##_new(&___it, ##args),        \
						    (void)bpf_iter_##type##_destroy, (void *)0)

// bpf_for_each(task, task, NULL, BPF_TASK_ITER_ALL_PROCS) { … }: the variable is what bpf_iter_X_next() gives.
#ifndef bpf_for_each
#define bpf_for_each(type, cur, args...)                                                          \
	for (___bpf_iter(type, ##args); (((cur) = bpf_iter_##type##_next(&___it)));)
#endif

// bpf_for(i, 0, n) { … }: from start up to, and without, end. The bounds are compared once more, for the verifier.
#ifndef bpf_for
#define bpf_for(i, start, end)                                                                    \
	for (___bpf_iter(num, (start), (end)); ({                                                 \
		     int *___next = bpf_iter_num_next(&___it);                                    \
		     (___next && ((i) = *___next, (i) >= (start) && (i) < (end)));                \
	     });)
#endif

// bpf_repeat(n) { … }: n times.
#ifndef bpf_repeat
#define bpf_repeat(n) for (___bpf_iter(num, 0, (n)); bpf_iter_num_next(&___it);)
#endif

#endif
