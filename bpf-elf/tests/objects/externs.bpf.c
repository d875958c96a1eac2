// SPDX-License-Identifier: MIT OR Apache-2.0 OR GPL-2.0-only
// What is declared here and defined elsewhere: functions and variables of the kernel, its configuration.
#include "bpf.h"

#define __ksym __attribute__((section(".ksyms")))
#define __kconfig __attribute__((section(".kconfig")))

struct task_struct;

extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_maybe(void) __weak __ksym;
extern const int runqueue_size __ksym;
extern const void jiffies_anywhere __weak __ksym;
extern int CONFIG_HZ __kconfig;
extern bool CONFIG_MAYBE __weak __kconfig;

__u64 sum;

SEC("raw_tp/sys_enter")
int use(void *ctx)
{
	if (bpf_maybe)
		bpf_maybe();
	sum = CONFIG_HZ + CONFIG_MAYBE + runqueue_size + (__u64)&jiffies_anywhere;
	return bpf_task_acquire(ctx) != NULL;
}

LICENSE("GPL");
