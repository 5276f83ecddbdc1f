"""The groups of /etc/group."""

from collections import namedtuple as _namedtuple


class struct_group(_namedtuple("struct_group", "gr_name gr_passwd gr_gid gr_mem")):
    __slots__ = ()
    __module__ = "grp"
    n_fields = n_sequence_fields = 4
    n_unnamed_fields = 0

    def __repr__(self):
        return "grp." + super().__repr__()


def getgrall():
    groups = []
    try:
        file = open("/etc/group", encoding="utf-8", errors="surrogateescape")
    except OSError:
        return groups
    with file:
        for line in file:
            fields = line.rstrip("\n").split(":")
            if len(fields) == 4 and fields[2].isdecimal():
                name, password, gid, members = fields
                members = [member for member in members.split(",") if member]
                groups.append(struct_group(name, password, int(gid), members))
    return groups


def getgrgid(id):
    id = id.__index__()
    for group in getgrall():
        if group.gr_gid == id:
            return group
    raise KeyError(f"getgrgid(): gid not found: {id}")


def getgrnam(name):
    if not isinstance(name, str):
        raise TypeError(f"getgrnam() argument must be str, not {type(name).__name__}")
    for group in getgrall():
        if group.gr_name == name:
            return group
    raise KeyError(f"getgrnam(): name not found: {name!r}")
