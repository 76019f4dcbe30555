"""The policies with the official opa: proven, built, and of one mind with the built file."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.adapters.opa import WasmPolicy
from app.services.policy import ALLOW, VISIBLE
from tests.opa.official import POLICIES, REPOSITORY, SCRIPT, official_opa

pytestmark = pytest.mark.connected

QUERY = """[{"allow": allow, "visible": visible} |
    some question in input
    allow := data.fmweb.allow with input as question
    visible := data.actions.posts.visible with input as question
]"""
IDS = ["", "a", "b", None, 7, ["a"]]
ROLES = ["fm-web:admin", "fm-web:editor", "fm-web:viewer", "fm-web:owner", "known", None, 1]
STATUSES = ["draft", "in-review", "published", "archived", "unheard-of", None, ["draft"], True]
TYPES = ["post", "session", "account", "none", None]
ACTIONS: list[str] = [
    action
    for actions in json.loads((POLICIES / "data.json").read_text())["grants"].values()
    for action in actions
]


@pytest.fixture(scope="module")
def opa() -> str:
    return official_opa()


def run(*command: str | Path, **given: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **given)


def test_the_committed_build_is_that_of_the_sources(opa: str) -> None:
    """Formatted, checked, tested, covered, built anew: the same bytes."""
    result = run(SCRIPT, "--check", env=os.environ | {"OPA": opa})
    assert result.returncode == 0, result.stderr
    assert "opa/build is what opa/policies builds" in result.stdout


def test_the_policies_pass_their_own_tests(opa: str) -> None:
    """Every one of them; none is skipped."""
    result = run(opa, "test", "--bundle", "--format", "json", "policies", cwd=REPOSITORY / "opa")
    assert result.returncode == 0, result.stdout
    tests = json.loads(result.stdout)
    assert len(tests) >= 40
    assert not [test["name"] for test in tests if test.get("fail") or test.get("skip")]


def question(chance: random.Random) -> dict[str, object]:
    """Mostly of the right form, often with a fact that is odd or absent."""
    roles: object = chance.sample(ROLES, chance.randint(0, 2))
    caller = {
        "id": chance.choice(IDS),
        "roles": chance.choice([roles, roles, roles, ROLES[0], {"x": ROLES[0]}, None]),
        "known": chance.choice([True, True, True, False, "true", None]),
    }
    resource = {
        "type": chance.choice(TYPES),
        "owner": chance.choice(IDS),
        "status": chance.choice(STATUSES),
        "role": chance.choice(ROLES),
    }
    whole = {
        "caller": without_some(caller, chance),
        "action": chance.choice([*ACTIONS, "posts.unheard-of", "", None, ["posts.list"]]),
        "resource": without_some(resource, chance),
        "facts": {"now": 1_767_000_000},
    }
    return without_some(whole, chance)


def without_some(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {name: value for name, value in document.items() if chance.random() > 0.05}


def test_the_built_policy_and_opa_eval_agree(opa: str, tmp_path: Path) -> None:
    """A thousand questions, odd ones among them, put to both."""
    chance = random.Random(20260101)  # noqa: S311 - questions, no secrets
    questions = [question(chance) for _ in range(1000)]
    (tmp_path / "input.json").write_text(json.dumps(questions))
    asked = [opa, "eval", "--bundle", POLICIES, "--input", tmp_path / "input.json", QUERY]
    result = run(*asked)
    assert result.returncode == 0, result.stderr
    expected = json.loads(result.stdout)["result"][0]["expressions"][0]["value"]
    policy = WasmPolicy.load(REPOSITORY / "opa" / "build")
    answers = [
        {"allow": policy.evaluate(ALLOW, asked), "visible": policy.evaluate(VISIBLE, asked)}
        for asked in questions
    ]
    policy.close()
    assert answers == expected
    assert 100 < sum(answer["allow"] for answer in expected) < 900
