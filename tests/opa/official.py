"""The official opa, in the version that scripts/lib/opa.sh pins, or a reason to skip."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SCRIPT = REPOSITORY / "scripts" / "build_policy.sh"
PIN = REPOSITORY / "scripts" / "lib" / "opa.sh"
POLICIES = REPOSITORY / "opa" / "policies"
COMPULSORY = "REQUIRE_CONNECTED"


def official_opa() -> str:
    """Its path; without one the test is skipped, and fails where it is compulsory."""
    for candidate in _candidates():
        if _version(candidate) == wanted_version():
            return candidate
    reason = f"no opa {wanted_version()} here: scripts/build_policy.sh looks for one, or builds it"
    if os.environ.get(COMPULSORY) == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def wanted_version() -> str:
    found = re.search(r"^OPA_VERSION=(\S+)$", PIN.read_text(), re.MULTILINE)
    assert found
    return found[1]


def _candidates() -> Iterator[str]:
    if given := os.environ.get("OPA"):
        yield given
        return
    if on_path := shutil.which("opa"):
        yield on_path
    if go := shutil.which("go"):
        asked = subprocess.run([go, "env", "GOPATH"], capture_output=True, text=True, check=False)
        yield str(Path(asked.stdout.strip()) / "bin" / "opa")
    yield str(REPOSITORY / ".devserver" / "bin" / "opa")


def _version(candidate: str) -> str:
    try:
        said = subprocess.run([candidate, "version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    first = said.stdout.partition("\n")[0]
    return first.removeprefix("Version: ")
