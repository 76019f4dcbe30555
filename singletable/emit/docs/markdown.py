"""Markdown's own forms: tables, lists, code. Knows nothing of what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_PADDED = 60


def page(blocks: Iterable[str]) -> str:
    """Blocks with a blank line between them, without trailing spaces, one newline at the end."""
    lines = "\n\n".join(block.strip("\n") for block in blocks if block).split("\n")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns in which nothing was said are left out, narrow ones are aligned."""
    body = [[cell(text) for text in row] for row in rows]
    kept = [at for at in range(len(headers)) if any(row[at] for row in body)]
    lines = [[headers[at] for at in kept], *([row[at] for at in kept] for row in body)]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    widths = [width if width <= _PADDED else 3 for width in widths]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(_row(line, widths) for line in lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text.ljust(width) for text, width in zip(cells, widths, strict=True)]
    return f"| {' | '.join(padded)} |"


def cell(text: str) -> str:
    """Text that ends neither its cell nor its row."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def bullets(facts: Iterable[tuple[str, str]]) -> str:
    """`- **Name:** fact` for every fact that there is."""
    return "\n".join(f"- **{name}:** {fact}" for name, fact in facts if fact)


def code(text: str) -> str:
    """Inline code, whatever backticks the text has; nothing for no text."""
    if not text:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def codes(texts: Iterable[str], separator: str = ", ") -> str:
    return separator.join(map(code, texts))


def block(text: str, language: str) -> str:
    return f"```{language}\n{text}\n```"


def fold(title: str, text: str) -> str:
    """Text that is not seen until a reader opens it."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def link(heading: str, shown: str | None = None) -> str:
    """A link to a heading of the same page, with the anchor that GitHub gives it."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"[{shown or heading}](#{anchor})"


def count(number: int, one: str, many: str) -> str:
    """`1 index`, `3 indexes`."""
    return f"{number} {one if number == 1 else many}"
