"""Folders and archives with the sources of a package, installed without a tool that would build a wheel of them."""

import configparser
import os
import re
import runpy
import shutil
import sys
import tempfile
import types

from pip.failure import Failure
from pip.versions import Requirement
from pip.wheels import Record, write_commands

# Folders beside a package that are none of it.
_BESIDE = {"tests", "test", "docs", "doc", "examples", "example", "build", "dist", "scripts", "tools", "benchmarks"}


# The modules that a setup.py may import to be run by, each of which listens only.
_BUILDERS = ["setuptools", "distutils"]
_BUILDERS += [f"{name}.{rest}" for name in _BUILDERS for rest in ("command", "core", "errors", "extension", "dist", "util", "version")]
_BUILDERS += [
    f"{name}.command.{rest}"
    for name in ("setuptools", "distutils")
    for rest in ("bdist_egg", "build", "build_ext", "build_py", "develop", "egg_info", "install", "install_lib", "sdist", "test")
]


class Listener(types.ModuleType):
    """A module that has every class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        kind = type(name, (Exception,) if name.endswith("Error") else (), {"__init__": lambda self, *_, **__: None})
        setattr(self, name, kind)
        return kind


class Source:
    """What a folder says of the package in it, in any of the three ways."""

    is_folder = True

    def __init__(self, path, editable=False):
        self.path = path
        self.root = os.path.abspath(path)
        self.editable = editable
        self.name = self.version = self.summary = None
        self.depends = []
        self.extras = {}
        self.commands = {}
        self.packages = self.modules = None
        self.package_root = ""
        has = {name: os.path.isfile(os.path.join(self.root, name)) for name in ("pyproject.toml", "setup.cfg", "setup.py")}
        if not (has["pyproject.toml"] or has["setup.py"]):
            raise Failure(
                f"Directory {path!r} is not installable. Neither 'setup.py' nor 'pyproject.toml' found."
            )
        if has["setup.py"]:
            self.read_program()
        if has["setup.cfg"]:
            self.read_settings()
        if has["pyproject.toml"]:
            self.read_project()
        if not self.package_root and os.path.isdir(os.path.join(self.root, "src")):
            self.package_root = "src"
        self.code = os.path.join(self.root, self.package_root)
        self.name = self.name or os.path.basename(self.root)
        self.version = self.version or self.found_version() or "0.0.0"

    def read_project(self):
        import tomllib

        with open(os.path.join(self.root, "pyproject.toml"), "rb") as file:
            try:
                whole = tomllib.load(file)
            except tomllib.TOMLDecodeError as error:
                raise Failure(f"{file.name} is not valid TOML: {error}") from None
        project = whole.get("project") or {}
        poetry = whole.get("tool", {}).get("poetry", {})
        self.name = project.get("name") or poetry.get("name") or self.name
        self.version = project.get("version") or poetry.get("version") or self.version
        self.summary = project.get("description") or self.summary
        self.depends += project.get("dependencies", [])
        self.extras.update(project.get("optional-dependencies", {}))
        self.commands.update(project.get("scripts") or poetry.get("scripts") or {})
        setuptools = whole.get("tool", {}).get("setuptools", {})
        self.package_root = setuptools.get("package-dir", {}).get("", self.package_root)
        if isinstance(setuptools.get("packages"), list):
            self.packages = setuptools["packages"]
        self.modules = setuptools.get("py-modules", self.modules)
        where = setuptools.get("packages", {}).get("find", {}).get("where") if isinstance(setuptools.get("packages"), dict) else None
        if where:
            self.package_root = where[0]

    def read_settings(self):
        settings = configparser.ConfigParser(interpolation=None)
        settings.optionxform = str
        settings.read(os.path.join(self.root, "setup.cfg"))

        def lines(section, key):
            return [each.strip() for each in settings.get(section, key, fallback="").splitlines() if each.strip()]

        self.name = settings.get("metadata", "name", fallback=self.name)
        version = settings.get("metadata", "version", fallback="")
        if version.startswith("file:"):
            with open(os.path.join(self.root, version[len("file:") :].strip())) as file:
                version = file.read().strip()
        if version and not version.startswith("attr:"):
            self.version = version
        self.summary = settings.get("metadata", "description", fallback=self.summary)
        self.depends += lines("options", "install_requires")
        self.modules = lines("options", "py_modules") or self.modules
        packages = lines("options", "packages")
        if packages and not packages[0].startswith("find"):
            self.packages = packages
        for line in lines("options", "package_dir"):
            name, _, folder = line.partition("=")
            if not name.strip():
                self.package_root = folder.strip()
        for line in lines("options.entry_points", "console_scripts"):
            name, _, where = line.partition("=")
            self.commands[name.strip()] = where.strip()

    def read_program(self):
        """Runs setup.py, with a `setup` that only listens."""
        told = {}

        modules = {name: Listener(name) for name in _BUILDERS}
        for name, module in modules.items():
            module.setup = lambda **named: told.update(named)
            module.find_packages = module.find_namespace_packages = lambda *_, **__: []
            module.__path__ = []
        before = {name: sys.modules.get(name) for name in modules}
        here, argv, path = os.getcwd(), sys.argv, sys.path[:]
        sys.modules.update(modules)
        try:
            os.chdir(self.root)
            sys.argv = ["setup.py", "install"]
            sys.path.insert(0, self.root)
            runpy.run_path("setup.py", run_name="__main__")
        except (Exception, SystemExit) as error:
            if not told and not os.path.isfile("pyproject.toml"):
                raise Failure(
                    f"{os.path.join(self.path, 'setup.py')} cannot be run here: {type(error).__name__}: {error}"
                ) from None
        finally:
            os.chdir(here)
            sys.argv, sys.path[:] = argv, path
            for name, module in before.items():
                sys.modules.pop(name, None)
                if module is not None:
                    sys.modules[name] = module
        self.name, self.version, self.summary = told.get("name"), told.get("version"), told.get("description")
        requires = told.get("install_requires") or []
        self.depends += requires.splitlines() if isinstance(requires, str) else requires
        self.packages = told.get("packages") or None
        self.modules = told.get("py_modules") or None
        self.package_root = (told.get("package_dir") or {}).get("", "")
        points = told.get("entry_points") or {}
        for line in points.get("console_scripts", ()) if isinstance(points, dict) else ():
            name, _, where = line.partition("=")
            self.commands[name.strip()] = where.strip()

    def found_version(self):
        """The `__version__` in the package or the module of the project's name."""
        stem = self.name.replace("-", "_").lower()
        for place in (f"{stem}/__init__.py", f"{stem}.py", f"{stem}/_version.py", f"{stem}/__version__.py"):
            try:
                with open(os.path.join(self.code, place)) as file:
                    found = re.search(r"^__version__\s*=\s*['\"]([^'\"]+)", file.read(), re.MULTILINE)
            except OSError:
                continue
            if found:
                return found[1]
        return None

    def requirements(self):
        depends = list(self.depends)
        for extra, each in self.extras.items():
            depends += [f"{one.partition(';')[0]}; extra == '{extra}'" for one in each]
        return [Requirement(each) for each in depends if each.strip() and not each.strip().startswith("#")]

    def contents(self):
        """The packages and modules of the project, as names below its folder of code."""
        if self.packages:
            folders = sorted({each.split(".")[0] for each in self.packages})
        else:
            own = self.name.replace("-", "_").lower()
            folders = [
                entry
                for entry in sorted(os.listdir(self.code))
                if os.path.isfile(os.path.join(self.code, entry, "__init__.py"))
                and (entry not in _BESIDE or entry == own)
            ]
        modules = [f"{each}.py" for each in self.modules or ()]
        if not folders and not modules:
            modules = [
                entry for entry in sorted(os.listdir(self.code)) if entry.endswith(".py") and entry not in ("setup.py", "conftest.py")
            ]
        return [each for each in folders + modules if os.path.exists(os.path.join(self.code, each))]

    def install(self, place):
        record = Record(place)
        contents = self.contents()
        if not contents and not self.editable:
            raise Failure(f"No package and no module was found in {self.path!r}")
        name = re.sub(r"[-_.]+", "_", self.name)
        if self.editable:
            record.write(place.packages, f"__editable__.{name}-{self.version}.pth", f"{self.code}\n".encode())
        for entry in [] if self.editable else contents:
            source = os.path.join(self.code, entry)
            if os.path.isfile(source):
                self.copy(record, place, source)
            for folder, folders, files in os.walk(source):
                folders[:] = sorted(each for each in folders if each != "__pycache__")
                for file in sorted(files):
                    self.copy(record, place, os.path.join(folder, file))
        description = f"{name}-{self.version}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Summary: {self.summary}"] if self.summary else []
        lines += [f"Requires-Dist: {each}" for each in self.depends if each.strip()]
        points = "".join(f"{command} = {where}\n" for command, where in self.commands.items())
        record.write(place.packages, f"{description}/METADATA", ("\n".join(lines) + "\n").encode())
        if points:
            points = f"[console_scripts]\n{points}"
            record.write(place.packages, f"{description}/entry_points.txt", points.encode())
        commands = write_commands(record, place, points)
        record.write(place.packages, f"{description}/INSTALLER", b"pip\n")
        record.finish(description)
        return commands

    def copy(self, record, place, path):
        if not path.endswith((".pyc", ".pyo", ".so", ".c", ".pyx")):
            with open(path, "rb") as file:
                record.write(place.packages, os.path.relpath(path, self.code), file.read())


class Archive(Source):
    """An archive of sources: the folder in it."""

    def __init__(self, path):
        self.unpacked = tempfile.mkdtemp(prefix="pip-")
        try:
            shutil.unpack_archive(path, self.unpacked, **({} if path.endswith(".zip") else {"filter": "data"}))
        except (shutil.ReadError, OSError, ValueError) as error:
            shutil.rmtree(self.unpacked, ignore_errors=True)
            raise Failure(f"Could not unpack {path}: {error}") from None
        inside = [os.path.join(self.unpacked, each) for each in os.listdir(self.unpacked)]
        super().__init__(inside[0] if len(inside) == 1 else self.unpacked)
        self.path = path

    def install(self, place):
        try:
            return super().install(place)
        finally:
            shutil.rmtree(self.unpacked, ignore_errors=True)
