"""Findings that a design accepts: they do not count, and nothing is accepted for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from singletable import Entity, Table
from singletable.check.checker import RULES, check_design
from singletable.check.examples import EXAMPLES
from singletable.check.volumes import volumes_of
from singletable.design import compile_design, ir
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of
from singletable.errors import InvalidAcceptance, InvalidDesignFile
from tests.singletable.raises import raises

BROKEN = EXAMPLES["key-collision"].breaks


PK = ir.KeyAttribute("PK")
TABLE = ir.Table("library", (ir.Index(ir.PRIMARY, "primary", (PK,)),))
VECTORS = ir.Index("near", "vector", (), vector=ir.VectorSearch("vector", 3, "cosine"))
ASKED = ir.Read("library", ir.PRIMARY, (), ())
SEARCH = replace(ASKED, index="near", distance="cosine")
READ = ir.Operation("Query", ("library",), (), ir.PRIMARY, (ASKED,), ())
PATTERN = ir.Pattern("books.by_title", "books", "", "", None, (), READ, "", ())


def accepting(
    rule: str = "key-collision", subject: str = "Customer, Order", because: str = "so"
) -> Any:
    return {**BROKEN, "accepted": [{"rule": rule, "subject": subject, "because": because}]}


@pytest.mark.parametrize("subject", ["Customer, Order", "Order,Customer"])
def test_what_is_accepted_does_not_count(subject: str) -> None:
    """In whichever order its names stand."""
    report = check_design(design_of(accepting(subject=subject)))
    assert {each.rule.severity for each in report.findings} <= {"note"}
    [accepted] = report.accepted
    assert accepted.finding.rule.slug == "key-collision"
    assert accepted.acceptance.because == "so"


@pytest.mark.parametrize(
    ("rule", "subject"), [("key-collision", "Customer"), ("ambiguous-template", "Order")]
)
def test_an_acceptance_of_nothing_is_found(rule: str, subject: str) -> None:
    """And what it does not name counts."""
    found = {
        each.rule.slug: each for each in check_design(design_of(accepting(rule, subject))).findings
    }
    above = {slug for slug, each in found.items() if each.rule.severity != "note"}
    assert above == {"key-collision", "unused-acceptance"}
    unused = found["unused-acceptance"]
    assert (unused.subject, unused.rule.severity) == (subject, "warning")
    assert rule in unused.declared


@pytest.mark.parametrize(
    ("rule", "subject", "problem"),
    [
        ("key-colision", "Customer, Order", "'key-colision'; did you mean key-collision"),
        ("unused-acceptance", "Order", "there is no rule 'unused-acceptance'"),
        ("key-collision", "Customer, Ordre", "the design has no 'Ordre'; did you mean Order"),
        ("key-collision", "", "the design has no ''"),
    ],
)
def test_what_cannot_be_found_cannot_be_accepted(rule: str, subject: str, problem: str) -> None:
    with raises(InvalidAcceptance, where=f"accepted {rule}", declared=problem):
        check_design(design_of(accepting(rule, subject)))


@pytest.mark.parametrize("because", ["", "  "])
def test_a_file_gives_a_reason(because: str) -> None:
    with raises(InvalidDesignFile, declared="accepted.0.because: a reason is due"):
        design_of(accepting(because=because))


def test_without_volumes_nobody_knows_what_is_hot() -> None:
    """So an acceptance of it is none of nothing; with them it is used."""
    breaks, _, volumes = EXAMPLES["hot-partition"]
    assert volumes is not None
    design = design_of(
        {
            **breaks,
            "accepted": [
                {"rule": "hot-partition", "subject": "Order.primary", "because": "a test"}
            ],
        }
    )
    slugs = {each.rule.slug for each in check_design(design).findings}
    assert "unused-acceptance" not in slugs
    report = check_design(design, volumes_of(volumes[0], design))
    assert [each.finding.rule.slug for each in report.accepted] == ["hot-partition"]
    cool = check_design(design, volumes_of(volumes[1], design))
    assert "unused-acceptance" in {each.rule.slug for each in cool.findings}


def tagged() -> Table:
    """A table of which each tag is in one partition."""
    table = Table("tags")

    class Tag(Entity, table=table):
        """A word."""

        word: str
        key = table.primary.key("TAG", "{word}")

    return table


def test_a_table_accepts_what_is_found() -> None:
    """By the words of the finding; the place is that of the call."""
    table = tagged()
    before = check_design(compile_design([table], examples=False))
    [finding] = [each for each in before.findings if each.rule.slug == "one-partition"]
    table.accept("one-partition", finding.subject, because="There are a hundred tags.")
    design = compile_design([table], examples=False)
    [acceptance] = design.accepted
    assert acceptance.because == "There are a hundred tags."
    assert acceptance.place is not None
    assert acceptance.place.file == "tests/singletable/check/test_acceptances.py"
    assert ir.from_json(ir.to_json(design)).accepted == design.accepted
    after = check_design(design)
    assert [each.finding for each in after.accepted] == [finding]
    assert len(after.findings) == len(before.findings) - 1


def test_what_python_accepts_a_file_does() -> None:
    """Keys have the names there that a file's findings have."""
    table = tagged()
    table.accept("one-partition", "Tag.key", because="There are a hundred tags.")
    data, _ = export_design(compile_design([table], examples=False))
    assert data["accepted"][0]["subject"] == "Tag.primary"
    report = check_design(design_of(data))
    assert [each.finding.rule.slug for each in report.accepted] == ["one-partition"]


def test_a_file_accepts_by_its_own_rules_and_what_it_has() -> None:
    """What an engine leaves out, a file matches; what is about vectors is not in a file."""
    accepted = tuple(
        ir.Acceptance(rule, subject, "so")
        for rule, subject in (
            ("reads-others", "books.by_title"),
            ("unread-index", "library.near"),
            ("scan", "books.like"),
        )
    )
    tables = (replace(TABLE, indexes=(*TABLE.indexes, VECTORS)),)
    search = replace(PATTERN, name="books.like", operation=replace(READ, reads=(SEARCH,)))
    data, _ = export_design(ir.Design(tables, (), (), (PATTERN, search), accepted=accepted))
    assert [(each["rule"], each["subject"]) for each in data["accepted"]] == [
        ("matches-others", "books.by_title")
    ]


@pytest.mark.parametrize("because", ["", " ", None])
def test_a_table_accepts_nothing_without_a_reason(because: Any) -> None:
    with raises(InvalidAcceptance, declared="because="):
        tagged().accept("one-partition", "Tag.key", because=because)


def test_a_table_accepts_a_finding_once() -> None:
    table = tagged()
    table.accept("one-partition", "Tag.key", because="small")
    with raises(InvalidAcceptance, declared="is accepted twice"):
        table.accept("one-partition", "Tag.key", because="tiny")


def test_the_place_of_a_wrong_acceptance_is_said() -> None:
    table = tagged()
    table.accept("one-partition", "Tag.by_word", because="small")
    design = compile_design([table], examples=False)
    [acceptance] = design.accepted
    assert acceptance.place is not None
    where = f"{acceptance.place.file}:{acceptance.place.line}"
    with raises(InvalidAcceptance, where=where, declared="the design has no 'Tag.by_word'"):
        check_design(design)


def test_every_rule_but_that_of_acceptances_can_be_accepted() -> None:
    for slug in {each.slug for each in RULES} - {"unused-acceptance"}:
        check_design(design_of(accepting(slug)))
