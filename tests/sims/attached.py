"""An imitation of a site whose replies are files: the page holds a title and a link, the answer stands in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sims import layouts
from tests.sims.content import Entry
from tests.sims.sim import Answer, Ask, page
from tests.sims.static_lists import TrsSim


@dataclass
class AttachedSim(TrsSim):
    """``files`` holds the bytes of an entry's file under its path."""

    files: dict[str, bytes] = field(default_factory=dict)

    def path(self, entry: Entry) -> str:
        """The path of an entry's file: beside its page, as TRS keeps them."""
        suffix = "pdf" if entry.id % 2 else "docx"
        return f"/xxgk/jytabl/202506/P0202506{entry.id}.{suffix}"

    def detail(self, entry: Entry) -> str:
        title, path = layouts.title_of(entry), self.path(entry)
        link = f"<p>附件：<a href='{path}'>{title}{path[-5:].lstrip('0123456789')}</a></p>"
        main = f"<h1>{title}</h1><p>发布时间：{entry.day}</p><div class='TRS_Editor'>{link}</div>"
        return page(self, title, main, layouts.trio(self, entry))

    def render(self, ask: Ask) -> Answer | None:
        if ask.path in self.files:
            return Answer(body=self.files[ask.path], type="application/octet-stream")
        return super().render(ask)
