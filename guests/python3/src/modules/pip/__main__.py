"""`python3 -m pip`: installs wheels that are files, lists what is installed, and takes it away again."""

import argparse
import base64
import csv
import hashlib
import importlib.metadata
import io
import os
import re
import shutil
import site
import sys
import zipfile

import pip


class Failure(Exception):
    """What is told on a line of its own, with the status 1."""


def say(*words):
    if not options.quiet:
        print(*words)


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def destination():
    if options.target:
        return os.path.abspath(options.target)
    system = site.getsitepackages()[0]
    if not options.user and os.access(os.path.dirname(system), os.W_OK):
        return system
    if not options.user:
        say("Defaulting to user installation because normal site-packages is not writeable")
    return site.getusersitepackages()


def distributions(folder=None):
    return importlib.metadata.distributions(**({"path": [folder]} if folder else {}))


def installed(name, folder=None):
    for distribution in distributions(folder):
        if normalized(distribution.name) == normalized(name):
            return distribution
    return None


def read_wheel(path):
    """The name and version of a wheel, the folder of its description, and the wheel as an archive."""
    parts = os.path.basename(path)[: -len(".whl")].split("-")
    if len(parts) not in (5, 6):
        raise Failure(f"{os.path.basename(path)} is not a valid wheel filename.")
    if parts[-1] != "any" or parts[-2] != "none":
        raise Failure(f"{os.path.basename(path)} is not a supported wheel on this platform.")
    try:
        wheel = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise Failure(f"Wheel {path!r} is invalid.") from None
    except OSError as error:
        raise Failure(f"Could not install packages due to an OSError: {error}") from None
    folders = {name.split("/")[0] for name in wheel.namelist()}
    found = [folder for folder in folders if folder.endswith(".dist-info")]
    if len(found) != 1:
        raise Failure(f"{os.path.basename(path)} has an invalid wheel, .dist-info directory not found")
    return parts[0], parts[1], found[0], wheel


