#!/bin/busybox sh
# The guest's first process: mounts what the tests look at, runs the suites, and powers off.
#
# The serial ports are files on the host: the first is the console, the second takes what the suites print, the third
# what became of them (`ready`, `suite NAME STATUS` for each, `end`).
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ TERM=dumb

mount -t devtmpfs devtmpfs /dev
exec </dev/null >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tracefs tracefs /sys/kernel/tracing
mount -t securityfs securityfs /sys/kernel/security
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
stty -F /dev/ttyS1 raw
stty -F /dev/ttyS2 raw
exec 3>/dev/ttyS1 4>/dev/ttyS2

ip link set lo up
while read -r module; do
    insmod "/modules/$module.ko" || echo "module $module: not inserted"
done </modules/order

export BPF_TEST_KERNEL=1 BPF_TEST_FIXTURES=/fixtures INSTA_UPDATE=no
echo ready >&4

# suite NAME PROGRAM ARGUMENT...
suite() {
    name="$1"
    shift
    echo "suite $name" >/dev/console
    echo "suite $name" >&3
    "$@" >&3 4>&-
    echo "suite $name $?" >&4
}
. /suites

echo end >&4
exec 3>&- 4>&-
poweroff -f
