"""The mode of the terminal, as far as the sandbox's has one: lines, echo, signals, and newlines in and out."""

import _wasmsand_terminal as _terminal

error = _terminal.error

BRKINT, ICRNL, INLCR, IGNCR, INPCK, ISTRIP, IXON, IXOFF, IXANY = 0o2, 0o400, 0o100, 0o200, 0o20, 0o40, 0o2000, 0o10000, 0o4000
IGNBRK, IGNPAR, PARMRK = 0o1, 0o4, 0o10
OPOST, ONLCR = 0o1, 0o4
CSIZE, CS8, CREAD, PARENB, CSTOPB, HUPCL, CLOCAL = 0o60, 0o60, 0o200, 0o400, 0o100, 0o2000, 0o4000
ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, IEXTEN = (
    0o1, 0o2, 0o10, 0o20, 0o40, 0o100, 0o200, 0o400, 0o100000,
)
VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSTART, VSTOP, VSUSP = 0, 1, 2, 3, 4, 5, 6, 8, 9, 10
NCCS = 32
TCSANOW, TCSADRAIN, TCSAFLUSH = 0, 1, 2
TCIFLUSH, TCOFLUSH, TCIOFLUSH = 0, 1, 2
B9600, B38400 = 13, 15
TIOCGWINSZ = 0x5413

# What a terminal begins with, beside what its mode says.
_IFLAG, _CFLAG, _LFLAG = BRKINT, CS8 | CREAD, ECHOE | ECHOK | IEXTEN
_CC = [b"\x03", b"\x1c", b"\x7f", b"\x15", b"\x04", 0, 1, b"\x00", b"\x11", b"\x13", b"\x1a"]
_CC += [b"\x00"] * (NCCS - len(_CC))


def _number(fd):
    return fd if isinstance(fd, int) else fd.fileno()


def tcgetattr(fd, /):
    mode = _terminal.mode(_number(fd))
    cc = list(_CC)
    if mode & 1:
        cc[VMIN], cc[VTIME] = b"\x01", b"\x00"
    return [
        _IFLAG | (ICRNL | IXON if mode & 8 else 0),
        OPOST | ONLCR if mode & 16 else 0,
        _CFLAG,
        _LFLAG | (ICANON if mode & 1 else 0) | (ECHO if mode & 2 else 0) | (ISIG if mode & 4 else 0),
        B38400,
        B38400,
        cc,
    ]


def tcsetattr(fd, when, attributes, /):
    if not isinstance(attributes, list) or len(attributes) != 7:
        raise TypeError("tcsetattr, arg 3: must be 7 element list")
    iflag, oflag, _, lflag, *_ = attributes
    mode = (1 if lflag & ICANON else 0) | (2 if lflag & ECHO else 0) | (4 if lflag & ISIG else 0)
    mode |= (8 if iflag & ICRNL else 0) | (16 if oflag & OPOST else 0)
    _terminal.set_mode(_number(fd), mode)


def tcgetwinsize(fd, /):
    _terminal.mode(_number(fd))
    columns, rows = _terminal.size()
    return rows, columns


def tcdrain(fd, /):
    _terminal.mode(_number(fd))


def tcflush(fd, queue, /):
    _terminal.mode(_number(fd))


def tcflow(fd, action, /):
    _terminal.mode(_number(fd))


def tcsendbreak(fd, duration, /):
    _terminal.mode(_number(fd))
