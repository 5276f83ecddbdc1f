"""`python3 -m pip`: installs packages that are files or folders, lists what is installed, and takes it away again."""

import argparse
import os
import re
import site
import sys

import pip
from pip import places, wheels
from pip.failure import Failure
from pip.places import Place, distributions, installed
from pip.sources import Archive, Source
from pip.versions import Requirement, is_early, key, normalized

# What pip does over a network, or with tools that are not here.
_REFUSED = {
    "cache": "there is no cache",
    "config": "there is no configuration",
    "debug": "there is nothing to debug",
    "download": "there is no network to download from",
    "index": "there is no network to ask an index",
    "lock": "there is no network to ask an index",
    "search": "there is no network to search an index",
    "wheel": "there is nothing to build wheels with",
}

_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz")


class Installation:
    """One run of `install`: what was asked for, and what that needs besides."""

    def __init__(self, options):
        self.options = options
        self.place = None
        # What is to be installed by its name, the needed first.
        self.chosen = {}
        self.folders = list(options.find_links)
        if os.environ.get("PIP_FIND_LINKS"):
            self.folders += os.environ["PIP_FIND_LINKS"].split()
        self.limits = {}

    def say(self, words):
        if not self.options.quiet:
            print(words)

    def run(self):
        options = self.options
        asked = [(each, "", False) for each in options.names] + [(each, "", True) for each in options.editable]
        for name in options.requirement:
            asked += self.listed(name)
        for name in options.constraint:
            for text, _, _ in self.listed(name):
                limit = Requirement(text)
                self.limits.setdefault(normalized(limit.name), []).append(limit)
        if not asked:
            if options.requirement:
                return 0
            raise Failure('You must give at least one requirement to install (see "pip help install")')
        self.place = Place(options, self.say)
        for text, source, editable in asked:
            self.take(text, source, editable)
        if not self.chosen:
            return 0
        if options.dry_run:
            print("Would install", *sorted(f"{each.name}-{each.version}" for each in self.chosen.values()))
            return 0
        self.say(f"Installing collected packages: {', '.join(each.name for each in self.chosen.values())}")
        for package in self.chosen.values():
            before = None if options.ignore_installed else self.place.installed(package.name)
            if before is not None:
                # Its names are in what is removed.
                title = f"{before.name}-{before.version}"
                self.say(f"  Attempting uninstall: {before.name}")
                self.say(f"    Found existing installation: {before.name} {before.version}")
                self.say(f"    Uninstalling {title}:")
                places.remove(before)
                self.say(f"      Successfully uninstalled {title}")
            self.tell_of_path(package.install(self.place))
        self.say("Successfully installed " + " ".join(sorted(f"{each.name}-{each.version}" for each in self.chosen.values())))
        return 0

    def listed(self, name):
        """What a file of requirements asks for."""
        try:
            with open(name) as file:
                lines = re.sub(r"\\\n", "", file.read()).splitlines()
        except OSError as error:
            raise Failure(
                f"Could not open requirements file: [Errno {error.errno}] {error.strerror}: {name!r}"
            ) from None
        found = []
        for number, line in enumerate(lines, 1):
            line = re.sub(r"(^|\s)#.*$", "", line).strip()
            # Hashes and the like belong to an index.
            line = re.sub(r"\s--(hash|config-settings|global-option)[= ]\S+", "", line)
            option, _, value = line.partition("=" if line.startswith("--") and "=" in line else " ")
            value = value.strip()
            if option in ("-r", "--requirement"):
                found += self.listed(os.path.join(os.path.dirname(name), value))
            elif option in ("-c", "--constraint"):
                self.options.constraint.append(os.path.join(os.path.dirname(name), value))
            elif option in ("-f", "--find-links"):
                self.folders.append(value)
            elif option in ("-e", "--editable"):
                found.append((value, f" (from line {number} of {name})", True))
            elif line and not line.startswith("-"):
                found.append((line, f" (from -r {name} (line {number}))", False))
        return found

    def take(self, text, source="", editable=False, extras=()):
        """Chooses what is to be installed for a requirement."""
        path, marks = text.removeprefix("file://"), ()
        if "[" in path and path.endswith("]"):
            path, _, rest = path[:-1].partition("[")
            marks = [each.strip() for each in rest.split(",")]
        if re.match(r"(https?|ftp|git\+\w+|git|hg\+\w+|svn\+\w+)://", path):
            raise Failure(f"Could not install {path}: there is no network.")
        looks_like_path = os.sep in path or path.startswith(".")
        if editable or os.path.isdir(path) and looks_like_path:
            if not os.path.isdir(path):
                raise Failure(f"{path} is not a valid editable requirement. It should be a path to a local project.")
            self.say(f"{'Obtaining file://' + os.path.abspath(path) if editable else 'Processing ' + path}{source}")
            self.add(Source(path, editable), marks)
        elif path.endswith(_ARCHIVES) or looks_like_path and not re.search(r"[<>=!~ ]", path):
            if not os.path.exists(path):
                if not path.endswith(_ARCHIVES):
                    raise Failure(
                        f"Invalid requirement: {text!r}: Expected package name at the start of dependency specifier",
                        f"File '{path}' does not exist.",
                    )
                print(
                    f"WARNING: Requirement {path!r} looks like a filename, but the file does not exist",
                    file=sys.stderr,
                )
                raise Failure(
                    f"Could not install packages due to an OSError: [Errno 2] No such file or directory: '{os.path.abspath(path)}'\n"
                )
            self.say(f"Processing {path}{source}")
            self.add(wheels.Wheel(path) if path.endswith(".whl") else Archive(path), marks)
        else:
            self.find(text, source, extras)

    def find(self, text, source, extras=()):
        try:
            requirement = Requirement(text)
        except ValueError:
            raise Failure(f"Invalid requirement: {text!r}") from None
        if not requirement.applies(extras):
            return
        if requirement.url:
            self.take(requirement.url, source)
            return
        options = self.options
        name = normalized(requirement.name)
        if name == "pip":
            self.say(f"Requirement already satisfied: pip in {os.path.dirname(os.path.dirname(pip.__file__))} ({pip.__version__})")
            return
        limits = [requirement, *self.limits.get(name, ())]

        def fits(version):
            return all(limit.accepts(version) for limit in limits)

        if name in self.chosen:
            chosen = self.chosen[name]
            if not fits(chosen.version):
                raise Failure(f"Cannot install {requirement}{source}: {chosen.name} {chosen.version} is asked for as well.")
            self.need(chosen, requirement.extras)
            return
        present = self.place.installed(name) if options.target else installed(name)
        found = wheels.matching(self.folders, name)
        is_wanted = not source or options.upgrade_strategy == "eager"
        renewed = options.force_reinstall or options.ignore_installed or options.upgrade and is_wanted and found
        if present is not None and fits(present.version) and not renewed:
            where = places.folder(present)
            self.say(f"Requirement already satisfied: {text.strip()} in {where}{source} ({present.version})")
            for each in present.requires or ():
                if Requirement(each).applies(requirement.extras) and not options.no_deps:
                    self.take(each, f" (from {present.name})", extras=requirement.extras)
            return
        able = [
            each
            for each in found
            if fits(each[0]) and (options.pre or requirement.accepts_early() or not is_early(each[0]))
        ]
        if not able:
            versions = sorted({version for version, _ in found}, key=lambda version: key(version) or ())
            if not self.folders:
                print(
                    "WARNING: There is no network to look for packages in: name a wheel or a folder, or folders with "
                    "wheels by --find-links.",
                    file=sys.stderr,
                )
            raise Failure(
                f"Could not find a version that satisfies the requirement {requirement}{source} "
                f"(from versions: {', '.join(versions) or 'none'})",
                f"No matching distribution found for {requirement}{source}",
            )
        version, path = max(able, key=lambda each: (key(each[0]) or (), each[1].endswith(".whl")))
        if present is not None and present.version == version and not (options.force_reinstall or options.ignore_installed):
            where = places.folder(present)
            self.say(f"Requirement already satisfied: {text.strip()} in {where}{source} ({version})")
            return
        self.say(f"Processing {path}{source}")
        self.add(wheels.Wheel(path) if path.endswith(".whl") else Archive(path), requirement.extras, asked_by_name=True)

    def add(self, package, extras=(), asked_by_name=False):
        """Puts a package on the list, behind what it needs."""
        options = self.options
        name = normalized(package.name)
        if not asked_by_name and not package.is_folder:
            present = self.place.installed(name)
            same = present is not None and present.version == package.version
            if same and not (options.force_reinstall or options.ignore_installed):
                self.say(
                    f"{package.name} is already installed with the same version as the provided wheel. "
                    "Use --force-reinstall to force an installation of the wheel."
                )
                self.need(package, extras)
                return
        self.need(package, extras)
        self.chosen[name] = package

    def need(self, package, extras):
        if self.options.no_deps:
            return
        extras = {normalized(each) for each in extras}
        needed = [each for each in package.requirements() if each.applies(extras)]
        # Packages may need each other.
        name = normalized(package.name)
        is_new = name not in self.chosen
        if is_new:
            self.chosen[name] = package
        for each in needed:
            if normalized(each.name) != name:
                text = str(each) if each.url is None else f"{each.name} @ {each.url}"
                self.find(text, f" (from {package.name})") if each.url is None else self.take(each.url)
        if is_new:
            del self.chosen[name]

    def tell_of_path(self, names):
        folder = self.place.commands
        if not names or self.options.no_warn_script_location or folder in os.environ.get("PATH", "").split(":"):
            return
        which = f"script {names[0]} is" if len(names) == 1 else f"scripts {', '.join(sorted(names)[:-1])} and {max(names)} are"
        print(
            f"WARNING: The {which} installed in '{folder}' which is not on PATH.\n"
            "  Consider adding this directory to PATH or, if you prefer to suppress this warning, use "
            "--no-warn-script-location.",
            file=sys.stderr,
        )


