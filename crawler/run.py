"""One run on one data folder: the lock, the ledger, the captures and the log, shared by all spiders of a process."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self, TextIO

from scrapy.settings import BaseSettings

from crawler import capture
from crawler.capture import Captures
from crawler.errors import CrawlError
from crawler.ledger import Ledger
from crawler.site import Site

LOCK = "crawl.lock"
CAPTURES = "captures"
LOGS = "logs"


class Busy(CrawlError):
    """Another run holds the data folder."""

    exit_status = 75  # EX_TEMPFAIL: try again later


class Run:
    """The run of this process. Get it with :meth:`of`; the last :meth:`release` ends it."""

    current: ClassVar[dict[Path, Run]] = {}

    def __init__(self, data: Path, settings: BaseSettings):
        self.data, self.users = data, 0
        self.ended_by: Exception | None = None
        """What ended the whole run early."""
        self.flaw: Exception | None = None
        """A mistake of this program that struck a page or a list, and that the command must end with."""
        self.stopped: Exception | None = None
        """That the run was told to end before it was through: nothing failed, and nothing can be judged by it."""
        self.lock: TextIO | None = None
        number: int | None = settings["PROPOSALS_RUN"]
        try:
            for folder in (data, data / CAPTURES, data / LOGS):
                folder.mkdir(parents=True, exist_ok=True)
            if number is None:
                self.lock = take_lock(data)
        except OSError as error:
            raise CrawlError(f"{error.filename or data}: cannot be used as data folder: {error.strerror}") from error
        self.ledger = Ledger(data / "ledger.db")
        if number is None:
            capture.recover(data / CAPTURES, self.ledger)
        self.own = number is None
        self.parent = os.getppid() if number is not None else 0
        """The process that began the run; where it dies, this one must end."""
        self.number = self.ledger.begin_run() if number is None else number
        about = capture.about(settings["USER_AGENT"], settings["PROPOSALS_CONTACT"])
        self.captures = Captures(
            data / CAPTURES, self.ledger, self.number, about, settings.getint("PROPOSALS_WARC_BYTES")
        )
        self.log_file = open_log(data / LOGS, self.number)

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """The run on the settings' data folder, begun where this process has none there yet.

        Raises Busy where another process has one, CrawlError where the folder cannot be used.
        """
        data = Path(settings["PROPOSALS_DATA"]).absolute()
        run = cls.current.get(data) or cls.current.setdefault(data, cls(data, settings))
        run.users += 1
        return run  # type: ignore[return-value]

    def release(self) -> None:
        """One user less; with the last one the run ends."""
        self.users -= 1
        if self.users > 0:
            return
        del self.current[self.data]
        try:
            self.end()
        except CrawlError as error:
            self.fail(error)
        finally:
            self.ledger.close()
            with contextlib.suppress(OSError):  # a full disk; it has ended the run already
                self.log_file.close()
            if self.lock:
                self.lock.close()

    def end(self) -> None:
        """Close the captures, and say in the ledger that the run is over."""
        self.captures.close()
        if self.own:
            self.ledger.end_run(self.number, str(self.error) if self.error else None)

    @property
    def error(self) -> Exception | None:
        """Why the command must not end as if all were well."""
        return self.ended_by or self.flaw

    def fail(self, error: Exception) -> None:
        """End the whole run, at all sites, as soon as what is in flight has come back; the first reason is kept."""
        self.ended_by = self.ended_by or error

    def orphaned(self) -> bool:
        """Whether the process that began the run is dead, so that this one must end too."""
        return bool(self.parent) and os.getppid() != self.parent

    def log(self, **fields: Any) -> None:
        """One line of JSON; a log that cannot be written ends the run, for nobody could see what it did."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": moment, "run": self.number, **fields}, ensure_ascii=False)
        try:
            self.log_file.write(line + "\n")
        except OSError as error:
            self.fail(CrawlError(f"{self.log_file.name}: cannot be written: {error.strerror}; make room"))


def take_lock(data: Path) -> TextIO:
    """The lock of a data folder, held until the file is closed or the process dies. Raises Busy."""
    lock = (data / LOCK).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "another process"
        lock.close()
        raise Busy(f"{data}: another run is active ({holder}); wait for it, or end it") from error
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
    lock.flush()
    return lock


def open_log(folder: Path, run: int) -> TextIO:
    """The log of a run, one line of JSON per request; processes of one run write to the same file.

    Raises CrawlError where it cannot be opened.
    """
    path = folder / f"crawl-{run:06}.jsonl"
    try:
        return path.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise CrawlError(f"{path}: cannot be written: {error.strerror}") from error


def check_contact(site: Site, settings: BaseSettings) -> None:
    """Raises CrawlError where a public site would be crawled by nobody in particular."""
    if not site.allow_private and not settings["PROPOSALS_CONTACT"]:
        raise CrawlError(
            f"{site.id}: set PROPOSALS_CONTACT to a mail address or page under which the site's operator can reach you"
        )