def install_wheel(path):
    name, version, description, wheel = read_wheel(path)
    say(f"Processing {path}")
    folder = destination()
    before = installed(name, folder)
    if before is not None:
        if before.version == version and not (options.force_reinstall or options.upgrade):
            say(f"Requirement already satisfied: {name}=={version}")
            return None
        remove(before)
    data = description[: -len(".dist-info")] + ".data/"
    recorded = []
    for entry in wheel.infolist():
        if entry.is_dir() or entry.filename == f"{description}/RECORD":
            continue
        target = entry.filename
        if target.startswith(data):
            scheme, _, rest = target[len(data) :].partition("/")
            if scheme not in ("purelib", "platlib"):
                continue
            target = rest
        whole = os.path.normpath(os.path.join(folder, target))
        if not whole.startswith(folder + os.sep):
            raise Failure(f"The wheel {path!r} has a file ({entry.filename}) that would be installed outside of its folder")
        content = wheel.read(entry)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "wb") as file:
            file.write(content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        recorded.append((target, f"sha256={digest}", len(content)))
    with open(os.path.join(folder, description, "INSTALLER"), "w") as file:
        file.write("pip\n")
    recorded += [(f"{description}/INSTALLER", "", ""), (f"{description}/RECORD", "", "")]
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(recorded)
    with open(os.path.join(folder, description, "RECORD"), "w") as file:
        file.write(lines.getvalue())
    return f"{name}-{version}"


def install_folder(path):
    """A folder with sources: what it holds as packages is copied."""
    say(f"Processing {path}")
    root = os.path.join(path, "src") if os.path.isdir(os.path.join(path, "src")) else path
    name, version = os.path.basename(os.path.abspath(path)), "0"
    project = os.path.join(path, "pyproject.toml")
    if os.path.isfile(project):
        import tomllib

        with open(project, "rb") as file:
            described = tomllib.load(file).get("project", {})
        name, version = described.get("name", name), described.get("version", version)
    elif not os.path.isfile(os.path.join(path, "setup.py")):
        raise Failure(
            f"Directory {path!r} is not installable. Neither 'setup.py' nor 'pyproject.toml' found."
        )
    folder = destination()
    before = installed(name, folder)
    if before is not None:
        remove(before)
    recorded = []
    for entry in sorted(os.listdir(root)):
        source = os.path.join(root, entry)
        if os.path.isfile(os.path.join(source, "__init__.py")) and entry not in ("tests", "test", "docs"):
            shutil.copytree(source, os.path.join(folder, entry), dirs_exist_ok=True)
            for place, _, files in os.walk(os.path.join(folder, entry)):
                recorded += [os.path.relpath(os.path.join(place, file), folder) for file in files]
        elif entry.endswith(".py") and entry != "setup.py":
            os.makedirs(folder, exist_ok=True)
            shutil.copy(source, folder)
            recorded.append(entry)
    if not recorded:
        raise Failure(f"No package and no module was found in {path!r}")
    description = f"{name.replace('-', '_')}-{version}.dist-info"
    os.makedirs(os.path.join(folder, description), exist_ok=True)
    for file, text in (
        ("METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
        ("INSTALLER", "pip\n"),
    ):
        with open(os.path.join(folder, description, file), "w") as opened:
            opened.write(text)
        recorded.append(f"{description}/{file}")
    with open(os.path.join(folder, description, "RECORD"), "w") as opened:
        opened.writelines(f"{each},,\n" for each in [*recorded, f"{description}/RECORD"])
    return f"{name}-{version}"


def install(requirements):
    if not requirements and not options.requirement:
        raise Failure('You must give at least one requirement to install (see "pip help install")')
    for listed in options.requirement:
        try:
            with open(listed) as file:
                lines = [line.partition("#")[0].strip() for line in file]
        except OSError as error:
            raise Failure(f"Could not open requirements file: {error}") from None
        requirements = [*requirements, *filter(None, lines)]
    done = []
    for requirement in requirements:
        path = requirement.removeprefix("file://")
        if path.endswith(".whl"):
            if not os.path.exists(path):
                raise Failure(
                    f"Requirement '{path}' looks like a filename, but the file does not exist"
                )
            done.append(install_wheel(path))
        elif os.path.isdir(path) and (os.sep in path or path == "."):
            done.append(install_folder(path))
        else:
            name = re.match(r"[\w.-]*", requirement)[0]
            if installed(name):
                say(f"Requirement already satisfied: {requirement}")
                continue
            folder = next((each for each in options.find_links if os.path.isdir(each)), None)
            wheels = [
                each
                for each in (os.listdir(folder) if folder else ())
                if each.endswith(".whl") and normalized(each.split("-")[0]) == normalized(name)
            ]
            if not wheels:
                raise Failure(
                    f"Could not find a version that satisfies the requirement {requirement} (from versions: none)",
                    f"No matching distribution found for {requirement}",
                )
            done.append(install_wheel(os.path.join(folder, max(wheels))))
    done = list(filter(None, done))
    if done:
        say("Successfully installed", " ".join(done))


def remove(distribution):
    folder = os.path.abspath(str(distribution.locate_file("")))
    places = set()
    for file in distribution.files or ():
        path = os.path.normpath(os.path.join(folder, str(file)))
        if path.startswith(folder + os.sep):
            places.add(os.path.dirname(path))
            try:
                os.remove(path)
            except FileNotFoundError:
                pass
    for place in sorted(places, reverse=True):
        while place != folder:
            shutil.rmtree(os.path.join(place, "__pycache__"), ignore_errors=True)
            try:
                os.rmdir(place)
            except OSError:
                break
            place = os.path.dirname(place)


def uninstall(names):
    for name in names:
        distribution = installed(name)
        if distribution is None:
            print(f"WARNING: Skipping {name} as it is not installed.", file=sys.stderr)
            continue
        say(f"Found existing installation: {distribution.name} {distribution.version}")
        if not options.yes and input("Proceed (Y/n)? ").strip().lower() not in ("", "y"):
            continue
        remove(distribution)
        say(f"  Successfully uninstalled {distribution.name}-{distribution.version}")


def listed(names):
    found = sorted(((each.name, each.version) for each in distributions()), key=lambda each: each[0].lower())
    if options.command == "freeze":
        for name, version in found:
            print(f"{name}=={version}")
    elif found:
        width = max(len("Package"), *(len(name) for name, _ in found))
        rest = max(len("Version"), *(len(version) for _, version in found))
        print(f"{'Package':{width}} Version")
        print("-" * width, "-" * rest)
        for name, version in found:
            print(f"{name:{width}} {version}")


def show(names):
    missing = [name for name in names if installed(name) is None]
    if missing:
        print(f"WARNING: Package(s) not found: {', '.join(missing)}", file=sys.stderr)
    for name in names:
        distribution = installed(name)
        if distribution is not None:
            metadata = distribution.metadata
            for key in ("Name", "Version", "Summary", "Home-page", "Author", "License"):
                print(f"{key}: {metadata.get(key, '')}")
            print(f"Location: {distribution.locate_file('')}")
    return 1 if len(missing) == len(names) else 0


def parser():
    parser = argparse.ArgumentParser(prog="pip", description=pip.__doc__)
    parser.add_argument("-V", "--version", action="version", version=f"pip {pip.__version__} from {os.path.dirname(__file__)} (python {sys.version_info.major}.{sys.version_info.minor})")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, words in (
        ("install", "Install wheels and source folders."),
        ("uninstall", "Uninstall packages."),
        ("list", "List installed packages."),
        ("freeze", "Output installed packages in requirements format."),
        ("show", "Show information about installed packages."),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("names", nargs="*")
        command.add_argument("-q", "--quiet", action="store_true")
        command.add_argument("-y", "--yes", action="store_true")
        command.add_argument("-U", "--upgrade", action="store_true")
        command.add_argument("-t", "--target")
        command.add_argument("-r", "--requirement", action="append", default=[])
        command.add_argument("-f", "--find-links", action="append", default=[])
        for option in ("--user", "--no-index", "--no-deps", "--force-reinstall", "--break-system-packages", "--no-cache-dir"):
            command.add_argument(option, action="store_true")
    return parser


options = argparse.Namespace(quiet=False, command="")


def main(arguments=None):
    chosen = parser()
    chosen.parse_args(arguments, options)
    if not options.command:
        chosen.print_help()
        return 0
    run = {"install": install, "uninstall": uninstall, "list": listed, "freeze": listed, "show": show}
    try:
        return run[options.command](options.names) or 0
    except Failure as failure:
        for words in failure.args:
            print(f"ERROR: {words}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
