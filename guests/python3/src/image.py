"""The Python half of the image: what is imported when the program is built, and
what makes an image one process's own. Nothing here is in sys.modules."""

import sys

visible = set(sys.modules)

import _imp
import builtins
import io
import os
import posix
import site
from importlib.machinery import FrozenImporter, ModuleSpec, PathFinder

PRELOADED = """
    argparse base64 collections.abc contextlib copy csv dataclasses datetime enum functools glob io itertools
    json math operator os pathlib random re shutil string struct tempfile textwrap time traceback typing
    warnings
""".split()

# What is imported and not to be seen yet, by name, and what each of them imports itself.
hidden = {}
imported_by = {}
# What is to be made anew when a module appears.
renewals = {}


class Importer:
    """Finds the modules of the image when they are imported for the first time."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if target is not None or name not in hidden and (path is not None or not _imp.is_frozen(name)):
            return None
        if path is None:
            spec = in_front_of_library(name)
            if spec is not None:
                hidden.pop(name, None)
                return spec
        if name not in hidden:
            return None
        spec = ModuleSpec(name, Importer, origin="frozen")
        spec.submodule_search_locations = getattr(hidden[name], "__path__", None)
        return spec

    @staticmethod
    def create_module(spec):
        module = hidden[spec.name]
        spec.loader_state = module.__spec__
        appear(spec.name)
        return module

    @staticmethod
    def exec_module(module):
        module.__spec__ = module.__spec__.loader_state

    # What else a loader of frozen modules has; `runpy` asks for it.
    get_code = FrozenImporter.get_code
    get_source = FrozenImporter.get_source
    is_package = FrozenImporter.is_package


library_folders = frozenset(sys.path)


def in_front_of_library(name):
    """The spec of a program's own module that is called as one of the library."""
    for folder in sys.path:
        if folder in library_folders:
            return None
        for rest in (".py", "/__init__.py"):
            try:
                posix.stat(f"{folder or '.'}/{name}{rest}")
            except OSError:
                continue
            return PathFinder.find_spec(name, [folder])
    return None


def appear(name):
    """Puts a hidden module and all that it imports into sys.modules."""
    module = sys.modules[name] = hidden.pop(name)
    parent, _, child = name.rpartition(".")
    for other in (parent, *imported_by.pop(name, ())):
        if other in hidden:
            appear(other)
    if parent:
        setattr(sys.modules[parent], child, module)
    renew = renewals.pop(name, None)
    if renew is not None:
        renew(module)


frozen = {name: getattr(_imp, name) for name in ("find_frozen", "get_frozen_object", "init_frozen")}


def with_library(name):
    """A function of `_imp` that brings the library into memory before the first look into it."""

    def function(*arguments, **named):
        if name == "find_frozen" and not named.get("withdata"):
            return frozen[name](*arguments, **named)
        fetch_library()  # noqa: F821 - a function of image.rs
        vars(_imp).update(frozen)
        return frozen[name](*arguments, **named)

    return function


def renew_random(module):
    module.seed()


def renew_time(module):
    module.tzset()


def renew_logging(module):
    module._startTime = module.time.time_ns()


def renew_tempfile(module):
    module._name_sequence = None


def preload():
    """Imports the modules of the image, and hides them again."""
    modules = sys.modules
    original = builtins.__import__

    def recording(name, globals=None, locals=None, fromlist=(), level=0):
        known = len(modules)
        result = original(name, globals, locals, fromlist, level)
        importer = globals.get("__name__") if globals else None
        if level:
            package = (globals.get("__package__") or importer).rsplit(".", level - 1)[0]
            name = f"{package}.{name}" if name else package
        found = list(modules)[known:]
        found += [name, *(f"{name}.{each}" for each in fromlist or ())]
        while "." in name:
            name = name.rpartition(".")[0]
            found.append(name)
        imports = imported_by.setdefault(importer, [])
        imports += [each for each in found if each in modules and each not in imports]
        return result

    builtins.__import__ = recording
    try:
        for name in PRELOADED:
            recording(name, {"__name__": "_wasmsand_image"})
    finally:
        builtins.__import__ = original
    for name in [name for name in modules if name not in visible]:
        hidden[name] = modules.pop(name)
        parent, _, child = name.rpartition(".")
        if parent in visible and getattr(modules[parent], child, None) is hidden[name]:
            delattr(modules[parent], child)
    for name in list(imported_by):
        imports = [each for each in imported_by.pop(name) if each in hidden and each != name]
        if name in hidden and imports:
            imported_by[name] = imports
    renewals.update(random=renew_random, logging=renew_logging, tempfile=renew_tempfile, time=renew_time)
    sys.meta_path.insert(0, Importer)
    vars(_imp).update({name: with_library(name) for name in frozen})


