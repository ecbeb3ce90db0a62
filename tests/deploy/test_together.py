"""nginx, the reading site, the SQL site and a crawl on one machine at the same time, as deploy/ sets them up.

The two sites are started by the lines of deploy/crontab and reached through deploy/nginx/proposals.conf. While a second
crawl runs readers are served; what it found is published, and both sites open the new file by themselves.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.deploy.test_files import DEPLOY, ROOT, tool
from tests.sims.catalogue import make
from tests.sims.server import Server

pytestmark = pytest.mark.long

PATIENCE = 60.0


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def get(address: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of an answer to the site's name; status 0 while nobody answers."""
    try:
        request = urllib.request.Request(address, headers={"Host": "archive.example.org", **headers})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode(), {name.lower(): text for name, text in answer.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace"), {}
    except OSError:
        return 0, "", {}


class Machine:
    """A server's folder, users' ports and the processes on it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack, self.data = folder, stack, folder / "data"
        self.ports = {"80": free_port(), "8001": free_port(), "8002": free_port()}
        command = folder / "bin" / "proposals"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m archive.cli "$@"\n')
        command.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{command.parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PROPOSALS_DATA": str(self.data),
            "PROPOSALS_SITES": str(folder / "sites"),
        }

    def proposals(self, *words: str) -> subprocess.Popen[str]:
        """The command, running."""
        return subprocess.Popen(
            ["proposals", *words], env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def ended(self, *words: str) -> str:
        """What the command said; it must have ended well."""
        process = self.proposals(*words)
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output
        return output

    @contextmanager
    def running(self, *command: str) -> Iterator[None]:
        """A process and what it starts, for as long as the context lasts."""
        process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)

    def serve(self) -> None:
        """Start what the crontab starts at boot, on ports that are free here."""
        lines = re.findall(r"^@reboot .* deploy/(keep-serving .+)$", (DEPLOY / "crontab").read_text(), re.MULTILINE)
        assert len(lines) == 2
        for line in lines:
            script, port, *rest = shlex.split(line)
            self.stack.enter_context(self.running(str(DEPLOY / script), str(self.ports[port]), *rest))

    def proxy(self) -> None:
        """Start nginx with the site's configuration, its paths and ports moved into the folder."""
        nginx = tool("nginx")
        text = (DEPLOY / "nginx" / "proposals.conf").read_text()
        for port, here in self.ports.items():
            text = text.replace(f"listen {port};", f"listen 127.0.0.1:{here};").replace(
                f"127.0.0.1:{port};", f"127.0.0.1:{here};"
            )
        text = text.replace("/srv/proposals/data", str(self.data)).replace("/var/cache", str(self.folder))
        (self.folder / "proposals.conf").write_text(text)
        user = "user root;" if os.getuid() == 0 else ""
        paths = "".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = self.folder / "nginx.conf"
        main.write_text(
            f"{user} pid {self.folder}/nginx.pid; events {{}}\n"
            f"http {{ access_log off; {paths} include {self.folder}/proposals.conf; }}"
        )
        self.stack.enter_context(
            self.running(nginx, "-p", str(self.folder), "-c", str(main), "-e", "stderr", "-g", "daemon off;")
        )

    def address(self, path: str) -> str:
        """The public address of a path."""
        return f"http://127.0.0.1:{self.ports['80']}{path}"

    def until(self, path: str, words: str) -> None:
        """Wait until a page holds some words, asking no more often than nginx lets anybody ask."""
        deadline, seen = time.monotonic() + PATIENCE, ""
        while words not in seen:
            assert time.monotonic() < deadline, f"{path}: no {words!r} in {seen[:2000]}"
            time.sleep(2.1 if path.startswith("/sql/") else 1.1)
            seen = get(self.address(f"{path}&turn={time.monotonic_ns()}" if "?q=" in path else path))[1]


SQL = "/sql/archive.json?_shape=array&sql=" + quote("SELECT count(*) AS n FROM proposals")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    tool("nginx")
    with ExitStack() as stack:
        yield Machine(tmp_path, stack)


def test_a_crawl_and_both_sites_behind_nginx_run_together(machine: Machine) -> None:
    sim = make("node_content")
    server = machine.stack.enter_context(Server(sim))
    server.write_site_file(machine.folder / "sites")
    machine.ended("crawl", sim.id)
    machine.ended("publish")
    machine.ended("release", str(machine.data / "public" / "releases"))
    machine.serve()
    machine.proxy()
    machine.until("/", "<html")
    machine.until(SQL, '"n"')
    outside_is_as_the_configuration_says(machine)

    sim.faults.add("shift")  # a new entry: about a 政务服务驿站
    sim.delay = 0.3
    crawl = machine.proposals("crawl", sim.id)
    answered = 0
    while crawl.poll() is None:
        assert get(machine.address(f"/search?q={quote('园区')}&turn={answered}"))[0] == 200
        if answered < 5:  # of ten that may come at once
            assert json.loads(get(machine.address(SQL))[1]) == [{"n": 12}]
        answered += 1
        time.sleep(0.5)
    assert (crawl.returncode, answered > 2) == (0, True), crawl.communicate()[0]
    machine.ended("publish")
    machine.until(SQL, '"n": 13')
    machine.until("/search?q=" + quote("政务服务驿站"), "共 1 件")


def outside_is_as_the_configuration_says(machine: Machine) -> None:
    """What readers get, and what they do not."""
    status, page, _ = get(machine.address("/"))
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert (status, bool(styles)) == (200, True)
    assert [get(machine.address(style))[0] for style in styles] == [200] * len(styles)
    assert get(machine.address("/"))[2]["x-cache"] == "HIT"
    assert get(machine.address("/sql/archive"))[0] == 200
    assert [get(machine.address(path))[0] for path in ("/-/threads", "/sql/-/versions")] == [404, 404]
    assert get(machine.address("/archive?sql=select+1"))[0] in (400, 403)
    (release,) = (machine.data / "public" / "releases").glob("20*")
    sums = f"/dumps/{release.name}/SHA256SUMS"
    status, text, _ = get(machine.address(sums), Range="bytes=0-63")
    assert (status, len(text)) == (206, 64)
    private = ("/store.db", "/dumps/../../store.db", "/ledger.db")
    assert [get(machine.address(path))[1].startswith("SQLite") for path in private] == [False] * len(private)
