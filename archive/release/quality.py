"""QUALITY.md: how much is filled, what is known to be missing, and a random sample to check by hand."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from typing import Any

from archive.release.source import Row, Source

SAMPLE = 50
"""Records in the sample; an error rate of 6 % or more then shows with 95 % probability (1 - 0.94 ** 50)."""
SURE = 0.8
"""Values read with less confidence are counted as doubtful."""
SAMPLED = ("kind", "number", "term", "session", "proposer", "host", "sign_date", "category", "doc_number")

HEADING = """\
# 质量说明 Quality

发布 {version}，档案生成于 {built}。空值表示页面没有写明或程序没有读出，从不猜测。

Release {version} of the archive built {built}. Empty means that the page does not say it, or that it was not read;
nothing is guessed.
"""
SAMPLE_HEADING = """\
## 人工核对样本 Sample to check by hand

由编号和生成时间的散列选出，任何人都能重现。请打开原网页逐项核对，把有误的字段记在最后一列。

Chosen by a hash of id and build time, so that anybody can draw it again. Open each page, compare, and note wrong
fields in the last column.
"""


def filled(source: Source) -> dict[tuple[str, str], str]:
    """The share of rows that have a value, by table and column, as text."""
    shares = {}
    for table in source.tables.values():
        counts = ", ".join(f'count("{column.name}")' for column in table.columns)
        row = source.connection.execute(f'SELECT {counts} FROM "{table.name}"').fetchone()  # noqa: S608 - names
        for column, count in zip(table.columns, row, strict=True):
            shares[table.name, column.name] = percent(count, source.counts[table.name])
    return shares


def percent(part: int, whole: int) -> str:
    """A share with one decimal; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def write(source: Source, version: str, shares: dict[tuple[str, str], str]) -> str:
    """The page as Markdown."""
    parts = [HEADING.format(version=version, built=source.about["built"])]
    for heading, names, rows in sections(source, shares):
        parts.append(f"## {heading}\n\n{table(names, rows)}")
    parts.append(SAMPLE_HEADING + "\n" + table(["id", "url", *SAMPLED, "有误 wrong"], sample(source)))
    return "\n".join(parts)


def sections(
    source: Source, shares: dict[tuple[str, str], str]
) -> Iterator[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """Heading, column names and rows of each table of the page."""
    read = source.connection.execute
    yield "行数 Rows", ["表 table", "行 rows"], list(source.counts.items())
    by_type = read("SELECT type, kind, state, count(*) FROM proposals GROUP BY 1, 2, 3 ORDER BY 1, 2, 3").fetchall()
    yield "记录 Records", ["type", "kind", "state", "行 rows"], by_type
    fields = [(column, share) for (name, column), share in shares.items() if name in ("proposals", "texts")]
    yield "字段填充 Fields filled", ["字段 field", "填充率 filled"], fields
    doubtful = read(
        "SELECT field, count(*), sum(confidence < ?) FROM evidence GROUP BY field ORDER BY field", (SURE,)
    ).fetchall()
    rows = [(field, total, low, percent(low, total)) for field, total, low in doubtful]
    yield f"把握低于 {SURE} Confidence below {SURE}", ["字段 field", "值 values", "存疑 doubtful", "比例 share"], rows
    yield (
        "站点状态 States of sites",
        ["state", "站点 sites", "记录 records"],
        read("SELECT state, count(*), sum(records) FROM sites GROUP BY state ORDER BY state").fetchall(),
    )
    yield (
        "编号台账 Number ledger",
        ["state", "reason", "编号 numbers"],
        read("SELECT state, reason, count(*) FROM numbers GROUP BY 1, 2 ORDER BY 1, 2").fetchall(),
    )
    yield (
        "已知问题 Problems of the last runs",
        ["站点 site", "state", "问题 problems", "说明 detail"],
        read(
            "SELECT site, state, problems, detail FROM crawls c"
            " WHERE (problems > 0 OR state != 'fine') AND id = (SELECT max(id) FROM crawls WHERE site = c.site)"
            " ORDER BY problems DESC, site LIMIT 200"
        ).fetchall(),
    )
    yield "档案信息 About the archive", ["key", "value"], sorted(source.about.items())


def sample(source: Source) -> list[Row]:
    """The records whose hash of id and build time is smallest."""

    def order(row: Row) -> bytes:
        return hashlib.sha256(f"{row[0]}\n{source.about['built']}".encode()).digest()

    present = source.connection.execute("SELECT id FROM proposals WHERE state = 'present'")
    chosen = sorted(row[0] for row in heapq.nsmallest(SAMPLE, present, key=order))
    columns = ", ".join(("id", "url", *SAMPLED))
    rows = [source.connection.execute(f"SELECT {columns} FROM proposals WHERE id = ?", (id_,)) for id_ in chosen]  # noqa: S608 - constants
    return [(*row.fetchone(), "") for row in rows]


def table(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """A Markdown table; a line that says so where there are no rows."""
    if not rows:
        return "无 none\n"
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cell(value) for value in line)} |" for line in lines) + "\n"


def cell(value: Any) -> str:
    """A value that cannot break the table it stands in, nor carry markup."""
    text = "" if value is None else " ".join(str(value).split())
    for character in "\\|<>`*_[]":
        text = text.replace(character, "\\" + character)
    return text if len(text) <= 200 else text[:200] + "…"
