"""Follow README.md and docs/operate.md to the letter on an empty machine: ``python -m tests.ops.install ROOT``.

To be called as root. ROOT becomes a fresh Debian with nothing but what README.md asks for (2 GB). There
``make demo`` is called; then the commands of "Install in ten minutes" are read out of docs/operate.md and run one block
after the other, in the variant with cron alone. The network is then cut off but for loopback, the sites of the project
are replaced by one imitation site, cron is started with the night moved to the next minute, and the archive must appear
behind nginx by itself.

What is replaced, because it cannot be the same here, stands in REPLACED and SKIPPED. Not part of the test suite.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
HOME = "/opt/proposal-archive"
"""Where the one who installs works; the service itself lives in /srv/proposals."""
PROJECT = f"{HOME}/project.bundle"
REPLACED = {
    "https://example.org/proposal-archive.git": PROJECT,
    "systemctl reload nginx": "nginx",
    "proposals crawl ankang --limit 20": "proposals sites >/dev/null",
    "proposals publish": "true",
}
"""The project's address; no systemd in a chroot; no public site is asked, so that there is nothing to publish yet."""
SKIPPED = ("systemctl enable", "deploy/mail proposals-test")
"""Blocks for systemd and for mail, which need an init and a mail server."""
DEMO = """
set -eu
apt-get update -qq
apt-get install -y -qq git make python3 python3-venv
git clone -q ~/project.bundle ~/checkout
cd ~/checkout
touch ~/demo.log
make demo > ~/demo.log 2>&1 &
for second in $(seq 600); do
  grep -q "^Open http" ~/demo.log && break
  kill -0 $! || { cat ~/demo.log; exit 1; }
  sleep 1
done
address=$(sed -n 's/^Open \\(http[^ ]*\\) .*/\\1/p' ~/demo.log)
for second in $(seq 60); do
  .venv/bin/python -c "import urllib.request as u; assert '园区' in u.urlopen('$address').read().decode()" && break
  sleep 1
done
echo "make demo: $address answers"
"""
NIGHT = """
set -eu
python3 -c "import fcntl, socket, struct
s = socket.socket(); name = struct.pack('16sh14x', b'lo', 0x1 | 0x40)
fcntl.ioctl(s, 0x8914, name)"
cd /srv/proposals
rm crawler/sites/*.toml
mkdir -p /srv/sites
echo PROPOSALS_SITES=/srv/sites >> /etc/default/proposals
.venv/bin/python - <<'PYTHON' &
import time
from pathlib import Path
from tests.sims.catalogue import make
from tests.sims.server import Server
with Server(make("node_content")) as server:
    server.write_site_file(Path("/srv/sites"))
    time.sleep(600)
PYTHON
sleep 3
crontab -u proposals -l > ~/crontab
at=$(date -d "+70 seconds" "+%M %H")
sed "s/^30 2 /$at /" ~/crontab | crontab -u proposals -
cron
nginx
for line in 8001 "8002 --sql --prefix /sql/"; do
  setpriv --reuid=proposals --regid=proposals --clear-groups /srv/proposals/deploy/run deploy/keep-serving $line &
done
for second in $(seq 240); do
  [ -e data/public/archive.db ] && break
  sleep 1
done
sleep 10
ls -l data data/public
.venv/bin/python - <<'PYTHON'
import json, urllib.parse, urllib.request
def get(path):
    asked = urllib.request.Request("http://127.0.0.1" + path, headers={"Host": "archive.example.org"})
    return urllib.request.urlopen(asked, timeout=20).read().decode()
assert "园区" in get("/search?q=" + urllib.parse.quote("园区"))
sql = urllib.parse.quote("SELECT count(*) AS n FROM proposals")
found = json.loads(get("/sql/archive.json?_shape=array&sql=" + sql))
assert found == [{"n": 12}], found
print("the night's archive answers behind nginx:", found)
PYTHON
setpriv --reuid=proposals --regid=proposals --clear-groups deploy/run proposals report
deploy/check-freshness data
echo "cron crawled and published; report and freshness check have nothing to say"
"""


def blocks() -> list[str]:
    """The commands of the installation in docs/operate.md, block by block."""
    text = (CHECKOUT / "docs" / "operate.md").read_text("utf-8")
    section = text.split("## Install in ten minutes")[1].split("\n## ")[0]
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [replaced(block) for block in found if not any(words in block for words in SKIPPED)]


def replaced(block: str) -> str:
    """A block with what must differ here."""
    for words, other in REPLACED.items():
        block = block.replace(words, other)
    return block


def inside(root: Path, script: str, *, network: bool = True) -> None:
    """Run a script in the root, with processes that end with it; without ``network`` there is loopback alone."""
    cut = [] if network else ["--net"]
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *cut, f"--mount-proc={root}/proc"]
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": HOME, "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive", "PIP_CERT": CERTIFICATES,
    }  # fmt: skip
    subprocess.run([*command, "chroot", root, "/bin/bash", "-c", script], env=environment, check=True)


def empty_machine(root: Path) -> None:
    """A fresh Debian with the project's bundle; of this machine it has the resolver and the certificates."""
    if not (root / "etc").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", root], check=True)
    for name in ("/etc/resolv.conf", CERTIFICATES):
        (root / name.lstrip("/")).write_bytes(Path(name).read_bytes())
    (root / HOME.lstrip("/")).mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "bundle", "create", "--quiet", root / PROJECT.lstrip("/"), "HEAD"], cwd=CHECKOUT, check=True)


def main() -> None:
    """All of it, with the time that each part took."""
    if os.geteuid() or len(sys.argv) != 2:
        sys.exit("usage, as root: python -m tests.ops.install ROOT")
    root = Path(sys.argv[1]).absolute()
    parts = {
        "an empty machine": lambda: empty_machine(root),
        "README: make demo": lambda: inside(root, DEMO),
        "operate: install": lambda: inside(root, "set -eux\n" + "\n".join(blocks())),
        "a night by cron": lambda: inside(root, NIGHT, network=False),
    }
    for name, part in parts.items():
        began = time.monotonic()
        part()
        sys.stdout.write(f"== {name}: {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
