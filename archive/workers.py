"""Processes that parse captures for a rebuild: of this machine, or of a dask.distributed cluster.

Both are executors of ``concurrent.futures``, so that a rebuild is the same on either.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

import msgspec

from archive.errors import ClusterError

CONNECT = 15.0
"""Seconds that a cluster's scheduler may take to answer."""
RETRIES = 3
"""How often a file is parsed again whose worker died, before the rebuild gives up."""


class Workers(msgspec.Struct, frozen=True):
    """Where files are parsed, and how many at the same time."""

    executor: Executor
    count: int


@contextmanager
def processes(jobs: int) -> Iterator[Workers]:
    """``jobs`` processes of this machine."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=end_with_parent) as executor:
        yield Workers(executor, jobs)


def end_with_parent() -> None:
    """Let a worker end when its parent is killed, so that it holds no lock that it inherited."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """The workers of the cluster whose scheduler answers at ``address``; they must see the data folder at its path.

    A worker that dies is no loss: what it was parsing is parsed by another. Raises ClusterError where the extra
    ``cluster`` is not installed, the scheduler does not answer, or it has no workers.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterError("--cluster needs the extra: pip install 'proposal-archive[cluster]'") from error
    try:
        client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"{address}: no scheduler answers there; start one with `dask scheduler`") from error
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise ClusterError(f"{address}: the scheduler has no workers; start some with `dask worker {address}`")
        with client.get_executor(pure=False, retries=RETRIES) as executor:
            yield Workers(executor, count)
