# Runs a command in a user namespace of its own, as its root, with a bpffs that a privileged process has set up for it:
#     in_namespace.py FOLDER OPTION=VALUE... -- COMMAND...
# The process inside opens the file system, this one outside sets its options, which takes privileges, and the process
# inside mounts it: the way of container managers. Exit status: the command's, or 77 if the machine cannot do it.
import ctypes
import os
import socket
import sys

CALLS = {"move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432}
NEW = 0x20000 | 0x10000000 | 0x40000000  # mounts, users, network
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    result = libc.syscall(CALLS[name], *arguments)
    if result < 0:
        print(f"{name}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        os._exit(77)
    return result


at = sys.argv.index("--")
folder, options, command = sys.argv[1], sys.argv[2:at], sys.argv[at + 1 :]
outside, inside = socket.socketpair()
child = os.fork()
if child == 0:
    outside.close()
    if libc.unshare(NEW) != 0:
        print(f"unshare: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        os._exit(77)
    inside.send(b"u")
    inside.recv(1) or os._exit(77)
    opened = call("fsopen", b"bpf", 1)
    socket.send_fds(inside, [b"f"], [opened])
    inside.recv(1) or os._exit(77)
    mounted = call("fsmount", opened, 1, 0)
    libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None)
    call("move_mount", mounted, b"", -100, folder.encode(), 4)
    os.execvp(command[0], command)
inside.close()
if outside.recv(1):
    with open(f"/proc/{child}/setgroups", "w") as file:
        file.write("deny")
    for kind in "uid_map", "gid_map":
        with open(f"/proc/{child}/{kind}", "w") as file:
            file.write("0 0 1")
    outside.send(b"m")
    _, descriptors, _, _ = socket.recv_fds(outside, 1, 1)
    for option in options:
        key, value = option.split("=", 1)
        call("fsconfig", descriptors[0], 1, key.encode(), value.encode(), 0)
    call("fsconfig", descriptors[0], 6, None, None, 0)
    outside.send(b"c")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
