"""How one cites a record: the national standard's form, BibTeX, meta tags for citation managers, JSON-LD."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

NAMED = 3
"""Authors that GB/T 7714 has named; of more it says 等."""


def web_address(url: str | None) -> str | None:
    """The address where it may be linked: http or https, a host, no control characters; else None."""
    if not url or not url.isprintable() or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def as_script(data: Any) -> Markup:
    """JSON that may stand inside a script element, whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character, escape in ESCAPED.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - nothing that could end the element is left


def authors(record: dict[str, Any], hosts: list[str], proposers: list[str]) -> list[str]:
    """Who answers for the text: the host departments of a reply, the proposers of an original, else the site.

    ``hosts`` and ``proposers`` are their names in full, which a page need not print; a citation is read elsewhere.
    """
    if record["type"] == "original" and record["proposer"]:
        return proposers or [str(record["proposer"])]
    known = record["host"] or record["site_name"] or record["proposer"]
    return hosts or ([str(known)] if known else [])


def standard(record: dict[str, Any], address: str, archive: str, today: str) -> str:
    """GB/T 7714-2015, electronic resource: 责任者. 题名[EB/OL]. (日期)[引用日期]. 地址."""
    names = record["authors"]
    who = ", ".join([*names[:NAMED], *(["等"] if len(names) > NAMED else [])])
    number = f"({record['doc_number']})" if record["doc_number"] else ""
    dated = f"({record['date']})" if record["date"] else ""
    origin = web_address(record["url"])
    source = f" 原载:{origin}." if origin else ""
    return (
        f"{who + '. ' if who else ''}{record['title']}{number}[EB/OL]. {dated}[{today}]. {archive}, {address}.{source}"
    )


def bibtex(record: dict[str, Any], address: str, archive: str, today: str) -> str:
    """A ``@misc`` entry; braces and backslashes of the page are dropped from its values."""
    origin = web_address(record["url"])
    values = {
        "author": " and ".join(record["authors"]),
        "title": record["title"],
        "year": record["year"] or "",
        "date": record["date"] or "",
        "number": record["doc_number"] or "",
        "howpublished": archive,
        "url": address,
        "urldate": today,
        "note": origin and f"原载: {origin}",
    }
    lines = [f"  {name} = {{{bare(value)}}}," for name, value in values.items() if value]
    return "@misc{" + bare(record["id"]) + ",\n" + "\n".join(lines) + "\n}"


def bare(value: object) -> str:
    """The value on one line, without what BibTeX would read as its own syntax."""
    return " ".join("".join(c for c in str(value) if c not in "{}\\" and (c.isprintable() or c.isspace())).split())


def meta_tags(record: dict[str, Any], address: str) -> list[tuple[str, str]]:
    """Highwire tags, as Zotero and other citation managers read them."""
    tags = [
        ("citation_title", record["title"]),
        *(("citation_author", name) for name in record["authors"]),
        ("citation_publication_date", (record["date"] or "").replace("-", "/")),
        ("citation_technical_report_number", record["doc_number"]),
        ("citation_language", "zh"),
        ("citation_public_url", address),
    ]
    return [(name, str(value)) for name, value in tags if value]


def linked_data(record: dict[str, Any], address: str, archive: str, home: str) -> Markup:
    """schema.org for search engines: the document, who wrote it, where it was published first."""
    data = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": address,
        "url": address,
        "name": record["title"],
        "inLanguage": "zh-CN",
        "datePublished": record["publish_date"] or record["sign_date"],
        "author": [{"@type": "Organization", "name": name} for name in record["authors"]],
        "reportNumber": record["doc_number"],
        "isBasedOn": web_address(record["url"]),
        "spatialCoverage": record["place_name"],
        "isPartOf": {"@type": "Dataset", "name": archive, "url": home},
    }
    return as_script({key: value for key, value in data.items() if value})


def data_set(name: str, publisher: str | None, version: str | None, day: str, address: str, today: str) -> str:
    """GB/T 7714-2015, data base: 责任者. 题名:版本[DB/OL]. (日期)[引用日期]. 地址."""
    who = f"{publisher}. " if publisher else ""
    return f"{who}{name}{f':{version}' if version else ''}[DB/OL]. ({day})[{today}]. {address}."
