"""datapackage.json (Data Package, validated by Frictionless) and CITATION.cff (Citation File Format 1.2.0)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import yaml

from archive.dictionary import Column, SchemaTable
from archive.release.files import Written, file_digest
from archive.release.source import Source

Object = dict[str, Any]
PATTERNS = {
    "date or date-time": r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z))?",
    "date-time": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)",
}
TYPES = {
    **{name: name for name in ("integer", "number", "boolean", "date", "object")},
    "list": "array",
}
"""The types of Table Schema that are not text."""
MEDIA = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
    "cdxj": "text/plain",
    "markdown": "text/markdown",
}


class Publisher(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes the release and where to write; what is not set is not claimed."""

    name: str = "proposal-archive contributors"
    contact: str | None = None
    """Address for corrections and takedown."""
    url: str | None = None
    """Where the archive is read."""
    doi: str | None = None
    """The concept DOI, which always points at the newest release."""


def datapackage(source: Source, folder: Path, files: list[Written], release: Object, publisher: Publisher) -> Object:
    """The machine description of every file written so far."""
    licence = source.dictionary.licence
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "proposal-archive",
        "title": f"{source.dictionary.title.zh} {source.dictionary.title.en}",
        "description": f"{source.dictionary.description.zh}\n\n{source.dictionary.description.en}",
        "version": release["version"],
        "created": release["built"],
        "licenses": [{"name": licence.name, "title": licence.title, "path": licence.path}],
        "contributors": [{"title": publisher.name, "roles": ["publisher"]}],
        **({"homepage": publisher.url} if publisher.url else {}),
        "archive": release,
        "resources": [resource(source, folder, file) for file in files],
    }


def resource(source: Source, folder: Path, file: Written) -> Object:
    """One file: where it is, what it is, how long, its hash; the schema of a table."""
    path = folder / file.path
    found: Object = {
        "name": file.path.lower().replace("/", "-").replace(".", "-").replace("_", "-"),
        "title": file.title,
        "path": file.path,
        "format": file.format.split()[0],
        "mediatype": MEDIA.get(file.format, "application/zip"),
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_digest(path)}",
    }
    if file.format != "csv":
        found |= {"type": "file"} | ({"count": file.rows} if file.rows is not None else {})
    else:
        packed = {"compression": "gz"} if file.path.endswith(".gz") else {}
        found |= {"type": "table", "encoding": "utf-8", **packed, "rows": file.rows}
    if file.format == "csv" and file.table:
        return found | {"name": resource_name(file.table), "schema": table_schema(source, source.tables[file.table])}
    return found | described(source, file.path)


def described(source: Source, path: str) -> Object:
    """What the dictionary says of a file that is no table; nothing where it is not described there.

    JSON Lines and CDXJ have fields and yet are no tables here: validators read the one with an extra package, the other
    not at all.
    """
    about = source.dictionary.files.get(path)
    if about is None:
        return {}
    columns = source.dictionary.file_columns(path)
    return {
        "description": f"{about.description.zh} {about.description.en}",
        "schema": {"fields": [field(name, column) for name, column in columns.items()]},
    }


def resource_name(table: str) -> str:
    """The name of a table's resource."""
    return table.replace("_", "-")


def table_schema(source: Source, table: SchemaTable) -> Object:
    """Fields, primary key and foreign keys of a table, as Table Schema has them."""
    schema: Object = {
        "fields": [
            field(column.name, source.dictionary.column(table.name, column.name), column.required)
            for column in table.columns
        ]
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.references[0] == table.name else resource_name(column.references[0]),
                "fields": [column.references[1]],
            },
        }
        for column in table.columns
        if column.references
    ]
    if keys:
        schema["foreignKeys"] = keys
    return schema


def field(name: str, described: Column, required: bool = False) -> Object:
    """One column."""
    constraints: Object = {"required": True} if required else {}
    if described.values:
        constraints["enum"] = list(described.values)
    if described.type in PATTERNS:
        constraints["pattern"] = PATTERNS[described.type]
    members = "".join(f" {key}: {text.zh} {text.en};" for key, text in described.members.items())
    found: Object = {
        "name": name,
        "type": TYPES.get(described.type, "string"),
        "description": f"{described.zh} {described.en}{members}",
    }
    if described.type == "boolean":
        found |= {"trueValues": ["1"], "falseValues": ["0"]}
    return found | ({"constraints": constraints} if constraints else {})


def to_json(value: Object) -> bytes:
    """Readable JSON in the order given."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def citation(source: Source, release: Object, publisher: Publisher) -> bytes:
    """CITATION.cff of this version."""
    found: Object = {
        "cff-version": "1.2.0",
        "message": "Please cite this release, and the original page of every text that you quote.",
        "type": "dataset",
        "title": f"{source.dictionary.title.zh} {source.dictionary.title.en}",
        "version": release["version"],
        "date-released": str(release["built"])[:10],
        "authors": [{"name": publisher.name}],
        "license": source.dictionary.licence.name,
        "abstract": f"{source.dictionary.description.zh} {source.dictionary.description.en}",
    }
    if publisher.url:
        found["url"] = publisher.url
    if publisher.doi:
        found["identifiers"] = [{"type": "doi", "value": publisher.doi, "description": "all versions"}]
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=120).encode()
