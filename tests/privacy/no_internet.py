"""Runs a command under a kernel filter that kills whatever opens an internet socket (AF_INET, AF_INET6).

``python no_internet.py COMMAND…``. seccomp by prctl, x86-64 and ARM64; child processes inherit it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER_MODE = 38, 22, 2
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
KILL, ALLOW = 0x80000000, 0x7FFF0000
SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
AF_INET, AF_INET6 = 2, 10
NUMBER_AT, DOMAIN_AT = 0, 16


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def forbid_internet() -> None:
    """From now on an internet socket ends the process with SIGSYS; raises ``OSError`` if the kernel refuses."""
    steps = [
        (LOAD, 0, 0, NUMBER_AT),
        (EQUALS, 0, 4, SOCKET_CALL[platform.machine()]),
        (LOAD, 0, 0, DOMAIN_AT),
        (EQUALS, 1, 0, AF_INET),
        (EQUALS, 0, 1, AF_INET6),
        (RETURN, 0, 0, KILL),
        (RETURN, 0, 0, ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, FILTER_MODE, ctypes.byref(program), 0, 0)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "the kernel takes no filter")


if __name__ == "__main__":
    forbid_internet()
    os.execvp(sys.argv[1], sys.argv[1:])
