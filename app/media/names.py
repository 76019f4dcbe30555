"""The name under which a browser saves a file (RFC 6266). Trusts no name that it is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from model import ContentType

ENDINGS: Mapping[ContentType, tuple[str, ...]] = {
    ContentType.PNG: (".png",),
    ContentType.JPEG: (".jpg", ".jpeg"),
    ContentType.WEBP: (".webp",),
    ContentType.GIF: (".gif",),
    ContentType.PDF: (".pdf",),
}
"""By type, the first is the one that is added."""

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
_NAMELESS = "file"


def disposition(name: str, content_type: ContentType) -> str:
    """`Content-Disposition` of an attachment, in plain ASCII."""
    shown = saved_as(name, content_type)
    plain = _NOT_PLAIN.sub("_", shown)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"


def saved_as(name: str, content_type: ContentType) -> str:
    """The name without what is invisible or leads elsewhere, with an ending that fits the type."""
    visible = "".join(each for each in name if unicodedata.category(each)[0] != "C")
    bare = visible.replace("/", "_").replace("\\", "_").strip(" .") or _NAMELESS
    endings = ENDINGS[content_type]
    return bare if PurePosixPath(bare).suffix.lower() in endings else bare + endings[0]
