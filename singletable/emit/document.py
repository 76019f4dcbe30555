"""A catalogue → docs/access-patterns.md: what there is, what is asked of it, and how."""

from __future__ import annotations

from singletable.catalogue import Catalogue
from singletable.emit.collections_section import collections_section
from singletable.emit.entity_section import entity_section
from singletable.emit.markdown import code, count, link, page
from singletable.emit.pattern_section import overview_section, pattern_section
from singletable.emit.table_section import table_section

MARKER = "<!-- Made by `singletable docs` from the declarations; not to be edited. -->"
_SECTIONS = (
    ("The table", "its indexes, and who uses them"),
    ("Entities", "fields, keys, an example of each"),
    ("Item collections", "what stands beside what"),
    ("Patterns at a glance", "every question"),
    ("Patterns in full", "conditions, order, refusals, and the exact request of an example"),
)
_LEGEND = (
    "`{name}` is an argument, `now` the moment of the request."
    " A `~` or `U+10FFFF` at the end of a range sorts after every value."
)


def access_patterns_page(catalogue: Catalogue) -> str:
    """The document; the same bytes from the same declarations."""
    table, entities, collections, glance, full = (f"## {heading}" for heading, _ in _SECTIONS)
    return page(
        [
            MARKER,
            f"# The design of {code(catalogue.table.name)}",
            _summary(catalogue),
            "\n".join(f"- {link(heading)}: {what}" for heading, what in _SECTIONS),
            table,
            *table_section(catalogue),
            entities,
            *entity_section(catalogue),
            collections,
            "Example items as each index orders them; a partition key is written once.",
            *collections_section(catalogue),
            glance,
            *overview_section(catalogue),
            full,
            _LEGEND,
            *pattern_section(catalogue),
        ]
    )


def _summary(catalogue: Catalogue) -> str:
    entities = count(len(catalogue.entities), "entity", "entities")
    patterns = count(len(catalogue.patterns), "access pattern", "access patterns")
    indexes = count(len(catalogue.indexes) - 1, "secondary index", "secondary indexes")
    return f"{entities}, {patterns}, one table with {indexes}."
