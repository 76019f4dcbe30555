"""Patterns in full, of shapes that are written as data here."""

from __future__ import annotations

from dataclasses import replace

from singletable.design import compile_design
from singletable.design.ir import (
    PRIMARY,
    Action,
    Design,
    KeyCondition,
    Operand,
    Operation,
    Read,
    Refusal,
    Segment,
)
from singletable.emit.docs.patterns import pattern_section
from tests.singletable.library import library

DESIGN = compile_design([library], examples=False)


def lines_of(operation: Operation) -> list[str]:
    """The lines of a pattern that asks this."""
    pattern = replace(DESIGN.patterns[0], operation=operation)
    design: Design = replace(DESIGN, patterns=(pattern,))
    return [line for block in pattern_section(design) for line in block.split("\n")]


def equals(attribute: str, text: str) -> KeyCondition:
    return KeyCondition(attribute, "=", (Operand("S", (Segment("text", text),)),))


def read(kind: str, *reads: Read) -> Operation:
    return Operation(kind, ("library",), ("Book", "Loan"), reads[0].index, reads, ())


def test_a_collection_is_asked_by_the_keys_of_its_members() -> None:
    """One query, several entities; all attributes of its partition key."""
    conditions = (equals("day", "1"), equals("shelf", "A"))
    lines = lines_of(read("Query", Read("library", "wide", ("Book.key", "Loan.key"), conditions)))
    assert "- **Operation:** Query on `wide`, by `Book.key`, `Loan.key`" in lines
    assert "- **Key condition:** `day = 1` and `shelf = A`" in lines


def test_a_scan_has_no_key() -> None:
    """And no condition on one."""
    lines = lines_of(read("Scan", Read("library", "GSI1", (), ())))
    assert "- **Operation:** Scan on `GSI1`" in lines
    assert not any("Key condition" in line for line in lines)


def test_a_snapshot_lists_its_reads() -> None:
    """Numbered, with the key condition of each."""
    book, loan = (
        Read("library", PRIMARY, (f"{name}.key",), (equals("PK", name),))
        for name in ("Book", "Loan")
    )
    lines = lines_of(read("Snapshot", book, loan))
    assert "- **Operation:** Snapshot of 2 reads" in lines
    assert "1. **Read `primary`, by `Book.key`**" in lines
    assert "   - **Key condition:** `PK = Loan`" in lines


def test_messages_of_one_error_stand_together() -> None:
    """As the refusal itself joins them; a label is for code."""
    refusals = (
        Refusal("ItemMissing"),
        Refusal("ConditionFailed", "lent", "somebody has it"),
        Refusal("ConditionFailed", "old", "it is too old"),
    )
    key = (equals("PK", "BOOK"),)
    action = Action(
        "Delete", "Delete", "library", "Book", None, False, key, None, (), None, refusals
    )
    lines = lines_of(Operation("Delete", ("library",), ("Book",), PRIMARY, (), (action,)))
    expected = "`ItemMissing`, `ConditionFailed`: somebody has it; or it is too old"
    assert f"- **Refused with:** {expected}" in lines
