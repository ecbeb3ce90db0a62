"""The wheel, built, installed into an empty environment and run there: what a user of the package gets."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest

from archive.cli import VERBS

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "parsers", "archive")
PAGE = """<html><head><title>关于对市政协六届三次会议第98号提案的答复</title></head><body><div>
<p>王小明委员：</p><p>您提出的《关于增设社区食堂的提案》收悉，现答复如下：</p><p>我局将于年内增设社区食堂三处。</p>
<p>感谢您对民政工作的关心。</p><p>云岭市民政局</p><p>2025年6月3日</p></div></body></html>"""


def checkout(folder: Path) -> Path:
    """A copy of what git knows of the packages, so that the build leaves nothing in the checkout."""
    for name in git_files("crawler", "parsers", "archive", "pyproject.toml", "README.md", "LICENSE"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def git_files(*paths: str) -> list[str]:
    """The files under ``paths`` that git knows; the test is skipped where this is no git checkout."""
    listed = subprocess.run(["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def built(folder: Path, environment: Path) -> Path:
    """The wheel of this checkout; the test is skipped where setuptools cannot be had."""
    source = checkout(folder / "source")
    command = [environment / "bin" / "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", source]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if "setuptools" in done.stderr and "No matching distribution" in done.stderr:
        pytest.skip("setuptools, which builds the wheel, cannot be fetched here")
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def install(wheel: Path, environment: Path) -> None:
    """Put the wheel into the environment, and the dependencies of the one that runs the tests on its path."""
    pip = environment / "bin" / "pip"
    subprocess.run([pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, timeout=120)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(p for p in sys.path if p.endswith("site-packages")) + "\n")


def test_the_wheel_holds_every_file_and_runs_where_nothing_else_is(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    wheel = built(tmp_path, environment)
    packed = set(ZipFile(wheel).namelist())
    assert [name for name in git_files(*ROOMS) if name not in packed] == []
    assert {name.split("/")[0] for name in packed if not name.startswith("proposal_archive-")} == set(ROOMS)

    install(wheel, environment)
    outside = tmp_path / "outside"
    outside.mkdir()

    def proposals(*words: str) -> str:
        """What the installed command prints, called in a folder that holds none of this project."""
        command = [environment / "bin" / "proposals", *words]
        done = subprocess.run(command, cwd=outside, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = [environment / "bin" / "python", "-c", "import archive; print(archive.__file__)"]
    imported = subprocess.run(where, cwd=outside, capture_output=True, text=True, check=True).stdout
    assert imported.startswith(str(environment)), "it must be the wheel that runs"
    assert all(verb in proposals("--help") for verb in VERBS)
    for verb in VERBS:
        assert f"proposals {verb}" in proposals(verb, "--help")
    (outside / "page.html").write_text(PAGE, encoding="utf-8")
    record = msgspec.json.decode(proposals("parse", "page.html"))
    assert (record["type"], record["number"], record["sign_date"]) == ("reply", "98", "2025-06-03")
    assert "ankang" in proposals("sites")
