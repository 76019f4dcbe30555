"""Declared scans in documents, policies, golden requests and explanations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from singletable.check.iam import is_request_allowed
from singletable.design import compile_design, compile_table
from singletable.emit.iam.policy import statements
from singletable.patterns import declarations_of
from tests.singletable.cli.conftest import Run
from tests.singletable.clinic.making import CONTEXT
from tests.singletable.scanned import archive

DESIGN = "tests.singletable.scanned"
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/archive"
PATTERNS = {each.name: each for each in compile_design([archive]).patterns}
PLANS = {each.name: each.operation for each in declarations_of(archive).patterns.values()}


def allowed(name: str) -> list[dict[str, Any]]:
    return statements({"archive": ARN}, [PATTERNS[f"scanned.{name}"]])


def test_a_scan_is_allowed_on_its_index_alone_at_any_key() -> None:
    """There is no key that it could be bound to."""
    assert allowed("waiting") == [
        {
            "Sid": "ScannedWaiting",
            "Effect": "Allow",
            "Action": ["dynamodb:Scan"],
            "Resource": [f"{ARN}/index/pending"],
        }
    ]
    for name in ("since", "any_film", "films"):
        (statement,) = allowed(name)
        assert (statement["Action"], statement["Resource"]) == (["dynamodb:Scan"], [ARN])


def test_what_is_sent_is_allowed_and_nothing_else() -> None:
    """Neither a query nor a scan of another index."""
    table = compile_table(archive)
    for name, plan in PLANS.items():
        for request in plan.requests(CONTEXT):
            own = statements({"archive": ARN}, [PATTERNS[name]])
            assert is_request_allowed(own, request.operation, request.parameters, table, ARN)
            others = allowed("films" if name.endswith("waiting") else "waiting")
            assert not is_request_allowed(others, request.operation, request.parameters, table, ARN)


def test_documents_say_why_and_what_it_costs(run: Run, tmp_path: Path) -> None:
    """Beside the request of each segment."""
    assert run("docs", "--output", str(tmp_path), design=DESIGN).code == 0
    page = (tmp_path / "access-patterns.md").read_text()
    waiting = page.partition("### scanned.waiting")[2].partition("###")[0]
    assert "- **Operation:** Scan on `pending`" in waiting
    assert "- **Because:** sparse: only films that wait are in it" in waiting
    assert "- **Cost:** reads all of the index, and pays for all of it" in waiting
    assert "- **Returns:** `Page[Film]`" in waiting
    assert "Filter" not in waiting
    since = page.partition("### scanned.since")[2].partition("###")[0]
    assert "year >= {year}" in since
    assert "- **Because:** the yearly report" in since
    assert "- **Requests:** 4, one a segment, in no stated order" in since
    assert "and the same for each other segment" in since
    assert "Scan, first item" in page


def test_golden_requests_have_every_segment(run: Run, tmp_path: Path) -> None:
    """As those of shards."""
    assert run("golden", "--output", str(tmp_path), design=DESIGN).code == 0
    requests = json.loads((tmp_path / "scanned.since.json").read_text())
    assert [each["parameters"]["Segment"] for each in requests] == [0, 1, 2, 3]
    assert {each["operation"] for each in requests} == {"Scan"}


def test_an_explanation_says_so_too(run: Run) -> None:
    """With a limit of items, as for a query."""
    out = run("explain", "scanned.waiting", design=DESIGN).out
    assert "Scan on pending\n" in out
    assert "  because: sparse: only films that wait are in it\n" in out
    assert "  reads all of the index, and pays for all of it\n" in out
    (request,) = run("explain", "scanned.waiting", "--limit", "5", "--json", design=DESIGN).data
    assert request["parameters"]["Limit"] == 6
