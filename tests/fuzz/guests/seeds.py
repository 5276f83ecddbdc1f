#!/usr/bin/env python3
"""Makes a corpus for each target out of the cases of the tables: `./seeds.py CORPUS_FOLDER`.

Every case is run as it is for a blessing, by bash in an empty folder, but with programs in front of the machine's own
that keep what they were given: their words, standard input, and the files among their operands. For tar, zip and unpack
the files that the cases leave behind are the seeds.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TABLES = Path(__file__).resolve().parents[2] / "tests/userland/tables"
OUT = Path(sys.argv[1]).resolve()
# The target of a command, and whether the command's name is its first word.
TARGETS = {
    "awk": ("awk", False), "gawk": ("awk", False), "sed": ("sed", False), "grep": ("grep", False),
    "egrep": ("grep", False), "fgrep": ("grep", False), "jq": ("jq", True), "yq": ("jq", True),
    "tomlq": ("jq", True), "bc": ("calc", True), "dc": ("calc", True), "expr": ("calc", True),
    "diff": ("diff", True), "cmp": ("diff", True), "patch": ("diff", True), "find": ("find", True),
    "xargs": ("find", True), "tree": ("find", True),
}
SEED_BYTES_MAX = 5000
SUFFIXES = {
    ".tar": "tar", ".zip": "zip", ".gz": "unpack", ".bz2": "unpack", ".xz": "unpack", ".lzma": "unpack",
    ".zst": "unpack", ".Z": "unpack",
}
MAGIC = [(b"\x1f\x8b", "unpack"), (b"\x1f\x9d", "unpack"), (b"BZh", "unpack"), (b"\xfd7zXZ", "unpack"),
         (b"\x28\xb5\x2f\xfd", "unpack"), (b"PK", "zip"), (b"]\0\0", "unpack")]


def keep(target, seed):
    if len(seed) <= (20480 if target in ("tar", "zip") else SEED_BYTES_MAX):
        folder = OUT / target
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


def shim():
    """Runs in place of a command: keeps a seed, and goes on as the command."""
    name, words = os.path.basename(sys.argv[2]), [os.fsencode(word) for word in sys.argv[3:]]
    real = os.environ["REAL_" + name.upper()]
    target, named = TARGETS[name]
    stdin, given = b"", None
    if not os.isatty(0):
        stdin = sys.stdin.buffer.read()
        read, given = os.pipe()
        if len(stdin) < 60000:
            os.write(given, stdin)
        os.close(given)
        os.dup2(read, 0)
    files, shown = [], []
    for word in words:
        path = os.fsdecode(word)
        if len(files) < 2 and os.path.isfile(path) and os.path.getsize(path) < SEED_BYTES_MAX:
            shown.append([b"f", b"g"][len(files)])
            files.append(Path(path).read_bytes().replace(b"\0", b""))
        else:
            shown.append(word)
    if named:
        shown.insert(0, name.encode())
    if len(shown) < 12 and len(stdin) < 60000:
        keep(target, bytes([len(shown), len(files)]) + b"".join(part + b"\0" for part in shown + files) + stdin)
    os.execv(real, [name] + sys.argv[3:])


def cases(text):
    fixture, command, given, block, tools = "", None, "", None, {}
    for line in text.splitlines(keepends=True) + ["=== end\n"]:
        if line.startswith("=== "):
            word = line.split()[1]
            if word == "tools":
                for tool in line.split()[2:]:
                    name, _, version = tool.partition("/")
                    name, _, real = name.partition("=")
                    tools[name] = real or name
            if word in ("case", "end") and command:
                yield fixture, command, given, tools
            if word == "case":
                command, given = "", ""
            block = {"case": "command", "fixture": "fixture", "in": "in"}.get(word)
        elif block == "fixture":
            fixture += line
        elif block == "command":
            command += line
        elif block == "in":
            given += line


def run(case):
    fixture, command, given, tools = case
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as shims:
        environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", HOME=folder)
        for name in TARGETS:
            found = subprocess.run(["which", tools.get(name, name)], capture_output=True, text=True).stdout.strip()
            if found:
                environment["REAL_" + name.upper()] = found
                path = Path(shims, name)
                path.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).resolve()} {OUT} "$0" "$@"\n')
                path.chmod(0o755)
        user = {}
        if os.geteuid() == 0:
            # As root a case might do harm.
            user = {"user": 1000, "group": 1000, "extra_groups": []}
            os.chown(folder, 1000, 1000)
            os.chmod(shims, 0o755)
        environment["PATH"] = shims + ":" + environment["PATH"]
        try:
            subprocess.run(["bash", "--norc", "-c", fixture + command], cwd=folder, env=environment, input=given.encode(),
                           capture_output=True, timeout=30, **user)
        except subprocess.TimeoutExpired:
            return
        for path in Path(folder).rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                target = SUFFIXES.get(path.suffix)
                target = next((to for magic, to in MAGIC if data.startswith(magic)), target)
                if b"ustar" in data[:1024]:
                    target = "tar"
                if target:
                    for line in range(32 if target == "unpack" else 24):
                        if target == "unpack" or line % 5 == len(data) % 5 or line == 0:
                            keep(target, bytes([line]) + data)


def nests():
    """Programs and data that nest as deep as there is room for."""
    def line(target, *words, stdin=b""):
        keep(target, bytes([len(words), 0]) + b"".join(word + b"\0" for word in words) + stdin)

    for piece in ("(", "-", "!", "$", "++", "{", "a[", "f(", "if(1)", "while(1)", "do ", "1?", "1^", "1 in ", "getline <", "[", "/("):
        line("awk", b"BEGIN{print " + piece.encode() * (4000 // len(piece)))
        line("awk", b"BEGIN{" + piece.encode() * (4000 // len(piece)))
    for piece in ("{", "s/\\(", "/(", "y", "!", "0~"):
        line("sed", b"-E", piece.encode() * (4000 // len(piece)))
    for piece in ("(", "\\(", "[", "(a|", "(a*", "a{2}", "a**", "[[:", "(?:", "(?=", "\\1"):
        for option in (b"-E", b"-P", b"-G", b"-F", b"-Ew", b"-xE"):
            line("grep", option, piece.encode() * (3600 // len(piece)), stdin=b"a" * 300 + b"\n")
        for how in (0, 1, 2, 5, 33):
            keep("regex", bytes([how]) + piece.encode() * (3600 // len(piece)) + b"\0" + b"a" * 100)
    for piece in ("[", "{a:", ".[", "-", '"\\(', "def f:", "if ", "try ", "reduce ", "(", ". as [", ". as {a:", "..", "?//",
                  ".a", "1,", "1|", "1//", "label $a|", "@json \"\\("):
        line("jq", b"jq", b"-n", piece.encode() * (4000 // len(piece)))
    for piece in ("[", '{"a":', "[[],"):
        line("jq", b"jq", b".", stdin=piece.encode() * (4000 // len(piece)))
        line("jq", b"jq", b"--stream", b"-c", b".", stdin=piece.encode() * (4000 // len(piece)))
        line("jq", b"jq", b"-n", b"input|fromjson", stdin=piece.encode() * (4000 // len(piece)))
    for piece in ("[", "{a: ", "- ", "? ", "&a ", "!a ", "|", "a:\n  "):
        line("jq", b"yq", b"-y", b".", stdin=piece.encode() * (4000 // len(piece)))
    for piece in ("a=[", "[", "a={b=", "[a."):
        line("jq", b"tomlq", b".", stdin=(piece if piece != "a=[" else "a=").encode() + piece[-1:].encode() * 3000)
        line("jq", b"tomlq", b".", stdin=piece.encode() * (3000 // len(piece)))
    for piece in ("(", "-", "!", "{", "if(1)", "while(1)", "a[", "f(", "1^", "a=", "sqrt(", "++"):
        line("calc", b"bc", b"-l", stdin=piece.encode() * (4000 // len(piece)) + b"\n")
    for piece in ("[", "[x", "?", "_", "Sa", "d"):
        line("calc", b"dc", stdin=piece.encode() * (4000 // len(piece)) + b"\n")


OUTSIDE = "/dev/shm/wf-out"


def escapes():
    """Archives that try to leave their folder."""
    ways = [["../x"], ["/dev/shm/wf-out/x"], ["a/../../x"], ["./.././x"], ["..", "../x"], ["d/../../x"], ["l/../../x"]]
    for target in ("..", "../", ".", "d/..", OUTSIDE, "/dev/shm/wf-out/", "l/..", "../in/..", "b"):
        ways += [[("s", "a", target), "a/x"], [("s", "a", target), ("s", "a/b", ".."), "a/b/x"],
                 [("s", "d/a", "../" + target), "d/a/x"], [("s", "a", target), ("d", "a"), "a/x"],
                 [("s", "a", target), "a"], [("s", "b", target), ("h", "a", "b"), "a/x"], [("s", "a", target), ("d", "a/y")],
                 [("h", "a", target + "/x"), "a"], [("s", "a", target), ("h", "y", "a/x"), "y"],
                 [("s", "a", target), ("f", "a/x")], [("s", "a", target), ("s", "a/z", "x")]]
    kinds = {"s": tarfile.SYMTYPE, "h": tarfile.LNKTYPE, "d": tarfile.DIRTYPE, "f": tarfile.FIFOTYPE}
    for number, way in enumerate(ways):
        for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT):
            made = io.BytesIO()
            with tarfile.open(fileobj=made, mode="w", format=form, bufsize=512) as archive:
                for member in way:
                    kind, name, *target = ("r", member) if isinstance(member, str) else member
                    info = tarfile.TarInfo(name)
                    if kind == "r":
                        info.size = 2
                    else:
                        info.type = kinds[kind]
                        info.linkname = target[0] if target else ""
                    if form == tarfile.PAX_FORMAT and number % 2:
                        info.pax_headers = {"path": name}
                        info.name = "z"
                    archive.addfile(info, io.BytesIO(b"x\n") if kind == "r" else None)
            bytes_made = made.getvalue()
            bytes_made = bytes_made.rstrip(b"\0")
            bytes_made += b"\0" * (-len(bytes_made) % 512 + 1024)
            for line in (0, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 20):
                keep("tar", bytes([line]) + bytes_made)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for member in way:
                kind, name, *target = ("r", member) if isinstance(member, str) else member
                info = zipfile.ZipInfo(name + "/" * (kind == "d"))
                info.create_system = 3
                info.external_attr = {"r": 0o100644, "s": 0o120777, "d": 0o040755}.get(kind, 0o100644) << 16
                archive.writestr(info, target[0] if target else "x\n")
        for line in (0, 8, 9, 11, 12):
            keep("zip", bytes([line]) + made.getvalue())


def patterns():
    """Patterns and texts of the unit tests of posix-regex, and old and new texts for patch."""
    text = (TABLES.parents[3] / "guests/regex/src/tests.rs").read_text()
    for pattern, subject in re.findall(r'\("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"', text):
        for how in (0, 1, 2, 5, 9, 33, 65):
            keep("regex", bytes([how]) + pattern.encode() + b"\0" + subject.encode())
    old = [f"line {number}" for number in range(12)]
    for number, new in enumerate((old[1:], old[:5] + ["x"] + old[6:], old + ["end"], old[::-1], ["a", ""] + old[3:8])):
        for end in ("", "\n"):
            keep("patch", bytes([number]) + "\n".join(old).encode() + b"\xff\0" + ("\n".join(new) + end).encode())


if __name__ == "__main__":
    if "REAL_AWK" in os.environ:
        shim()
    else:
        only = sys.argv[2] if len(sys.argv) > 2 else ""
        prefixes = ("awk", "sed", "grep", "jq", "yq", "bc", "dc", "expr", "diff", "cmp", "patch", "find", "xargs", "tree",
                    "tar", "zip", "gzip", "compressors")
        tables = [path for path in TABLES.glob("*.txt") if path.stem.startswith(prefixes) and only in path.stem]
        every = [case for path in tables for case in cases(path.read_text())]
        for target in {target for target, _ in TARGETS.values()} | {*SUFFIXES.values(), "regex", "patch"}:
            (OUT / target).mkdir(parents=True, exist_ok=True)
            (OUT / target).chmod(0o777)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, every))
        patterns()
        nests()
        escapes()
        for folder in sorted(OUT.iterdir()):
            print(folder.name, len(list(folder.iterdir())))
