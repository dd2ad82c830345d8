"""A seccomp filter for job children, as classic BPF: no sockets, no programs, no new processes, no files.

It is a second wall behind the resource limits, and a list of what is denied, not of what is allowed: a parser
library may need any harmless call on any kernel. Denied calls fail with an errno, so a library that merely
tries (a font search, say) goes on without.
"""

import ctypes
import errno
import os
import struct

# Syscall numbers per machine (Linux uapi headers); a name missing in one table does not exist there.
_X86_64 = {
    "open": 2, "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "bind": 49, "socketpair": 53,
    "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "truncate": 76, "rename": 82,
    "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "chown": 92,
    "ptrace": 101, "setrlimit": 160, "mount": 165, "tkill": 200, "tgkill": 234, "add_key": 248,
    "request_key": 249, "keyctl": 250, "openat": 257, "mkdirat": 258, "fchownat": 260, "unlinkat": 263,
    "renameat": 264, "linkat": 265, "symlinkat": 266, "fchmodat": 268, "unshare": 272, "perf_event_open": 298,
    "prlimit64": 302, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "renameat2": 316, "memfd_create": 319, "bpf": 321, "execveat": 322,
    "userfaultfd": 323, "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435,
    "openat2": 437, "pidfd_getfd": 438,
}  # fmt: skip
_AARCH64 = {
    "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "mount": 40, "truncate": 45,
    "fchmodat": 53, "fchownat": 54, "openat": 56, "unshare": 97, "ptrace": 117, "kill": 129, "tkill": 130,
    "tgkill": 131, "setrlimit": 164, "socket": 198, "socketpair": 199, "bind": 200, "accept": 202,
    "connect": 203, "sendto": 206, "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220,
    "execve": 221, "perf_event_open": 241, "prlimit64": 261, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "renameat2": 276, "memfd_create": 279, "bpf": 280,
    "execveat": 281, "userfaultfd": 282, "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434,
    "clone3": 435, "openat2": 437, "pidfd_getfd": 438,
}  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR, _ARCH, _ARGS = 0, 4, 16
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def build(machine: str, *, reading: bool) -> bytes | None:
    """The filter for this machine (`os.uname().machine`), or None where we have no table.
    `reading` lets files be opened read-only.
    """
    if machine not in _MACHINES:
        return None
    arch, numbers = _MACHINES[machine]
    code = [
        _instruction(_LOAD, _ARCH),
        _instruction(_JEQ, arch, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NR),
        # The x32 table of x86-64 would offer every call again under another number.
        _instruction(_JGE, 0x40000000, 0, 1),
        _instruction(_RETURN, _KILL),
    ]
    special = {"clone": (_ARGS, _CLONE_THREAD, True)}
    if reading:
        special |= {"open": (_ARGS + 8, _WRITING, False), "openat": (_ARGS + 16, _WRITING, False)}
    for name, number in numbers.items():
        # glibc falls back from these two when told that they do not exist.
        refusal = _ERRNO | (errno.ENOSYS if name in {"clone3", "openat2"} else errno.EACCES)
        if name in special:
            offset, mask, allowed_when_set = special[name]
            first, second = (_ALLOW, refusal) if allowed_when_set else (refusal, _ALLOW)
            code += [
                _instruction(_JEQ, number, 0, 4),
                _instruction(_LOAD, offset),
                _instruction(_JSET, mask, 0, 1),
                _instruction(_RETURN, first),
                _instruction(_RETURN, second),
            ]
        else:
            code += [_instruction(_JEQ, number, 0, 1), _instruction(_RETURN, refusal)]
    return b"".join([*code, _instruction(_RETURN, _ALLOW)])


def install(libc: ctypes.CDLL, program: bytes) -> bool:
    """Confine the calling thread for good; False when the kernel has no filters."""
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    descriptor = _Program(len(program) // 8, program)
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(descriptor), 0, 0) == 0)


def _instruction(code: int, operand: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, operand)
