"""The wheel, built, installed with its dependencies into an empty environment and tried there: ``make wheel``.

``python -m tests.wheel FOLDER`` needs no more than Python, git and an index to install from. No part of the test suite,
which works offline.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "parsers", "archive")
PAGE = """<html><head><title>关于对市政协六届三次会议第98号提案的答复</title></head><body><div>
<p>王小明委员：</p><p>您提出的《关于增设社区食堂的提案》收悉，现答复如下：</p><p>我局将于年内增设社区食堂三处。</p>
<p>感谢您对民政工作的关心。</p><p>云岭市民政局</p><p>2025年6月3日</p></div></body></html>"""
READ = {"type": "reply", "number": "98", "sign_date": "2025-06-03"}


def said(*command: object, folder: Path = ROOT) -> str:
    """What a command prints. Raises CalledProcessError where it fails."""
    return subprocess.run(list(map(str, command)), cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout


def git_files(*paths: str) -> list[str]:
    """The files under ``paths`` that git knows and that are there."""
    return [name for name in said("git", "ls-files", "-z", *paths).split("\0") if name and (ROOT / name).exists()]


def built(folder: Path, pip: Path) -> Path:
    """The wheel, made from a copy of what git knows, so that the build leaves nothing in the checkout."""
    for name in git_files(*ROOMS, "pyproject.toml", "README.md", "LICENSE"):
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "source" / name).write_bytes((ROOT / name).read_bytes())
    said(pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", folder / "source")
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def holds_every_file(wheel: Path) -> None:
    """The packages' files, and no other package."""
    packed = set(ZipFile(wheel).namelist())
    assert [name for name in git_files(*ROOMS) if name not in packed] == []
    assert {name.split("/")[0] for name in packed if not name.startswith("proposal_archive-")} == set(ROOMS)


def works(binaries: Path, outside: Path) -> None:
    """The installed command, called in a folder that holds none of this project."""
    proposals = binaries / "proposals"
    where = "import archive, archive.cli; print(archive.__file__, *archive.cli.VERBS)"
    imported, *verbs = said(binaries / "python", "-c", where, folder=outside).split()
    assert imported.startswith(str(binaries.parent)), "it must be the wheel that runs"
    overview = said(proposals, "--help", folder=outside)
    for verb in verbs:
        assert verb in overview
        assert f"proposals {verb}" in said(proposals, verb, "--help", folder=outside)
    (outside / "page.html").write_text(PAGE, encoding="utf-8")
    record = json.loads(said(proposals, "parse", "page.html", folder=outside))
    assert {name: record[name] for name in READ} == READ
    assert "ankang" in said(proposals, "sites", folder=outside)


def main() -> None:
    """Build, install and try the wheel in a new folder."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.wheel FOLDER")
    folder = Path(sys.argv[1]).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / "bin"
    wheel = built(folder, binaries / "pip")
    holds_every_file(wheel)
    said(binaries / "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
    outside = folder / "outside"
    outside.mkdir()
    works(binaries, outside)
    sys.stdout.write(f"{wheel.name} holds every file and runs where nothing else is\n")


if __name__ == "__main__":
    main()
