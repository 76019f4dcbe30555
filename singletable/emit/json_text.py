"""Data as JSON that is read: short values on one line. Knows nothing of what it holds."""

from __future__ import annotations

import json
import re

from singletable.design.wire_text import GREATEST

_LEAF = re.compile(r"([{\[])\n\s+([^{}\[\]\n]+(?:,\n\s+[^{}\[\]\n]+)?)\n\s+([}\]])")


def json_text(value: object) -> str:
    """Indented JSON, one line of data where it is short; no character that cannot be shown."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _LEAF.sub(_on_one_line, text).replace(GREATEST, "\\udbff\\udfff")


def _on_one_line(found: re.Match[str]) -> str:
    """`{"S": "POST#1"}`: attribute values are read as a word."""
    content = re.sub(r",\n\s+", ", ", found[2])
    short = len(content) < 100 and ", " not in content
    return f"{found[1]}{content}{found[3]}" if short else found[0]