def stream(fd, buffered, encoding, errors):
    """A standard stream, or None if the process has none of that number."""
    writes = fd > 0
    try:
        raw = io.FileIO(fd, "wb" if writes else "rb", closefd=False)
    except OSError:
        return None
    name = ("<stdin>", "<stdout>", "<stderr>")[fd]
    raw.name = name
    terminal = raw.isatty()
    if not writes:
        buffer = io.BufferedReader(raw)
    elif buffered:
        buffer = io.BufferedWriter(raw)
    else:
        buffer = raw
    if fd == 2:
        errors = "backslashreplace"
    elif errors is None:
        errors = "surrogateescape" if encoding is None else "strict"
    text = io.TextIOWrapper(
        buffer, encoding, errors, "\n", buffered and (terminal or fd == 2), not buffered
    )
    text.mode = "w" if writes else "r"
    return text


# Where packages may be installed. The user's are the process's own, by HOME and PYTHONUSERBASE.
site_folders = site.getsitepackages()
site.USER_BASE = site.USER_SITE = None

# Programs start from there, and a virtual environment is nowhere there.
system_folders = frozenset(("/usr/bin", "/usr/local/bin", "/bin"))


def environment_program(name):
    """The path of this program if it was started, by this name, from a virtual environment; else None."""
    if "/" not in name:
        for folder in os.environ.get("PATH", "").split(":"):
            if folder == "/usr/bin":
                return None
            if folder not in system_folders and os.path.isfile(f"{folder}/{name}"):
                name = f"{folder}/{name}"
                break
        else:
            return None
    path = os.path.abspath(name)
    folder = os.path.dirname(path)
    if folder not in system_folders:
        for place in (folder, os.path.dirname(folder)):
            if os.path.isfile(f"{place}/pyvenv.cfg"):
                return path
    return None


def add_sites(paths, name):
    """What `site` does at a start that depends on the files, on the name of the program and on PYTHONPATH."""
    if paths:
        sys.path[:0] = paths
    site.ENABLE_USER_SITE = not sys.flags.no_user_site
    user = site.getusersitepackages()
    path = environment_program(name)
    if path is None and not paths:
        if not any(map(os.path.isdir, site_folders)) and not (site.ENABLE_USER_SITE and os.path.isdir(user)):
            return
    known = site.removeduppaths()
    if path is not None:
        sys.executable = path
        sys.prefix = sys.exec_prefix = os.path.dirname(os.path.dirname(path))
        site.PREFIXES[:] = [sys.prefix, sys.exec_prefix]
        site.venv(known)
    site.addusersitepackages(known)
    site.addsitepackages(known)
    site.execsitecustomize()
    if site.ENABLE_USER_SITE:
        site.execusercustomize()


def time_imports():
    """Tells what each import takes, as `-X importtime` asks."""
    from _frozen_importlib import _find_and_load as find
    from time import perf_counter_ns as clock

    # Of the imports under way, the time that those inside of them took.
    inner = [0]

    def timed(name, importer):
        start = clock()
        inner.append(0)
        try:
            return find(name, importer)
        finally:
            whole = clock() - start
            own = whole - inner.pop()
            inner[-1] += whole
            indent = "  " * (len(inner) - 1)
            sys.stderr.write(f"import time: {own // 1000:9} | {whole // 1000:10} | {indent}{name}\n")

    sys.modules["_frozen_importlib"]._find_and_load = timed
    sys.stderr.write("import time: self [us] | cumulative | imported package\n")


def resume(environ, argv, orig_argv, paths, warnoptions, xoptions, flags, buffered, encoding, errors, cache_prefix):
    """Makes the image this process's own."""
    os.environ._data.clear()
    os.environ._data.update(environ)
    sys.argv = argv
    sys.orig_argv = orig_argv
    sys.warnoptions = warnoptions
    sys._xoptions = xoptions
    sys.pycache_prefix = cache_prefix
    if flags != sys.flags:
        sys.flags = flags
        sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)
        vars(builtins)["__debug__"] = not sys.flags.optimize
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        text = stream(number, buffered, encoding, errors)
        setattr(sys, name, text)
        setattr(sys, f"__{name}__", text)
    sys.path_importer_cache.clear()
    if "time" in sys.modules and os.environ.get("TZ"):
        sys.modules["time"].tzset()
    if "importtime" in xoptions or not flags.ignore_environment and os.environ.get("PYTHONPROFILEIMPORTTIME"):
        time_imports()
    add_sites(paths, orig_argv[0] if orig_argv else "")
    if warnoptions:
        import warnings

        warnings._processoptions(warnoptions)


preload()
