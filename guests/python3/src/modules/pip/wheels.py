"""Wheels: what they say of themselves, and their files put in place."""

import base64
import configparser
import csv
import email
import hashlib
import io
import os
import sys
import zipfile

from pip.failure import Failure
from pip.versions import Requirement, normalized


def named(path):
    """The name and the version in the name of a wheel's file."""
    parts = os.path.basename(path)[: -len(".whl")].split("-")
    if len(parts) not in (5, 6):
        raise Failure(f"{os.path.basename(path)} is not a valid wheel filename.")
    return parts[0], parts[1]


def runs_here(path):
    """Whether the wheel is for a Python like this one, without anything compiled."""
    python, abi, platform = os.path.basename(path)[: -len(".whl")].split("-")[-3:]
    major, minor = sys.version_info[:2]
    mine = {f"py{major}", f"py{major}{minor}", *(f"py{major}{each}" for each in range(minor))}
    return "none" in abi.split(".") and "any" in platform.split(".") and bool(mine & set(python.split(".")))


class Wheel:
    """What a wheel's file holds."""

    is_folder = False

    def __init__(self, path):
        self.path = path
        self.name, self.version = named(path)
        if not runs_here(path):
            raise Failure(
                f"{os.path.basename(path)} is not a supported wheel on this platform.",
                "Only wheels without compiled code can be installed here: those whose names end in none-any.whl.",
            )
        try:
            self.archive = zipfile.ZipFile(path)
            names = self.archive.namelist()
        except zipfile.BadZipFile:
            raise Failure(f"Wheel '{self.name}' located at {path} is invalid.") from None
        except OSError as error:
            raise Failure(f"Could not install packages due to an OSError: {error}") from None
        found = {name.split("/")[0] for name in names if name.split("/")[0].endswith(".dist-info")}
        if len(found) != 1:
            what = "multiple .dist-info directories" if found else ".dist-info directory not found"
            raise Failure(f"{self.name} has an invalid wheel, {what}")
        self.description = found.pop()
        try:
            metadata = self.archive.read(f"{self.description}/METADATA").decode("utf-8", "replace")
        except KeyError:
            raise Failure(f"{self.name} has an invalid wheel, could not read METADATA") from None
        self.metadata = email.message_from_string(metadata)
        self.name = self.metadata["Name"] or self.name
        self.version = self.metadata["Version"] or self.version

    def requirements(self):
        return [Requirement(each) for each in self.metadata.get_all("Requires-Dist", ())]

    def install(self, place):
        """Puts the files in place; answers with the names of the commands."""
        record = Record(place)
        data = self.description[: -len(".dist-info")] + ".data/"
        commands = []
        for entry in self.archive.infolist():
            name = entry.filename
            if entry.is_dir() or name == f"{self.description}/RECORD":
                continue
            content = self.archive.read(entry)
            mode = entry.external_attr >> 16 & 0o777
            root = place.packages
            if name.startswith(data):
                scheme, _, name = name[len(data) :].partition("/")
                if scheme == "scripts":
                    root, mode = place.commands, 0o755
                    commands.append(name)
                    first, line, rest = content.partition(b"\n")
                    if first.startswith(b"#!python"):
                        content = f"#!{sys.executable}".encode() + line + rest
                elif scheme == "data":
                    root = place.data
                elif scheme not in ("purelib", "platlib"):
                    continue
            record.write(root, name, content, 0o755 if mode & 0o111 else None)
        try:
            listed = self.archive.read(f"{self.description}/entry_points.txt").decode()
        except KeyError:
            listed = ""
        commands += write_commands(record, place, listed)
        record.write(place.packages, f"{self.description}/INSTALLER", b"pip\n")
        record.write(place.packages, f"{self.description}/REQUESTED", b"")
        record.finish(self.description)
        return commands


class Record:
    """The files that a package brings, written and put on its list."""

    def __init__(self, place):
        self.place = place
        self.lines = []

    def write(self, root, name, content, mode=None):
        path = os.path.normpath(os.path.join(root, name))
        if not path.startswith(root.rstrip("/") + "/"):
            raise Failure(f"The file {name!r} would be installed outside of {root}")
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
            if mode is not None:
                os.chmod(path, mode)
        except OSError as error:
            raise Failure(f"Could not install packages due to an OSError: {error}") from None
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        self.lines.append((os.path.relpath(path, self.place.packages), f"sha256={digest}", len(content)))

    def finish(self, description):
        lines = io.StringIO()
        name = f"{description}/RECORD"
        csv.writer(lines, lineterminator="\n").writerows([*self.lines, (name, "", "")])
        with open(os.path.join(self.place.packages, name), "w") as file:
            file.write(lines.getvalue())


def write_commands(record, place, listed):
    """Writes a program for each function that an `entry_points.txt` makes a command."""
    points = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    points.optionxform = str
    try:
        points.read_string(listed)
    except configparser.Error:
        return []
    names = []
    for section in ("console_scripts", "gui_scripts"):
        for name, where in points.items(section) if points.has_section(section) else ():
            module, _, function = where.partition("[")[0].strip().partition(":")
            first = function.strip().split(".")[0]
            program = (
                f"#!{sys.executable}\nimport sys\n\nfrom {module.strip()} import {first}\n\n"
                f'if __name__ == "__main__":\n    sys.exit({function.strip()}())\n'
            )
            record.write(place.commands, name, program.encode(), 0o755)
            names.append(name)
    return names


def matching(folders, name):
    """The files of wheels and sources of this name in some folders, and what they are versions of."""
    found = []
    for folder in folders:
        folder = folder.removeprefix("file://")
        for each in sorted(os.listdir(folder)) if os.path.isdir(folder) else [os.path.basename(folder)]:
            path = os.path.join(folder, each) if os.path.isdir(folder) else folder
            if each.endswith(".whl"):
                parts = each[: -len(".whl")].split("-")
                if len(parts) in (5, 6) and normalized(parts[0]) == normalized(name) and runs_here(each):
                    found.append((parts[1], path))
            elif each.endswith((".tar.gz", ".zip")):
                stem = each.removesuffix(".zip").removesuffix(".tar.gz")
                own, _, version = stem.rpartition("-")
                if normalized(own) == normalized(name):
                    found.append((version, path))
    return found
