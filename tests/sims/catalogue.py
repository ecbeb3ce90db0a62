"""The imitation sites by name, for tests and for the demo. A family's sim is added here with its module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sims.content import load
from tests.sims.jpaas import JpaasSim
from tests.sims.node_content import NodeContentSim
from tests.sims.sim import Sim

SIMS: dict[str, Callable[..., Sim]] = {
    "node_content": lambda **options: NodeContentSim(load("yunling"), **options),
    "hanweb_jpaas": lambda **options: JpaasSim(load("linlan"), **options),
}
DEMO = (("node_content", {"gbk"}), ("hanweb_jpaas", set[str]()))
"""What ``proposals demo`` crawls: one site in GBK, one in UTF-8."""


def make(name: str, *faults: str, **options: Any) -> Sim:
    """The sim of a family with these faults switched on."""
    return SIMS[name](faults=set(faults), **options)
