"""The history and the settings of GNU readline, for programs that set them. The prompt edits its lines by itself: what is set
here, it does not look at."""

__all__ = [
    "add_history", "append_history_file", "backend", "clear_history", "get_begidx", "get_completer",
    "get_completer_delims", "get_completion_type", "get_current_history_length", "get_endidx", "get_history_item",
    "get_history_length", "get_line_buffer", "insert_text", "parse_and_bind", "read_history_file", "read_init_file",
    "redisplay", "remove_history_item", "replace_history_item", "set_auto_history", "set_completer",
    "set_completer_delims", "set_completion_display_matches_hook", "set_history_length", "set_pre_input_hook",
    "set_startup_hook", "write_history_file",
]  # fmt: skip

backend = "readline"

_history = []
_length_max = -1
_completer = None
_delimiters = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"


def _default(filename):
    import os

    return os.path.expanduser("~/.history") if filename is None else filename


def parse_and_bind(string, /):
    if not isinstance(string, str):
        raise TypeError(f"argument must be str, not {type(string).__name__}")


def read_init_file(filename=None, /):
    import os

    with open(os.path.expanduser("~/.inputrc") if filename is None else filename, "rb"):
        pass


def get_line_buffer():
    return ""


def insert_text(string, /):
    pass


def redisplay():
    pass


def read_history_file(filename=None, /):
    with open(_default(filename), encoding="utf-8", errors="surrogateescape") as file:
        _history.extend(line.rstrip("\n") for line in file)


def write_history_file(filename=None, /):
    lines = _history if _length_max < 0 else _history[len(_history) - min(_length_max, len(_history)) :]
    with open(_default(filename), "w", encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(f"{line}\n" for line in lines)


def append_history_file(nelements, filename=None, /):
    lines = _history[len(_history) - min(nelements, len(_history)) :]
    # A file that is not there is an error.
    with open(_default(filename), "r+", encoding="utf-8", errors="surrogateescape") as file:
        file.seek(0, 2)
        file.writelines(f"{line}\n" for line in lines)


def get_history_length():
    return _length_max


def set_history_length(length, /):
    global _length_max
    _length_max = length


def get_current_history_length():
    return len(_history)


def get_history_item(index, /):
    return _history[index - 1] if 0 < index <= len(_history) else None


def remove_history_item(pos, /):
    if pos < 0:
        raise ValueError("History index cannot be negative")
    if pos >= len(_history):
        raise ValueError(f"No history item at position {pos}")
    del _history[pos]


def replace_history_item(pos, line, /):
    if pos < 0:
        raise ValueError("History index cannot be negative")
    if pos >= len(_history):
        raise ValueError(f"No history item at position {pos}")
    _history[pos] = line


def add_history(line, /):
    _history.append(line)


def clear_history():
    _history.clear()


def set_auto_history(enabled, /):
    pass


def set_startup_hook(function=None, /):
    pass


def set_pre_input_hook(function=None, /):
    pass


def set_completer(function=None, /):
    global _completer
    if function is not None and not callable(function):
        raise TypeError("set_completer(func): argument not callable")
    _completer = function


def get_completer():
    return _completer


def get_completion_type():
    return 0


def get_begidx():
    return 0


def get_endidx():
    return 0


def set_completer_delims(string, /):
    global _delimiters
    _delimiters = string


def get_completer_delims():
    return _delimiters


def set_completion_display_matches_hook(function=None, /):
    pass
