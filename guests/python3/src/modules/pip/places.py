"""Where packages are: the folders they are installed in, what is there, and how it is taken away."""

import importlib.metadata
import os
import shutil
import site
import sys

from pip.failure import Failure
from pip.versions import normalized


class Place:
    """A folder for packages, and the one for their commands."""

    def __init__(self, options, say):
        if options.target:
            self.packages = os.path.abspath(options.target)
            self.commands = os.path.join(self.packages, "bin")
            self.data = self.packages
            return
        in_environment = sys.prefix != sys.base_prefix
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        if options.prefix or options.root:
            self.data = os.path.abspath(options.prefix or sys.prefix)
            if options.root:
                self.data = os.path.join(os.path.abspath(options.root), self.data.lstrip("/"))
        elif options.user and in_environment and not site.ENABLE_USER_SITE:
            raise Failure("Can not perform a '--user' install. User site-packages are not visible in this virtualenv.")
        elif options.user or not in_environment and not writable(site.getsitepackages()[0]):
            if not options.user:
                say("Defaulting to user installation because normal site-packages is not writeable")
            self.data = site.getuserbase()
        else:
            self.data = sys.prefix
        self.packages = os.path.join(self.data, "lib", version, "site-packages")
        self.commands = os.path.join(self.data, "bin")

    def installed(self, name):
        """What of this name is in the folder."""
        return installed(name, [self.packages]) if os.path.isdir(self.packages) else None


def writable(folder):
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return os.access(folder, os.W_OK)


def distributions(path=None):
    """What is installed, each name once."""
    found = {}
    for distribution in importlib.metadata.distributions(**({"path": path} if path else {})):
        name = distribution.metadata["Name"]
        if name:
            found.setdefault(normalized(name), distribution)
    return [found[name] for name in sorted(found)]


def installed(name, path=None):
    for distribution in distributions(path):
        if normalized(distribution.name) == normalized(name):
            return distribution
    return None


def folder(distribution):
    return os.path.abspath(str(distribution.locate_file("")))


def files(distribution):
    """The paths of all its files."""
    packages = folder(distribution)
    return sorted({os.path.normpath(os.path.join(packages, str(file))) for file in distribution.files or ()})


def belongs(path, packages):
    """Whether a file that is said to be of a package may be: it is below the folder that the packages' is in."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(packages)))
    inside = packages if not packages.endswith("/site-packages") else root
    return path.startswith(inside.rstrip("/") + "/")


def remove(distribution):
    packages = folder(distribution)
    places = set()
    for path in files(distribution):
        if belongs(path, packages):
            places.add(os.path.dirname(path))
            try:
                os.remove(path)
            except FileNotFoundError:
                pass
    for place in sorted(places, reverse=True):
        while place.startswith(packages + "/"):
            shutil.rmtree(os.path.join(place, "__pycache__"), ignore_errors=True)
            try:
                os.rmdir(place)
            except OSError:
                break
            place = os.path.dirname(place)
    stale = os.path.join(packages, "__pycache__")
    if os.path.isdir(stale):
        for path in files(distribution):
            stem, kind = os.path.splitext(os.path.basename(path))
            if os.path.dirname(path) == packages and kind == ".py":
                for each in os.listdir(stale):
                    if each.startswith(stem + "."):
                        os.remove(os.path.join(stale, each))
