"""A design → docs/access-patterns.md: what there is, what is asked of it, and how."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.design.ir import Design
from singletable.emit.docs.collections import collections_section
from singletable.emit.docs.entities import entity_section
from singletable.emit.docs.markdown import codes, count, link, page
from singletable.emit.docs.patterns import overview_section, pattern_section
from singletable.emit.docs.tables import table_section

MARKER = "<!-- Made by `singletable docs` from the declarations; not to be edited. -->"
_LEGEND = (
    "`{name}` is an argument, `now` the moment of the request."
    " A `~` or `U+10FFFF` at the end of a range sorts after every value."
)


def access_patterns_page(design: Design, units: Mapping[str, str] | None = None) -> str:
    """The document; the same bytes from the same declarations.

    `units`: what a call of each pattern costs, of those of which it is known.
    """
    sections = (
        (
            ("The table", "its indexes, and who uses them")
            if len(design.tables) == 1
            else ("The tables", "their indexes, and who uses them")
        ),
        ("Entities", "fields, keys, an example of each"),
        ("Item collections", "what stands beside what"),
        ("Patterns at a glance", "every question"),
        ("Patterns in full", "conditions, order, refusals, and the exact request of an example"),
    )
    tables, entities, collections, glance, full = (f"## {heading}" for heading, _ in sections)
    return page(
        [
            MARKER,
            f"# The design of {codes((table.name for table in design.tables), ' and ')}",
            _summary(design),
            "\n".join(f"- {link(heading)}: {what}" for heading, what in sections),
            tables,
            *table_section(design),
            entities,
            *entity_section(design),
            collections,
            "Example items as each index orders them; a partition key is written once.",
            *collections_section(design),
            glance,
            *overview_section(design, units or {}),
            full,
            _LEGEND,
            *pattern_section(design),
        ]
    )


def _summary(design: Design) -> str:
    entities = count(len(design.entities), "entity", "entities")
    patterns = count(len(design.patterns), "access pattern", "access patterns")
    secondary = sum(len(table.indexes) - 1 for table in design.tables)
    indexes = count(secondary, "secondary index", "secondary indexes")
    tables = "one table" if len(design.tables) == 1 else f"{len(design.tables)} tables"
    return f"{entities}, {patterns}, {tables} with {indexes}."
