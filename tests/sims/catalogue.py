"""The imitation sites by name, for tests and for the demo. A family's sim is added here with its module."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from tests.sims import services, static_lists
from tests.sims.content import load
from tests.sims.jpaas import JpaasSim
from tests.sims.node_content import NodeContentSim
from tests.sims.sim import Sim

LETTERS: dict[str, tuple[type[Sim], str]] = {
    "trs": (static_lists.TrsSim, "清梧县人民政府"),
    "trs_years": (static_lists.TrsVariablesSim, "白沙渡区人民政府"),
    "vsb": (static_lists.VsbSim, "南屏山县人民政府"),
    "shaanxi": (static_lists.ShaanxiSim, "北塬县人民政府"),
    "hanweb_jpage": (services.JpageSim, "东澜市人民政府"),
    "ucap": (static_lists.UcapSim, "石溪县人民政府"),
    "ucap_service": (services.UcapServiceSim, "金沙洲区人民政府"),
    "longxin": (static_lists.LongxinSim, "柳桥县人民政府"),
    "longxin_label": (services.LongxinLabelSim, "青岗区人民政府"),
    "gkmlpt": (services.GkmlptSim, "海棠湾区人民政府"),
    "nfcms": (static_lists.NfcmsSim, "荔波湾市商务局"),
    "zhengzhou": (static_lists.ZhengzhouSim, "嵩阳新区人民政府"),
    "yueyang": (static_lists.YueyangSim, "汨水县人民政府"),
    "jeecms": (static_lists.JeecmsSim, "燕北市林业局"),
    "ylcms": (static_lists.YlcmsSim, "圆山市人民政府"),
    "xuancheng": (static_lists.XuanchengSim, "宛溪县人民政府"),
    "jian": (services.JianSim, "庐水市应急管理局"),
    "szinf": (services.SzinfSim, "枫桥市人民政府"),
    "next_link": (static_lists.NextLinkSim, "连泉市人民政府"),
    "parameter": (static_lists.ParameterSim, "绵岭市人民政府"),
}
"""The sites that answer by letter: the same fictional letters under another family and another name."""


def lettered(name: str, **options: Any) -> Sim:
    """A site of letters."""
    make_sim, title = LETTERS[name]
    content = msgspec.structs.replace(load("qingwu"), id=f"sim-{name.replace('_', '-')}", name=title)
    return make_sim(content, **options)


SIMS: dict[str, Callable[..., Sim]] = {
    "node_content": lambda **options: NodeContentSim(load("yunling"), **options),
    "hanweb_jpaas": lambda **options: JpaasSim(load("linlan"), **options),
    **{name: functools.partial(lettered, name) for name in LETTERS},
}
DEMO = (("node_content", {"gbk"}), ("hanweb_jpaas", set[str]()))
"""What ``proposals demo`` crawls: one site in GBK, one in UTF-8."""


def make(name: str, *faults: str, **options: Any) -> Sim:
    """The sim of a family with these faults switched on."""
    return SIMS[name](faults=set(faults), **options)
