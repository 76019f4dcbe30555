"""Each rule finds what breaks it, leaves what does not, and its witness does what it says."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from singletable.check.checker import RULES, check_design
from singletable.check.examples import EXAMPLES
from singletable.check.findings import Finding
from singletable.check.volumes import volumes_of
from singletable.design import ir
from singletable.design.interchange import design_of
from singletable.emit.infra.create_table import TableOptions, create_table
from singletable.testing import memory_transport
from singletable.transport import Transport, TransportError, boto3_transport
from tests.backends import ON_LOCAL, client_of, local_endpoint

SLUGS = [rule.slug for rule in RULES]
OF_PYTHON = {"reads-others"}
"""Rules that no design in a file breaks."""
ONE_KEY = {"key-collision", "forged-by-delimiter", "key-lacks-identity", "returns-overwritten"}


def found_in(data: Any, volumes: Any) -> list[Finding]:
    design = design_of(data)
    return list(check_design(design, volumes_of(volumes, design)).findings)


def test_every_rule_has_examples() -> None:
    assert len(set(SLUGS)) == len(SLUGS)
    assert set(EXAMPLES) == set(SLUGS) - OF_PYTHON


@pytest.mark.parametrize("slug", EXAMPLES)
def test_a_rule_finds_what_breaks_it(slug: str) -> None:
    breaks, _, volumes = EXAMPLES[slug]
    assert slug in {each.rule.slug for each in found_in(breaks, volumes[0] if volumes else {})}


@pytest.mark.parametrize("slug", EXAMPLES)
def test_a_rule_finds_nothing_in_a_sound_design(slug: str) -> None:
    """Nor does any other rule, above notes."""
    _, keeps, volumes = EXAMPLES[slug]
    findings = found_in(keeps, volumes[1] if volumes else {})
    found = {each.rule.slug: each.rule.severity for each in findings}
    assert slug not in found
    assert set(found.values()) <= {"note"}


@pytest.fixture(params=["memory", ON_LOCAL])
def send(request: pytest.FixtureRequest) -> Iterator[Transport]:
    if request.param == "memory":
        yield memory_transport()
    else:
        yield boto3_transport(client_of(local_endpoint()))


def finding_of(design: ir.Design, slug: str) -> Finding:
    [finding] = [each for each in check_design(design).findings if each.rule.slug == slug]
    return finding


def stored(send: Transport, design: ir.Design, finding: Finding) -> tuple[str, list[Any]]:
    """The name of the table that has the items of a finding's witness, and what it has."""
    [table] = design.tables
    name = f"witness-{uuid.uuid4().hex}"
    send("CreateTable", create_table(table, name, TableOptions(stream=None, protection=False)))
    for _, item in finding.witness.items:
        send("PutItem", {"TableName": name, "Item": item})
    return name, send("Scan", {"TableName": name, "ConsistentRead": True})["Items"]


@pytest.mark.parametrize("slug", sorted(ONE_KEY))
def test_of_items_with_one_key_the_last_is_left(send: Transport, slug: str) -> None:
    design = design_of(EXAMPLES[slug].breaks)
    finding = finding_of(design, slug)
    (_, first), (_, second) = finding.witness.items
    assert first != second or slug == "returns-overwritten"
    assert stored(send, design, finding)[1] == [second]


def test_other_values_make_the_same_key_text(send: Transport) -> None:
    design = design_of(EXAMPLES["ambiguous-template"].breaks)
    finding = finding_of(design, "ambiguous-template")
    (_, first), (_, second) = finding.witness.items
    assert first["SK"] == second["SK"]
    assert (first["country"], first["order"]) != (second["country"], second["order"])
    assert "{country}{order}" in finding.declared


def test_an_item_that_nobody_meant_is_answered(send: Transport) -> None:
    """By the request that the pattern sends."""
    design = design_of(EXAMPLES["matches-others"].breaks)
    finding = finding_of(design, "matches-others")
    [(entity, item)] = finding.witness.items
    assert entity == "Customer"
    name, _ = stored(send, design, finding)
    asked = {
        "TableName": name,
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": item["PK"]},
    }
    assert send("Query", asked)["Items"] == [item]


OF_STATEMENTS = {
    "no-operation",
    "unread-index",
    "unwritten-index",
    "two-types",
    "refused-table",
    "ttl-not-number",
    "key-too-long",
    "hot-partition",
    "hot-item",
    "item-too-large",
    "unused-acceptance",
}
"""Rules above notes without items and requests: what is wrong is not of one item, or too large."""


@pytest.mark.parametrize("slug", sorted(set(EXAMPLES) - OF_STATEMENTS))
def test_what_a_witness_says_is_so(send: Transport, slug: str) -> None:
    """Its items are put, and its request does what the finding says: it is refused, finds the
    items in their order, finds none of them, or answers without an attribute that is asked for."""
    breaks, _, volumes = EXAMPLES[slug]
    design = design_of(breaks)
    report = check_design(design, volumes_of(volumes[0] if volumes else {}, design))
    finding = next(each for each in report.findings if each.rule.slug == slug)
    witness = finding.witness
    if finding.rule.severity != "note":
        assert witness.items or witness.request, "a finding that nobody can see"
    name, _ = stored(send, design, finding)
    if witness.request is None:
        return
    parameters = {**witness.request.parameters, "TableName": name}
    if witness.shows == "refused":
        with pytest.raises(TransportError):
            send(witness.request.operation, parameters)
        return
    answer = send(witness.request.operation, parameters)
    found = answer["Items"] if "Items" in answer else [answer[n] for n in ("Item",) if n in answer]
    items = [item for _, item in witness.items]
    if witness.shows == "lacks":
        [read] = [each for one in design.patterns for each in one.operation.reads]
        assert read.view
        assert [set(read.view.attributes) - item.keys() for item in found] == [
            set(read.view.attributes)
        ]
        return
    assert found == ([] if witness.shows == "misses" else items)
