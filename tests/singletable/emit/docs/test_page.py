"""docs/access-patterns.md, of the library."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from singletable import KEYS_ONLY, Entity, Table
from singletable.design import compile_design
from singletable.emit.docs.page import MARKER, access_patterns_page
from singletable.patterns import declarations_of
from tests.singletable.library import library
from tests.singletable.library.callers import callers

DESIGN = compile_design([library], callers())
PAGE = access_patterns_page(DESIGN)

_PRINT = (
    "from tests.singletable.library import library;"
    "from singletable.design import compile_design;"
    "from singletable.emit.docs.page import access_patterns_page;"
    "print(access_patterns_page(compile_design([library])), end='')"
)


def section(heading: str) -> str:
    """From a heading to the next of its level."""
    level = heading.split(" ", maxsplit=1)[0]
    return PAGE.partition(f"\n{heading}\n")[2].partition(f"\n{level} ")[0]


def anchors() -> list[str]:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]


def test_it_says_that_it_is_generated() -> None:
    """Whoever opens it to edit it reads that first."""
    assert PAGE.startswith(MARKER)


def test_it_is_clean_text() -> None:
    """No trailing space, no double blank line, one newline at the end."""
    assert not re.search(r"[ \t]$", PAGE, re.MULTILINE)
    assert "\n\n\n" not in PAGE
    assert PAGE.endswith("\n")
    assert not PAGE.endswith("\n\n")


def test_rows_of_a_table_have_as_many_cells_as_its_head() -> None:
    """Pipes within cells are escaped, such as that of a title or of `date | None`."""
    assert r"Dune \| Part One" in PAGE
    for rows in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", row)) for row in rows.splitlines()}
        assert len(cells) == 1, rows


def test_every_link_leads_somewhere() -> None:
    """Within the page."""
    targets = set(re.findall(r"\]\(#([^)]*)\)", PAGE))
    assert targets
    assert targets <= set(anchors())


def test_no_two_headings_share_an_anchor_that_is_linked() -> None:
    """A link would lead to the first of them."""
    found = anchors()
    for target in set(re.findall(r"\]\(#([^)]*)\)", PAGE)):
        assert found.count(target) == 1, target


def test_every_json_block_is_json() -> None:
    """What is shown can be copied and sent."""
    blocks = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == len(DESIGN.entities) + len(DESIGN.patterns)
    for block in blocks:
        json.loads(block)


@pytest.mark.parametrize("name", sorted(declarations_of(library).patterns))
def test_every_pattern_is_listed_and_told_in_full(name: str) -> None:
    """With its question and the request of its example."""
    row = next(row for row in DESIGN.patterns if row.name == name)
    assert f"[{name}](#" in section("## Patterns at a glance")
    told = section(f"### {name}")
    assert row.example is not None
    assert row.question in told
    assert f"- **Returns:** `{row.returns}`" in told
    assert f"`{row.example.requests[0].operation}`" in told


def test_a_query_is_told_in_words() -> None:
    """Key condition, order, shards, filter."""
    told = section("### books.on_shelf")
    assert "- **Operation:** Query on `GSI2`, by `Book.on_shelf`" in told
    assert "- **Key condition:** `GSI2PK = SHELF#{shard}`" in told
    assert "- **Order:** newest first, by `added_at`, then `book_id`" in told
    assert "- **Filter:** `attribute_not_exists(copies) OR copies >= {least}`" in told
    assert "- **Requests:** 3, one a shard, merged" in told


def test_a_transaction_is_told_by_numbered_actions() -> None:
    """As its refusals count them."""
    told = section("### loans.lend")
    assert "1. **Create Loan**\n   - **Item:**" in told
    assert "3. **Check Member**" in told
    assert "- **Operation:** Transaction of 3 actions" in told
    assert "- **Operation:** Transaction of up to 3 actions" in section("### members.change")


def test_an_update_is_told_by_what_may_differ() -> None:
    """The example by what does."""
    told = section("### members.change")
    assert "`email`, `name`, where they differ" in told
    assert "`after` = `before` but `email = eve@lib.test`, `name = Eve`" in told


def test_callers_are_a_column_where_they_are_known() -> None:
    """A pattern without any shows a dash; without configuration there is no column."""
    glance = section("## Patterns at a glance")
    assert "`GET /books/{book_id}`; `the nightly report`" in glance
    assert "—" in glance
    assert "Asked by" not in access_patterns_page(compile_design([library]))


def test_entities_tell_fields_keys_and_constraints() -> None:
    """And show an item."""
    book, member = section("### Book"), section("### Member")
    assert "Copies of it are counted, not told apart." in book
    assert re.search(r"`released_on` +\| `date \\\| None` +\| in GSI1", book)
    assert "absent without `released_on`" in book
    assert "3 shards, by `book_id`" in book
    assert "`email` is unique, kept by the item `UNIQUE#Member#email#{email}`." in member
    assert '"GSI1PK": {"S": "NAME"}' in member


def test_indexes_tell_what_they_hold_and_of_whom() -> None:
    """Sparse ones say of which items."""
    told = section("## The table")
    assert "Book (where `released_on` is set), Member, Loan" in told
    assert "keys and `title`, `author`" in told
    assert "DynamoDB deletes items some time after their `forgotten_at`." in told


def test_the_diagram_escapes_what_mermaid_would_read() -> None:
    """`#` starts an entity code; a dotted line is a sparse index."""
    diagram = PAGE.partition("```mermaid\n")[2].partition("```")[0]
    assert 'Loan -->|"MEMBER#35;{member_id}<br/>LOAN#35;{book_id}"| index0' in diagram
    assert "Book -.->|" in diagram


def test_item_collections_group_items_by_partition() -> None:
    """A member's loans stand above the member; an index shows its own entries."""
    told = section("## Item collections")
    assert re.search(r"\| `LOAN#dune` \| Loan .*\n\|  +\| `MEMBER` +\| Member", told)
    assert "`UNIQUE#Member#email#ada@lib.test`" in told
    assert re.search(r"`SHELF#0` \| .*solaris` \| Book +\| `book_id: \"solaris\"`", told)


def test_a_projection_leaves_out_what_it_lacks() -> None:
    """Of an index that holds keys only, the collection shows keys only."""
    table = Table("thin")
    thin = table.global_index(
        "GSI1", partition_key="GSI1PK", sort_key="GSI1SK", projection=KEYS_ONLY
    )

    class Leaf(Entity, table=table):
        """A leaf."""

        leaf_id: str
        colour: str = "green"

        key = table.primary.key("LEAF#{leaf_id}", "LEAF")
        by_colour = thin.key("COLOUR#{colour}", "{leaf_id}")

    page = access_patterns_page(compile_design([table]))
    assert Leaf.by_colour.compiled.index.projection is KEYS_ONLY
    listed = page.partition("### Items in `GSI1`")[2].partition("## ")[0]
    assert "`COLOUR#green`" in listed
    assert "colour: " not in listed


def test_the_page_is_the_same_in_every_process() -> None:
    """Sets are ordered differently under another hash seed; the page is not."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", _PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {access_patterns_page(compile_design([library])).encode()}
