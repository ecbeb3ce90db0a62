"""datapackage.json (Data Package, validated by Frictionless) and CITATION.cff (Citation File Format 1.2.0)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import yaml

from archive.dictionary import Column, SchemaColumn, SchemaTable
from archive.release.files import Written, file_digest
from archive.release.source import Source

Object = dict[str, Any]
PATTERNS = {
    "date or date-time": r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z))?",
    "date-time": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)",
}
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
    if file.format == "csv" and file.table:
        found |= {"name": resource_name(file.table), "type": "table", "encoding": "utf-8", "compression": "gz"}
        return found | {"rows": file.rows, "schema": table_schema(source, source.tables[file.table])}
    return found | {"type": "file"} | ({"count": file.rows} if file.rows is not None else {})


def resource_name(table: str) -> str:
    """The name of a table's resource."""
    return table.replace("_", "-")


def table_schema(source: Source, table: SchemaTable) -> Object:
    """Fields, primary key and foreign keys of a table, as Table Schema has them."""
    schema: Object = {
        "fields": [field(column, source.dictionary.column(table.name, column.name)) for column in table.columns]
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


def field(declared: SchemaColumn, described: Column) -> Object:
    """One column."""
    constraints: Object = {"required": True} if declared.required else {}
    if described.values:
        constraints["enum"] = list(described.values)
    if described.type in PATTERNS:
        constraints["pattern"] = PATTERNS[described.type]
    simple = described.type in ("integer", "number", "boolean", "date")
    found: Object = {
        "name": declared.name,
        "type": described.type if simple else "string",
        "description": f"{described.zh} {described.en}",
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
