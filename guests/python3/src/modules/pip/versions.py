"""Versions as PEP 440 orders them, and requirements as PEP 508 writes them."""

import os
import platform
import re
import sys

_VERSION = re.compile(
    r"\s*v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?P<pre_number>\d*))?"
    r"(?:-(?P<post_only>\d+)|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<post_number>\d*))?"
    r"(?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_number>\d*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*",
    re.IGNORECASE,
)
_SPECIFIER = re.compile(r"\s*(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;)]+)\s*")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:@\s*(\S+)|\(?([^;)]*)\)?)\s*(?:;(.*))?$")
_TOKEN = re.compile(r"\s*(\(|\)|'[^']*'|\"[^\"]*\"|===|==|~=|!=|<=|>=|<|>|[\w.]+)")
_PHASES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def key(version):
    """What versions are compared by; None of what is no version."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    pre, dev = found["pre"], found["dev"] and int(found["dev_number"] or 0)
    post = found["post_only"] or (found["post"] and (found["post_number"] or 0))
    if pre:
        phase = pre.lower()
        before = (_PHASES.get(phase, phase), int(found["pre_number"] or 0))
    elif dev is not None and post is None:
        before = ("", 0)
    else:
        before = ("z", 0)
    local = [(part.isdigit(), int(part) if part.isdigit() else part) for part in re.split(r"[-_.]", found["local"] or "")]
    return (
        int(found["epoch"] or 0),
        tuple(release),
        before,
        -1 if post is None else int(post),
        float("inf") if dev is None else dev,
        tuple(local) if found["local"] else (),
    )


def is_early(version):
    """Whether it is one that is taken only where it is asked for."""
    found = _VERSION.fullmatch(version)
    return found is not None and bool(found["pre"] or found["dev"])


def _release(version):
    return [int(part) for part in _VERSION.fullmatch(version)["release"].split(".")]


def _holds(version, operator, wanted):
    if operator == "===":
        return version.lower() == wanted.lower()
    prefix = wanted.removesuffix(".*")
    if key(version) is None or key(prefix) is None:
        return operator == "==" and version == wanted
    if operator in ("==", "!="):
        if wanted.endswith(".*"):
            parts = _release(prefix)
            own = _release(version)
            equal = (own + [0] * len(parts))[: len(parts)] == parts
        else:
            own = version if "+" in wanted else version.partition("+")[0]
            equal = key(own) == key(wanted)
        return equal == (operator == "==")
    own, other = key(version.partition("+")[0]), key(wanted)
    if operator == "~=":
        parts = _release(wanted)[:-1]
        return own >= other and (_release(version) + [0] * len(parts))[: len(parts)] == parts
    if operator == "<=":
        return own <= other
    if operator == ">=":
        return own >= other
    if operator == "<":
        # Those before a release belong to it.
        return own < other and (is_early(wanted) or own[:2] != other[:2] or not is_early(version))
    return own > other and not (own[:2] == other[:2] and other[3] < 0 <= own[3])


class Requirement:
    """A name, and what of it will do."""

    def __init__(self, text):
        found = _REQUIREMENT.match(text)
        specifiers = _SPECIFIER.findall(found[4] or "") if found else []
        if found is None or not found[3] and re.sub(r"[\s,]", "", _SPECIFIER.sub("", found[4] or "")):
            raise ValueError(text)
        self.name = found[1]
        self.extras = {normalized(extra.strip()) for extra in (found[2] or "").split(",") if extra.strip()}
        self.url = found[3]
        self.specifiers = specifiers
        self.marker = (found[5] or "").strip()

    def __str__(self):
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        return self.name + extras + ",".join(sorted(operator + wanted for operator, wanted in self.specifiers))

    def accepts(self, version):
        return all(_holds(version, *each) for each in self.specifiers)

    def accepts_early(self):
        return any(is_early(wanted.removesuffix(".*")) for _, wanted in self.specifiers)

    def applies(self, extras=()):
        """Whether the environment is one that the marker is about."""
        if not self.marker:
            return True
        return any(_Marker(self.marker, extra).value() for extra in (extras or ("",)))


class _Marker:
    """A marker: comparisons joined by `and` and `or`."""

    def __init__(self, text, extra):
        self.tokens = _TOKEN.findall(text)
        self.next = 0
        version = platform.python_version()
        self.names = {
            "python_version": ".".join(version.split(".")[:2]),
            "python_full_version": version,
            "os_name": os.name,
            "sys_platform": sys.platform,
            "platform_system": platform.system(),
            "platform_machine": platform.machine(),
            "platform_release": platform.release(),
            "platform_version": platform.version(),
            "platform_python_implementation": platform.python_implementation(),
            "implementation_name": sys.implementation.name,
            "implementation_version": version,
            "extra": extra,
        }

    def value(self):
        value = self._both()
        while self._take("or"):
            other = self._both()
            value = value or other
        return value

    def _both(self):
        value = self._one()
        while self._take("and"):
            other = self._one()
            value = value and other
        return value

    def _one(self):
        if self._take("("):
            value = self.value()
            self._take(")")
            return value
        left, operator = self._text(), self._word()
        if operator == "not":
            operator += " " + self._word()
        right = self._text()
        if operator in ("in", "not in"):
            return (left in right) == (operator == "in")
        if key(left) is not None and key(right.removesuffix(".*")) is not None:
            return _holds(left, operator, right)
        if operator in ("==", "==="):
            return normalized(left) == normalized(right)
        if operator == "!=":
            return normalized(left) != normalized(right)
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(operator, False)

    def _word(self):
        if self.next == len(self.tokens):
            return ""
        self.next += 1
        return self.tokens[self.next - 1]

    def _text(self):
        word = self._word()
        return word[1:-1] if word[:1] in ("'", '"') else self.names.get(word, word)

    def _take(self, word):
        if self.tokens[self.next : self.next + 1] == [word]:
            self.next += 1
            return True
        return False
