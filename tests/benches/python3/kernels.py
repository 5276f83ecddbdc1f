"""Kernels of Python programs: for each, its name and the best of its runs in seconds.

python3 kernels.py [RUNS [NAME...]]
"""

import json
import random
import re
import sys
import tempfile
from time import perf_counter


class Record:
    def __init__(self, following=None, kind=0, count=0, text=""):
        self.following = following
        self.kind = kind
        self.count = count
        self.text = text

    def copy(self):
        return Record(self.following, self.kind, self.count, self.text)


def records():
    """What Dhrystone does, in Python's terms: attributes, calls, branches, lists of lists, characters."""
    first = Record(text="DHRYSTONE PROGRAM, FIRST STRING")
    grid = [[0] * 51 for _ in range(51)]
    row = [0] * 51
    flag = False

    def step(record, at):
        following = record.copy()
        record.following = following
        following.count = at + 5
        if record.kind == following.kind:
            following.kind = choose(record.kind)
            following.count = add(following.count, 10)
        return following

    def choose(kind):
        if kind == 0:
            return 1
        if kind == 1:
            return 0 if flag else 3
        return 2

    def add(left, right):
        return left + 2 + right

    def compare(left, right):
        at = 1
        while at <= 1:
            if left[at] == right[at + 1]:
                at += 1
            else:
                break
        return left > right

    for turn in range(4000):
        flag = not compare("DHRYSTONE PROGRAM, FIRST", "DHRYSTONE PROGRAM, SECOND")
        one, two = 2, 3
        three = 0
        while one < two:
            three = 5 * one - two
            three = add(one, three)
            one += 1
        place = one + 5
        row[place] = three
        row[place + 1] = row[place]
        row[place + 30] = place
        for column in range(place, place + 2):
            grid[place][column] = place
        grid[place][place - 1] += 1
        first.kind = 0
        following = step(first, turn % 50)
        letter = "A"
        while letter <= "C":
            if letter == "B":
                following.kind = choose(following.kind)
            letter = chr(ord(letter) + 1)
        two = two * one
        one = two // (three + 1)
    return row[8]


def fib():
    def number(n):
        return n if n < 2 else number(n - 1) + number(n - 2)

    return number(20)


def nbody():
    bodies = [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 39.47841760435743),
        ([4.84143144, -1.16032004, -0.10362204], [0.60632639, 2.81198684, -0.02521836], 0.03769367),
        ([8.34336671, 4.12479856, -0.40352342], [-1.01077434, 1.82566237, 0.00841576], 0.01128632),
        ([12.89436956, -15.11115140, -0.22330758], [1.08279100, 0.86871301, -0.01083263], 0.00172372),
        ([15.37969711, -25.91931460, 0.17925877], [0.97909073, 0.59469899, -0.03475595], 0.00203368),
    ]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    for _ in range(400):
        for (p, v, m), (q, w, n) in pairs:
            dx, dy, dz = p[0] - q[0], p[1] - q[1], p[2] - q[2]
            force = 0.01 * (dx * dx + dy * dy + dz * dz) ** -1.5
            pull, push = n * force, m * force
            v[0] -= dx * pull
            v[1] -= dy * pull
            v[2] -= dz * pull
            w[0] += dx * push
            w[1] += dy * push
            w[2] += dz * push
        for p, v, _ in bodies:
            p[0] += 0.01 * v[0]
            p[1] += 0.01 * v[1]
            p[2] += 0.01 * v[2]
    return bodies[0][0]


ROWS = [
    {"id": n, "name": f"item {n}", "tags": ["red", "green", str(n)], "price": n / 7, "stock": n % 3 == 0, "note": None}
    for n in range(1000)
]


def json_dumps():
    return len(json.dumps(ROWS))


DOCUMENT = json.dumps(ROWS)


def json_loads():
    return len(json.loads(DOCUMENT))


WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor".split()
TEXT = " ".join(f"{WORDS[n % 12]} {n * n} {WORDS[n % 7]}@{WORDS[n % 5]}.org" for n in range(2000))


def regex():
    found = len(re.findall(r"\b[a-z]+@[a-z]+\.(?:org|com)\b", TEXT))
    found += len(re.sub(r"(\d+)", r"<\1>", TEXT))
    return found + sum(1 for _ in re.finditer(r"(?P<word>[aeiou]\w+)\s", TEXT))


def strings():
    parts = []
    line = ""
    for n in range(10000):
        parts.append(f"{n:05d}:{n * 2!r}")
        line += "x"
        if n % 100 == 99:
            line = line.upper().replace("X", "yz").strip("y").title()[:10]
    text = ",".join(parts)
    return len(text.split(",")) + text.count(":") + len(line)


RANDOM = random.Random(5)
NUMBERS = [RANDOM.random() for _ in range(20000)]
NAMES = [f"{RANDOM.choice(WORDS)}{n % 97}" for n in range(10000)]


def sorting():
    return sorted(NUMBERS)[0], sorted(NAMES)[0], sorted(NAMES, key=lambda name: (len(name), name), reverse=True)[0]


def dicts():
    counts = {}
    for name in NAMES:
        counts[name] = counts.get(name, 0) + 1
    for word in TEXT.split():
        counts[word] = counts.get(word, 0) + 1
    squares = {n: n * n for n in range(10000)}
    total = 0
    for key, value in squares.items():
        if key in squares and value & 1:
            total += squares[key]
    return total + len(set(counts) & set(WORDS))


def objects():
    class Point:
        __slots__ = ("x", "y")

        def __init__(self, x, y):
            self.x = x
            self.y = y

        def __add__(self, other):
            return Point(self.x + other.x, self.y + other.y)

        @property
        def size(self):
            return self.x * self.x + self.y * self.y

    def points():
        for n in range(5000):
            yield Point(n, n + 1)

    total = Point(0, 0)
    sizes = 0
    for point in points():
        total = total + point
        sizes += point.size
    return total.x, sizes, sum(point.y for point in points() if isinstance(point, Point))


def numbers():
    sieve = bytearray([1]) * 20000
    for n in range(2, 142):
        if sieve[n]:
            for multiple in range(n * n, 20000, n):
                sieve[multiple] = 0
    primes = sum(sieve[2:])
    big = 1
    for n in range(1, 300):
        big *= n
    return primes, len(str(big)), pow(3, 2**64, 10**30 + 57)


def lines():
    with tempfile.TemporaryFile("w+") as file:
        for n in range(10000):
            file.write(f"{n} {WORDS[n % 12]} {n * 3}\n")
        file.seek(0)
        total = 0
        for line in file:
            number, _, triple = line.split()
            total += int(triple) - int(number)
    return total


KERNELS = [records, fib, nbody, json_dumps, json_loads, regex, strings, sorting, dicts, objects, numbers, lines]


def main(runs=3, *names):
    for kernel in KERNELS:
        if names and kernel.__name__ not in names:
            continue
        best = float("inf")
        for _ in range(int(runs)):
            started = perf_counter()
            kernel()
            best = min(best, perf_counter() - started)
        print(kernel.__name__, f"{best:.6f}", flush=True)


main(*sys.argv[1:])
