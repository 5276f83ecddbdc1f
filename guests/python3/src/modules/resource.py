"""What a process used. Its limits are those of the sandbox, which `ulimit` and `wasmsand --limit` set."""

import os as _os
from collections import namedtuple as _namedtuple

error = OSError
RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE = range(5)
RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS = range(5, 10)
RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1


class struct_rusage(
    _namedtuple(
        "struct_rusage",
        "ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt"
        " ru_nswap ru_inblock ru_oublock ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw",
    )
):
    __slots__ = ()
    __module__ = "resource"

    def __repr__(self):
        return "resource." + super().__repr__()


def getrusage(who, /):
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    times = _os.times()
    used = times.children_user if who == RUSAGE_CHILDREN else times.user
    return struct_rusage(used, *[0.0] + [0] * 14)


def getpagesize():
    return 65536


def getrlimit(resource, /):
    if not 0 <= resource <= 15:
        raise ValueError("invalid resource specified")
    return RLIM_INFINITY, RLIM_INFINITY


def setrlimit(resource, limits, /):
    if not 0 <= resource <= 15:
        raise ValueError("invalid resource specified")
    soft, hard = limits
    if (soft, hard) != (RLIM_INFINITY, RLIM_INFINITY):
        raise ValueError("the limits of a process are set by `ulimit` before it starts")
