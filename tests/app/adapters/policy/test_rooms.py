"""What the room of policies may not know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[4]
IMPORTS = """
import sys
import app.services.policy, scripts.docs.matrix, app.adapters.opa
print(sorted({"fastapi", "starlette", "mangum", "jose", "redis", "boto3"} & sys.modules.keys()))
"""


def test_policies_know_no_http() -> None:
    """Neither directly nor by way of what they import."""
    asked = [sys.executable, "-c", IMPORTS]
    result = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_one_module_knows_the_runtime() -> None:
    """Another one can be put in its place there."""
    imports = re.compile(r"^\s*(import|from) (opapywasm|wasmtime)\b", re.MULTILINE)
    sources = (REPOSITORY / "app").rglob("*.py")
    knowing = [path.name for path in sources if imports.search(path.read_text())]
    assert knowing == ["opa.py"]


def test_no_rule_looks_at_the_facts() -> None:
    """They say what time it is; the tests remember answers without them."""
    rules = (REPOSITORY / "opa" / "policies").glob("*.rego")
    looking = [
        path.name for path in rules if re.search(r"\binput\.facts\b|\bfacts\.", path.read_text())
    ]
    assert looking == []
