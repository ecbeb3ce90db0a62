"""Seeds and mutations: small hostile pages, the same ones for the same number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
ESCAPE = re.compile(r"\\(?:[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4})")
SMALLEST, LARGEST = 300, 5000
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "cp1252", "utf-8-sig")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"content-type": "text/html"},
    {"content-type": "text/html; charset=gb2312"},
    {"content-type": "text/html; charset=utf-16"},
    {"content-type": "text/plain; charset=nonsense"},
    {"content-type": ";;=charset"},
)
Mutation = Callable[[random.Random, bytes, list[bytes]], bytes]


def _tokens() -> list[bytes]:
    r"""The pieces that mutations insert: one a line, with ``\n`` and ``\uXXXX`` as in Python, or ``bytes:`` and hex."""
    lines = Path(__file__).with_name("tokens.txt").read_text("utf-8").splitlines()
    return [
        bytes.fromhex(line[6:])
        if line.startswith("bytes:")
        else ESCAPE.sub(lambda match: match[0].encode().decode("unicode_escape"), line).encode("utf-8", "surrogatepass")
        for line in lines
    ]


def seeds(shared: bool = True) -> list[bytes]:
    """Our own pages, and those of the shared folder where it is wanted and present."""
    folders = [ROOT / "tests" / "pages"]
    if shared:
        folders += [ROOT.parent / "shared" / "cases" / "pages", ROOT.parent / "shared" / "pages"]
    files = [
        path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".htm", ".txt")
    ]
    return [path.read_bytes() for path in files if path.stat().st_size]


def page(seed: int, number: int, pages: list[bytes]) -> tuple[bytes, dict[str, str]]:
    """The bytes and headers of one input."""
    chance = random.Random(f"{seed}:{number}")
    body = _window(chance, chance.choice(pages))
    for _ in range(chance.randint(1, 5)):
        body = chance.choice(MUTATIONS)(chance, body, pages)[: 3 * LARGEST]
    return body, chance.choice(HEADERS)


def _window(chance: random.Random, body: bytes) -> bytes:
    """A stretch of a page; most begin where its content does, for that is what the parsers read."""
    size = chance.randint(SMALLEST, LARGEST)
    marks = ("代表：", "委员：", "<table", "<h1", "建议", "<div", "答复")
    mark = chance.choice(marks).encode(chance.choice(("utf-8", "gb18030")))
    place = body.find(mark, chance.randrange(len(body)))
    start = max(0, place - chance.randint(0, 300)) if place >= 0 else chance.randrange(len(body))
    return body[start : start + size]


def truncate(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    return body[: chance.randint(0, len(body))]


def behead(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    return body[chance.randint(0, len(body)) :]


def splice(chance: random.Random, body: bytes, pages: list[bytes]) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + _window(chance, chance.choice(pages)) + body[place:]


def swap_encoding(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    return body.decode(chance.choice(ENCODINGS), "replace").encode(chance.choice(ENCODINGS), "replace")


def mix_encodings(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + body[place:].decode("utf-8", "replace").encode("gb18030", "replace")


def nest(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    tag = chance.choice(
        (b"<div>", b"<table><tr><td>", b"<span>", b"<ul><li>", b"<font><b>", b"<dl><dd>", "《".encode(), b"(")
    )
    place = chance.randint(0, len(body))
    return body[:place] + tag * chance.randint(1, 700) + body[place:]


def insert(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    for _number in range(chance.randint(1, 12)):
        place = chance.randint(0, len(body))
        body = body[:place] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 40)) + body[place:]
    return body


def soup(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    return body[: chance.randint(0, 200)] + b"".join(chance.choices(TOKENS, k=chance.randint(1, 200)))


def noise(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + chance.randbytes(chance.randint(1, 60)) + body[place + chance.randint(0, 60) :]


def flip(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    changed = bytearray(body)
    for _number in range(chance.randint(1, 20)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def drop(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    return body.replace(chance.choice(TOKENS), chance.choice([*TOKENS, b""]))


def repeat(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    start = chance.randint(0, len(body))
    piece = body[start : start + chance.randint(1, 80)]
    return body[:start] + piece * chance.randint(2, 60) + body[start:]


def shuffle(chance: random.Random, body: bytes, _: list[bytes]) -> bytes:
    lines = body.split(b"<" if chance.random() < 0.5 else b"\n")
    chance.shuffle(lines)
    return (b"<" if b"<" in body else b"\n").join(lines)


TOKENS = _tokens()
MUTATIONS: tuple[Mutation, ...] = (
    truncate,
    behead,
    splice,
    swap_encoding,
    mix_encodings,
    nest,
    insert,
    soup,
    noise,
    flip,
    drop,
    repeat,
    shuffle,
)
