"""MkDocs hooks: the documents at the root of the repository become pages, so that one link serves both readers.

``[the README](../README.md)`` and ``[Operate](docs/operate.md)`` work where the files are read in the repository; here
they are turned into links between pages. A link to code becomes the path's name, and one to nothing stops the build.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
LINK = re.compile(r"(!?)\[([^\]\n]{1,200})\]\(([^)\s]{1,300})\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the root's documents; with ``project-`` before their names, because a folder's README would be its index."""
    for name in DOCUMENTS:
        content = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page_of(name), content=content))
    return files


def page_of(document: str) -> str:
    """The page's path of a document at the root: ``project-readme.md``."""
    return "project-" + document.lower().replace(".zh.", "-zh.")


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn the page's links to files of the repository into links between pages."""
    name = page.file.src_uri
    return rewrite(markdown, "." if name.startswith("project-") else "docs", name)


def rewrite(markdown: str, folder: str, page: str) -> str:
    """The text of ``page``, which lies in ``folder``, with links that the site understands.

    Raises :class:`PluginError` where a link leads to no file.
    """

    def linked(match: re.Match[str]) -> str:
        image, text, target = match.groups()
        path, _, anchor = target.partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return match[0]
        file = (ROOT / folder / path).resolve()
        if not file.exists():
            raise PluginError(f"{page}: the link to {target} leads to no file")
        return place(image, text, file, anchor)

    return LINK.sub(linked, markdown)


def place(image: str, text: str, file: Path, anchor: str) -> str:
    """The link as the site needs it: to a page, to a root document, or the text alone for anything else."""
    name = file.relative_to(ROOT).as_posix()
    if name in DOCUMENTS:
        target = page_of(name)
    elif name.startswith("docs/"):
        target = name.removeprefix("docs/")
    else:
        return f"{text} (`{name}`)"
    return f"{image}[{text}]({target}{'#' + anchor if anchor else ''})"
