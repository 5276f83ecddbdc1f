"""The users of /etc/passwd."""

from collections import namedtuple as _namedtuple


class struct_passwd(_namedtuple("struct_passwd", "pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell")):
    __slots__ = ()
    __module__ = "pwd"
    n_fields = n_sequence_fields = 7
    n_unnamed_fields = 0

    def __repr__(self):
        return "pwd." + super().__repr__()


def getpwall():
    users = []
    try:
        file = open("/etc/passwd", encoding="utf-8", errors="surrogateescape")
    except OSError:
        return users
    with file:
        for line in file:
            fields = line.rstrip("\n").split(":")
            if len(fields) == 7 and fields[2].isdecimal() and fields[3].isdecimal():
                fields[2:4] = map(int, fields[2:4])
                users.append(struct_passwd(*fields))
    return users


def getpwuid(uid, /):
    uid = uid.__index__()
    for user in getpwall():
        if user.pw_uid == uid:
            return user
    raise KeyError(f"getpwuid(): uid not found: {uid}")


def getpwnam(name, /):
    if not isinstance(name, str):
        raise TypeError(f"getpwnam() argument must be str, not {type(name).__name__}")
    for user in getpwall():
        if user.pw_name == name:
            return user
    raise KeyError(f"getpwnam(): name not found: {name!r}")
