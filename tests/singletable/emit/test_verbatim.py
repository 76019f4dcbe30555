"""Expressions of CloudFormation."""

from __future__ import annotations

import pytest

from singletable.emit.verbatim import Verbatim, index_arn, intrinsic


@pytest.mark.parametrize("text", ["!Ref Name", "!If [Kept, true, false]", '!Sub "${Stage}-blog"'])
def test_short_forms_are_expressions(text: str) -> None:
    """They are kept as they stand."""
    assert intrinsic(text) == Verbatim(text)


@pytest.mark.parametrize("text", ["blog", "!Ref", "!ref Name", "!Ref Name\nX: y", "Ref Name"])
def test_other_text_is_no_expression(text: str) -> None:
    """Above all nothing that would end the line it is put into."""
    assert intrinsic(text) is None


@pytest.mark.parametrize(
    ("table", "index"),
    [
        ("arn:t", "arn:t/index/GSI1"),
        (Verbatim("!GetAtt Table.Arn"), Verbatim('!Sub "${Table.Arn}/index/GSI1"')),
        (Verbatim("!Ref TableArn"), Verbatim('!Sub "${TableArn}/index/GSI1"')),
        (Verbatim("!Sub ${A}:table/t"), Verbatim('!Sub "${A}:table/t/index/GSI1"')),
        (Verbatim("!Sub '${A}:table/t'"), Verbatim('!Sub "${A}:table/t/index/GSI1"')),
    ],
)
def test_an_index_has_an_arn_below_its_table(table: str | Verbatim, index: str | Verbatim) -> None:
    """Also where the table's is an expression."""
    assert index_arn(table, "GSI1") == index


def test_what_cannot_be_continued_is_refused() -> None:
    """With what could."""
    with pytest.raises(ValueError, match="!ImportValue x is neither !GetAtt, !Ref nor !Sub"):
        index_arn(Verbatim("!ImportValue x"), "GSI1")