def install(options):
    return Installation(options).run()


def uninstall(options):
    names = list(options.names)
    for listed in options.requirement:
        names += [Requirement(text).name for text, _, _ in Installation(options).listed(listed)]
    if not names:
        raise Failure('You must give at least one requirement to uninstall (see "pip help uninstall")')
    for name in names:
        if normalized(name) == "pip":
            print("pip is part of this python3 and stays.", file=sys.stderr)
            continue
        distribution = installed(name)
        if distribution is None:
            print(f"WARNING: Skipping {name} as it is not installed.", file=sys.stderr)
            continue
        title = f"{distribution.name}-{distribution.version}"
        print(f"Found existing installation: {distribution.name} {distribution.version}")
        print(f"Uninstalling {title}:")
        if not options.yes:
            print("  Would remove:")
            shown = {shortened(path, distribution) for path in places.files(distribution)}
            for path in sorted(shown):
                print(f"    {path}")
            try:
                answer = input("Proceed (Y/n)? ")
            except EOFError:
                raise Failure("Exception: EOFError: EOF when reading a line") from None
            if answer.strip().lower() not in ("", "y", "yes"):
                continue
        places.remove(distribution)
        print(f"  Successfully uninstalled {title}")
    return 0


def shortened(path, distribution):
    """A file as it is shown: what is in a package's own folder by that folder."""
    folder = places.folder(distribution)
    below = os.path.relpath(path, folder)
    return os.path.join(folder, below.split("/")[0], "*") if "/" in below and not below.startswith("..") else path


