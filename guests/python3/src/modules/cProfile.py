"""Where a program spends its time, by function: the interface of CPython's module of this name.

CPython's is a C module; this one is a function that the interpreter calls for each call and return, so programs take
several times as long under it. What it finds is what CPython's finds, in the form that `pstats` reads.
"""

import importlib.machinery
import io
import profile as _profile
import sys
import time
import types

__all__ = ["run", "runctx", "Profile"]

_BUILTINS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType)


def run(statement, filename=None, sort=-1):
    """Profiles a statement in `__main__`; prints what it found, or writes it to a file."""
    return _profile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """Profiles a statement in these name spaces."""
    return _profile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


def label(code):
    """The name of a function in statistics: its file, line and name."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _words(function):
    """What statistics call a function that is not Python's."""
    owner = getattr(function, "__self__", None)
    if isinstance(function, (types.MethodDescriptorType, types.WrapperDescriptorType)):
        return f"<method '{function.__name__}' of '{function.__objclass__.__name__}' objects>"
    if owner is None or isinstance(owner, types.ModuleType):
        module = getattr(function, "__module__", None) or getattr(owner, "__name__", None)
        return f"<built-in method {module}.{function.__name__}>" if module else f"<built-in method {function.__name__}>"
    if isinstance(owner, type):
        return f"<built-in method {function.__name__}>"
    return f"<method '{function.__name__}' of '{type(owner).__name__}' objects>"


class _Entry:
    """What is known of one function, or of its calls from one other."""

    __slots__ = ("calls", "recursive", "inline", "total", "active", "callers")

    def __init__(self):
        self.calls = self.recursive = self.active = 0
        self.inline = self.total = 0.0
        self.callers = {}

    def add(self, inline, total):
        self.calls += 1
        self.inline += inline
        if self.active:
            self.recursive += 1
        else:
            self.total += total


class Profile:
    """Collects what functions take, between `enable` and `disable`."""

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = timer or time.perf_counter
        self._unit = timeunit if timer and timeunit else 1.0
        self._builtins = builtins
        self.clear()

    def clear(self):
        """Forgets what was collected."""
        self._entries = {}
        self._stack = []

    def enable(self, subcalls=True, builtins=True):
        """Collects from now on."""
        if sys.getprofile() is not None:
            raise ValueError("Another profiling tool is already active")
        self._builtins = builtins
        sys.setprofile(self._event)

    def disable(self):
        """Collects no longer."""
        sys.setprofile(None)
        while self._stack:
            self._leave()

    def _event(self, frame, event, arg):
        if event == "call":
            code = frame.f_code
            if code is _DISABLE:
                # The call that ends the collecting, which is the last in it, and of which nothing more is told.
                code, self._builtins = "<method 'disable' of '_lsprof.Profiler' objects>", False
            self._enter(code)
        elif event == "return":
            self._leave()
        elif self._builtins and isinstance(arg, _BUILTINS):
            if event == "c_call":
                self._enter(_words(arg))
            else:
                self._leave()

    def _enter(self, code):
        entry = self._entries.get(code)
        if entry is None:
            entry = self._entries[code] = _Entry()
        caller = None
        if self._stack:
            above = self._stack[-1][0]
            caller = entry.callers.get(above)
            if caller is None:
                caller = entry.callers[above] = _Entry()
            caller.active += 1
        entry.active += 1
        # The function, its entries, when it began, and what it called took so far.
        self._stack.append([code, entry, caller, self._timer(), 0.0])

    def _leave(self):
        if not self._stack:
            # It was entered before there was a profiler.
            return
        now = self._timer()
        _, entry, caller, began, below = self._stack.pop()
        total = (now - began) * self._unit
        if self._stack:
            self._stack[-1][4] += total
        for counted in (entry, caller):
            if counted is not None:
                counted.active -= 1
                counted.add(total - below, total)

    def create_stats(self):
        """Ends collecting and makes `stats`, as `pstats` takes it."""
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Makes `stats` of what there is so far."""

        def numbers(entry):
            return entry.calls - entry.recursive, entry.calls, entry.inline, entry.total

        self.stats = {}
        for code, entry in self._entries.items():
            callers = {}
            for above, counted in entry.callers.items():
                primitive, calls, inline, total = numbers(counted)
                callers[label(above)] = calls, primitive, inline, total
            self.stats[label(code)] = *numbers(entry), callers

    def print_stats(self, sort=-1):
        """Prints what was found, sorted as `pstats.Stats.sort_stats` takes it."""
        import pstats

        if not isinstance(sort, tuple):
            sort = (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*sort).print_stats()

    def dump_stats(self, file):
        """Writes what was found to a file, which `pstats` reads."""
        import marshal

        with open(file, "wb") as opened:
            self.create_stats()
            marshal.dump(self.stats, opened)

    def run(self, cmd):
        """Profiles a statement in `__main__`."""
        import __main__

        names = __main__.__dict__
        return self.runctx(cmd, names, names)

    def runctx(self, cmd, globals, locals):
        """Profiles a statement in these name spaces."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Profiles one call; answers what it does."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exception):
        self.disable()


_DISABLE = Profile.disable.__code__


def main():
    import os
    import pstats
    import runpy
    from optparse import OptionParser

    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", help="Save stats to <outfile>", default=None)
    parser.add_option(
        "-s",
        "--sort",
        dest="sort",
        help="Sort order when printing to stdout, based on pstats.Stats class",
        default=-1,
        choices=sorted(pstats.Stats.sort_arg_dict_default),
    )
    parser.add_option("-m", dest="module", action="store_true", help="Profile a library module", default=False)
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        names = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        program = args[0]
        sys.path.insert(0, os.path.dirname(program))
        with io.open_code(program) as opened:
            code = compile(opened.read(), program, "exec")
        spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=program)
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        names = module.__dict__
        names.update(__spec__=spec, __file__=program, __package__=None, __cached__=None)
    try:
        runctx(code, names, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
