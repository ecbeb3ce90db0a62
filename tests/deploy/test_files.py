"""The files of deploy/, each read by the tool that will read it on the server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from archive.cli import VERBS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.is_file())
SCRIPTS = [path for path in DEPLOY.iterdir() if path.is_file() and path.read_bytes().startswith(b"#!")]
PLACE = "/srv/proposals"


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """The finished command, its two outputs in one."""
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
        **options,  # type: ignore[call-overload]
    )


def tool(*names: str) -> str:
    """The path of the first of ``names`` that is installed; the test is skipped where none is."""
    for name in names:
        if found := shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"):
            return found
    pytest.skip(f"{names[0]} is not installed")


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The folder of a server with deploy/ in its place and the command a stand-in: units are read, never run."""
    place = tmp_path / PLACE.lstrip("/")
    shutil.copytree(DEPLOY, place / "deploy")
    command = place / ".venv" / "bin" / "proposals"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(DEPLOY / "systemd", units)
    for unit in units.rglob("*"):
        if unit.is_file():
            unit.write_text(unit.read_text().replace(PLACE, str(place)))
    return units


def test_systemd_reads_every_unit(server: Path) -> None:
    analyze = tool("systemd-analyze")
    units = sorted(str(unit) for unit in server.iterdir() if unit.is_file() and "@" not in unit.name)
    result = run(analyze, "verify", "--man=no", *units, str(server / "mail-proposals@.service"))
    ours = [line for line in result.stdout.splitlines() if "proposals" in line]
    assert (ours, result.returncode) == ([], 0)


@pytest.mark.parametrize("name", ["crawl", "publish", "report", "release", "freshness", "web", "sql"])
def test_every_service_is_confined(server: Path, name: str) -> None:
    analyze = tool("systemd-analyze")
    unit = server / f"proposals-{name}.service"
    sandbox = server / "proposals-.service.d" / "sandbox.conf"
    unit.write_text(unit.read_text() + sandbox.read_text())
    result = run(analyze, "security", "--offline=true", "--threshold=40", "--no-pager", unit)
    assert result.returncode == 0, result.stdout


def test_every_calendar_entry_is_a_time(server: Path) -> None:
    analyze = tool("systemd-analyze")
    entries = [entry for unit in UNITS for entry in re.findall(r"^OnCalendar=(.+)$", unit.read_text(), re.MULTILINE)]
    result = run(analyze, "calendar", *entries)
    assert (len(entries), result.returncode) == (4, 0), result.stdout


def test_every_unit_that_another_names_is_there() -> None:
    named = {
        name.replace("%N", "")
        for unit in UNITS
        for name in re.findall(r"[\w-]*proposals[\w@%-]*\.(?:service|timer|path)", unit.read_text())
    }
    assert named <= {re.sub(r"@\.", "@.", unit.name) for unit in UNITS}


def test_every_timer_and_path_has_its_service() -> None:
    starting = [unit for unit in UNITS if unit.suffix in {".timer", ".path"}]
    assert [unit.name for unit in starting if not unit.with_suffix(".service").exists()] == []


@pytest.mark.parametrize("path", [*UNITS, DEPLOY / "crontab", DEPLOY / "nightly", DEPLOY / "keep-serving"], ids=str)
def test_every_verb_that_deploy_calls_exists(path: Path) -> None:
    called = set(re.findall(r"(?:^ExecStart=\S*/|\bchronic |^)proposals (\w+)", path.read_text(), re.MULTILINE))
    assert called <= set(VERBS)


def test_cron_reads_the_crontab() -> None:
    result = run(tool("crontab"), "-n", DEPLOY / "crontab")
    if "invalid option" in result.stdout:
        result = run(tool("crontab"), "-T", DEPLOY / "crontab")
    assert result.returncode == 0, result.stdout


def test_crontab_lines_start_at_different_minutes_and_call_what_is_there() -> None:
    lines = [line for line in (DEPLOY / "crontab").read_text().splitlines() if re.match(r"[\d@]", line)]
    starts = [tuple(line.split()[:5]) for line in lines if not line.startswith("@")]
    assert len(set(starts)) == len(starts) == 4
    assert all((ROOT / script).exists() for line in lines for script in re.findall(r"deploy/[\w-]+", line))
    assert not any("%" in line for line in lines), "cron takes % for a line's end"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_shell_reads_every_script(path: Path) -> None:
    assert run("sh", "-n", path).stdout == ""
    assert path.stat().st_mode & 0o111, "it must be executable"


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    nginx = tool("nginx")
    configuration = (DEPLOY / "nginx" / "proposals.conf").read_text()
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ include {tmp_path}/proposals.conf; }}")
    configuration = configuration.replace("/var/cache", str(tmp_path)).replace("listen 80;", "listen 18080;")
    (tmp_path / "proposals.conf").write_text(configuration)
    result = run(nginx, "-t", "-p", tmp_path, "-c", main, "-g", "daemon off;")
    assert result.returncode == 0, result.stdout
    assert "[warn]" not in result.stdout


def test_dockerfile_copies_what_is_there_and_ends_in_the_command() -> None:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    words = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}
    assert {step for step, _ in steps} == words
    copied = [source for step, rest in steps if step == "COPY" for source in rest.split()[:-1]]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    allowed = set((DEPLOY / "Dockerfile.dockerignore").read_text().split())
    assert {f"!{source}" for source in copied} <= allowed
    assert json.loads(dict(steps)["ENTRYPOINT"]) == ["proposals"]
    assert dict(steps)["USER"] == "proposals"
