"""The command ``proposals`` as a user starts it: in a process of its own, with a server's address where it serves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest

from tests.forked import PATIENCE, Ended, Forked, command

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def environment() -> dict[str, str]:
    """The tests' environment without the user's own settings of the program."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PROPOSALS_")}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def proposals(*arguments: object, **variables: str) -> Ended:
    """How the command ended."""
    with TemporaryDirectory() as folder:
        return Forked(Path(folder) / "command", command, *map(str, arguments), **variables).end()


def bound_by_permissions(*arguments: object) -> Ended:
    """How the command ended for a user whom permissions bind, as they do not bind root."""
    words = [sys.executable, "-m", "archive.cli", *map(str, arguments)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root is bound by permissions only with setpriv (util-linux)")
        words = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *words]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(*arguments: object) -> Iterator[str]:
    """The address that a command serves at, while it does; it must end well when it is interrupted."""
    words = [sys.executable, "-m", "archive.cli", *map(str, arguments)]
    with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.strip() for line in process.stdout if line.startswith("http://"))
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        assert process.wait(timeout=30) == 0


def get(address: str) -> bytes:
    """The body of a page, whose address may hold Chinese."""
    with urllib.request.urlopen(quote(address, safe=":/?&=%"), timeout=30) as answer:
        body: bytes = answer.read()
    return body


def rows(address: str) -> list[dict[str, Any]]:
    """The rows of a JSON page."""
    found: list[dict[str, Any]] = json.loads(get(address))
    return found
