"""The small scripts of deploy/, run."""

from __future__ import annotations

import email
import os
import subprocess
import time
from email.message import Message
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
HOUR = 3600


def freshness(data: Path) -> tuple[int, str]:
    """Exit status and output of the freshness check."""
    done = subprocess.run([DEPLOY / "check-freshness", data], capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout + done.stderr


def aged(path: Path, hours: float) -> None:
    """A file that last changed ``hours`` ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, times=(time.time() - hours * HOUR,) * 2)


@pytest.mark.parametrize(
    ("crawled", "published", "status", "words"),
    [
        (1, 1, 0, []),
        (49, 49, 0, []),
        (60, 1, 2, ["Nothing was crawled for more than 50 hours"]),
        (1, 60, 2, ["Nothing was published for more than 50 hours"]),
        (60, 60, 2, ["Nothing was crawled", "Nothing was published"]),
    ],
)
def test_freshness_sees_what_fell_silent(
    tmp_path: Path, crawled: float, published: float, status: int, words: list[str]
) -> None:
    aged(tmp_path / "captures" / "old.warc.gz", 1000)
    aged(tmp_path / "captures" / "2026" / "new.warc.gz", crawled)
    aged(tmp_path / "public" / "archive.db", published)
    code, output = freshness(tmp_path)
    assert code == status
    assert all(word in output for word in words)
    assert len(output.splitlines()) == len(words)


def test_freshness_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    code, output = freshness(tmp_path / "none")
    assert code == 2
    assert "Nothing was crawled" in output


def mailed(folder: Path, unit: str, status: str, text: str, **environment: str) -> tuple[int, str, Message | None]:
    """What the mail script hands to the machine's sendmail, here one that keeps the message."""
    sendmail = folder / "sendmail"
    sendmail.write_text(f'#!/bin/sh\n[ "$1" = -t ] && cat > {folder}/message\n')
    sendmail.chmod(0o755)
    done = subprocess.run(
        [DEPLOY / "mail", unit, status],
        input=text.encode(),
        capture_output=True,
        timeout=20,
        check=False,
        env={"PATH": f"{folder}:/usr/bin:/bin", **environment},
    )
    message = folder / "message"
    return (
        done.returncode,
        done.stderr.decode(),
        email.message_from_bytes(message.read_bytes()) if message.exists() else None,
    )


def test_mail_says_what_needs_a_person(tmp_path: Path) -> None:
    report = "# 需要人工处理\n\n- example: blocked\n"
    code, _, message = mailed(tmp_path, "proposals-report", "2", report, PROPOSALS_MAIL_TO="a@example.org")
    assert (code, message is not None) == (0, True)
    assert message is not None
    assert message["To"] == message["From"] == "a@example.org"
    assert message["Subject"].endswith("proposals-report: something needs a person")
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == report


def test_mail_tells_a_failure_from_a_need(tmp_path: Path) -> None:
    environment = {"PROPOSALS_MAIL_TO": "a@example.org", "PROPOSALS_MAIL_FROM": "b@example.org"}
    _, _, message = mailed(tmp_path, "proposals-crawl", "1", "disk full\n", **environment)
    assert message is not None
    assert message["Subject"].endswith("proposals-crawl failed with exit status 1")
    assert message["From"] == "b@example.org"


def test_mail_without_an_address_names_the_setting(tmp_path: Path) -> None:
    code, error, message = mailed(tmp_path, "proposals-crawl", "1", "")
    assert (code != 0, message) == (True, None)
    assert "PROPOSALS_MAIL_TO" in error
    assert "/etc/default/proposals" in error


def nightly(folder: Path, crawl: int, publish: int) -> tuple[int, list[str]]:
    """Exit status of the nightly script, and the verbs that it called, where crawl and publish end as given."""
    command = folder / "proposals"
    command.write_text(
        f"#!/bin/sh\necho $1 >> {folder}/called\ncase $1 in crawl) exit {crawl};; publish) exit {publish};; esac\n"
    )
    command.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    done = subprocess.run([DEPLOY / "nightly"], env=environment, timeout=20, check=False)
    return done.returncode, (folder / "called").read_text().split()


@pytest.mark.parametrize(
    ("crawl", "publish", "status", "called"),
    [
        (0, 0, 0, ["crawl", "publish"]),
        (2, 0, 0, ["crawl", "publish"]),
        (75, 75, 0, ["crawl", "publish"]),
        (1, 0, 1, ["crawl"]),
        (0, 1, 1, ["crawl", "publish"]),
    ],
)
def test_nightly_publishes_unless_the_crawl_failed(
    tmp_path: Path, crawl: int, publish: int, status: int, called: list[str]
) -> None:
    assert nightly(tmp_path, crawl, publish) == (status, called)