def known(options):
    """What is installed, as the options narrow it."""
    path = options.path or None
    if options.user:
        path = [site.getusersitepackages()]
    elif options.local and sys.prefix != sys.base_prefix:
        path = site.getsitepackages()[:1]
    left_out = {normalized(each) for each in options.exclude}
    found = [each for each in distributions(path) if normalized(each.name) not in left_out]
    if options.not_required:
        needed = {normalized(Requirement(text).name) for each in found for text in each.requires or () if Requirement(text).applies()}
        found = [each for each in found if normalized(each.name) not in needed]
    return found, not (options.path or options.user or "pip" in left_out)


def listed(options):
    found, has_pip = known(options)
    if options.outdated or options.uptodate:
        raise Failure("There is no network to ask an index what is new.")
    rows = [(each.name, each.version, editable_place(each)) for each in found]
    if has_pip and not any(name == "pip" for name, _, _ in rows):
        rows.append(("pip", pip.__version__, None))
    rows.sort(key=lambda row: row[0].lower())
    if options.format == "json":
        import json

        print(json.dumps([{"name": name, "version": version} for name, version, _ in rows]))
    elif options.format == "freeze":
        for name, version, _ in rows:
            print(f"{name}=={version}")
    elif rows:
        titles = ("Package", "Version", "Editable project location")
        rows = [tuple(cell or "" for cell in row) for row in rows]
        columns = 3 if any(row[2] for row in rows) else 2
        widths = [max(len(row[each]) for row in [titles, *rows]) for each in range(columns)]
        for row in [titles, tuple("-" * width for width in widths), *rows]:
            print(" ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip())
    return 0


def editable_place(distribution):
    for file in distribution.files or ():
        if str(file).startswith("__editable__"):
            with open(distribution.locate_file(file)) as opened:
                return opened.readline().strip()
    return None


def freeze(options):
    found, _ = known(options)
    for distribution in found:
        place = editable_place(distribution)
        if place is not None:
            print(f"# Editable install with no version control ({distribution.name}=={distribution.version})\n-e {place}")
        elif normalized(distribution.name) not in ("pip", "setuptools", "wheel") or options.all:
            print(f"{distribution.name}=={distribution.version}")
    return 0


def show(options):
    if not options.names:
        print("WARNING: ERROR: Please provide a package name or names.", file=sys.stderr)
        return 1
    everything = distributions()
    by_name = {normalized(each.name): each for each in everything}
    missing = [name for name in options.names if normalized(name) not in by_name and normalized(name) != "pip"]
    if missing:
        print(f"WARNING: Package(s) not found: {', '.join(sorted(missing))}", file=sys.stderr)
    shown = 0
    for name in options.names:
        distribution = by_name.get(normalized(name))
        if distribution is None and normalized(name) != "pip":
            continue
        if shown:
            print("---")
        shown += 1
        if distribution is None:
            print(f"Name: pip\nVersion: {pip.__version__}\nSummary: {pip.__doc__}\nLocation: {os.path.dirname(os.path.dirname(pip.__file__))}")
            continue
        metadata = distribution.metadata
        needs = [Requirement(each) for each in distribution.requires or ()]
        required_by = [
            each.name
            for each in everything
            for text in each.requires or ()
            if normalized(Requirement(text).name) == normalized(name) and Requirement(text).applies()
        ]
        page = metadata.get("Home-page") or next(
            (
                each.partition(",")[2].strip()
                for each in metadata.get_all("Project-URL", ())
                if re.sub(r"[\W_]", "", each.partition(",")[0]).lower() in ("homepage", "home")
            ),
            "",
        )
        licence = "License-Expression" if metadata.get("License-Expression") else "License"
        for title, value in (
            ("Name", metadata["Name"]),
            ("Version", metadata["Version"]),
            ("Summary", metadata.get("Summary", "")),
            ("Home-page", page),
            ("Author", metadata.get("Author", "")),
            ("Author-email", metadata.get("Author-email", "")),
            (licence, metadata.get(licence, "")),
            ("Location", places.folder(distribution)),
            ("Requires", ", ".join(sorted({each.name for each in needs if each.applies()}, key=str.lower))),
            ("Required-by", ", ".join(sorted(set(required_by), key=str.lower))),
        ):
            print(f"{title}: {value}".rstrip(" ") if value else f"{title}: ")
        if options.files:
            print("Files:")
            for file in distribution.files or ():
                print(f"  {file}")
    return 0 if shown else 1


def check(options):
    everything = distributions()
    versions = {normalized(each.name): each.version for each in everything} | {"pip": pip.__version__}
    broken = 0
    for each in everything:
        for text in each.requires or ():
            need = Requirement(text)
            if not need.applies():
                continue
            version = versions.get(normalized(need.name))
            if version is None:
                print(f"{each.name} {each.version} requires {need.name}, which is not installed.")
                broken = 1
            elif not need.accepts(version):
                print(f"{each.name} {each.version} has requirement {need}, but you have {need.name} {version}.")
                broken = 1
    if not broken:
        print("No broken requirements found.")
    return broken


def hashes(options):
    import hashlib

    for name in options.names:
        try:
            with open(name, "rb") as file:
                digest = hashlib.file_digest(file, options.algorithm).hexdigest()
        except OSError as error:
            raise Failure(f"Could not install packages due to an OSError: {error}") from None
        print(f"{name}:\n--hash={options.algorithm}:{digest}")
    return 0


def usage():
    lines = ["\nUsage:   \n  pip <command> [options]\n\nCommands:"]
    lines += [f"  {name:28}{words}" for name, (_, words) in COMMANDS.items()]
    lines.append(f"  {'help':28}Show help for commands.")
    lines.append("\nThere is no network: packages are wheels (none-any.whl), archives of sources and folders.")
    return "\n".join(lines)


COMMANDS = {
    "install": (install, "Install packages."),
    "uninstall": (uninstall, "Uninstall packages."),
    "freeze": (freeze, "Output installed packages in requirements format."),
    "list": (listed, "List installed packages."),
    "show": (show, "Show information about installed packages."),
    "check": (check, "Verify installed packages have compatible dependencies."),
    "hash": (hashes, "Compute hashes of package archives."),
}


class Parser(argparse.ArgumentParser):
    """A parser that complains in pip's words."""

    def error(self, message):
        found = re.fullmatch(r"unrecognized arguments: (\S+).*", message)
        self.print_usage(sys.stderr)
        print(f"\nno such option: {found[1]}" if found else f"\n{self.prog} error: {message}", file=sys.stderr)
        sys.exit(2)


def parser(command):
    found = Parser(prog=f"pip {command}", description=COMMANDS[command][1], allow_abbrev=False)
    found.add_argument("names", nargs="*", metavar="name")
    for short, long, kind in (
        ("-q", "--quiet", "count"),
        ("-v", "--verbose", "count"),
        ("-y", "--yes", "flag"),
        ("-U", "--upgrade", "flag"),
        ("-t", "--target", "value"),
        ("-r", "--requirement", "list"),
        ("-c", "--constraint", "list"),
        ("-e", "--editable", "list"),
        ("-f", "--find-links", "list" if command == "install" else "value"),
        ("-I", "--ignore-installed", "flag"),
        ("-i", "--index-url", "value"),
        ("-l", "--local", "flag"),
        ("-o", "--outdated", "flag"),
        ("-u", "--uptodate", "flag"),
        ("-a", "--algorithm", "value"),
        (None, "--user", "flag"),
        (None, "--prefix", "value"),
        (None, "--root", "value"),
        (None, "--no-index", "flag"),
        (None, "--no-deps", "flag"),
        (None, "--force-reinstall", "flag"),
        (None, "--pre", "flag"),
        (None, "--dry-run", "flag"),
        (None, "--upgrade-strategy", "value"),
        (None, "--no-warn-script-location", "flag"),
        (None, "--path", "list"),
        (None, "--exclude", "list"),
        (None, "--not-required", "flag"),
        (None, "--format", "value"),
        (None, "--all", "flag"),
        # What is about the network, building and looks is taken, and means nothing here.
        (None, "--extra-index-url", "list"),
        (None, "--trusted-host", "list"),
        (None, "--only-binary", "list"),
        (None, "--no-binary", "list"),
        (None, "--progress-bar", "value"),
        (None, "--root-user-action", "value"),
        (None, "--cache-dir", "value"),
        (None, "--timeout", "value"),
        (None, "--retries", "value"),
        (None, "--proxy", "value"),
        (None, "--exists-action", "value"),
        (None, "--config-settings", "list"),
        (None, "--no-cache-dir", "flag"),
        (None, "--no-input", "flag"),
        (None, "--no-color", "flag"),
        (None, "--no-compile", "flag"),
        (None, "--compile", "flag"),
        (None, "--prefer-binary", "flag"),
        (None, "--no-build-isolation", "flag"),
        (None, "--use-pep517", "flag"),
        (None, "--break-system-packages", "flag"),
        (None, "--disable-pip-version-check", "flag"),
        (None, "--isolated", "flag"),
        (None, "--require-virtualenv", "flag"),
        (None, "--no-python-version-warning", "flag"),
    ):
        names = [short, long] if short else [long]
        if (command, long) == ("show", "--find-links"):
            found.add_argument("-f", "--files", action="store_true")
            continue
        how = {
            "flag": {"action": "store_true"},
            "count": {"action": "count", "default": 0},
            "value": {"metavar": long.strip("-").partition("-")[0]},
            "list": {"action": "append", "default": [], "metavar": long.strip("-").partition("-")[0]},
        }[kind]
        found.add_argument(*names, **how)
    found.set_defaults(algorithm="sha256", upgrade_strategy="only-if-needed")
    return found


def main(arguments=None):
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # Options that may be in front of the command.
    front = []
    while arguments and arguments[0].startswith("-"):
        first = arguments.pop(0)
        if first in ("-V", "--version"):
            folder = os.path.dirname(pip.__file__)
            print(f"pip {pip.__version__} from {folder} (python {sys.version_info[0]}.{sys.version_info[1]})")
            return 0
        if first in ("-h", "--help"):
            print(usage())
            return 0
        front.append(first)
    if not arguments or arguments == ["help"]:
        print(usage())
        return 0
    command = arguments.pop(0)
    if command == "help":
        command, arguments = arguments[0], ["--help"]
    if command in _REFUSED:
        print(f"ERROR: pip {command}: {_REFUSED[command]}.", file=sys.stderr)
        return 1
    if command not in COMMANDS:
        close = [each for each in COMMANDS if each.startswith(command[:3])]
        maybe = f' - maybe you meant "{close[0]}"' if close else ""
        print(f'ERROR: unknown command "{command}"{maybe}', file=sys.stderr)
        return 1
    options = parser(command).parse_intermixed_args(front + arguments)
    try:
        return COMMANDS[command][0](options)
    except Failure as failure:
        for words in failure.args:
            print(f"ERROR: {words}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ERROR: Operation cancelled by user", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
