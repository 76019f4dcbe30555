"""The build script where it refuses: usage, a wrong opa, a build of other sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.opa.official import REPOSITORY, SCRIPT, official_opa

pytestmark = pytest.mark.slow


def run(script: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | settings
    return subprocess.run(
        [script, *words], capture_output=True, text=True, check=False, env=environment
    )


def stand_in(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository of nothing but the script, the policies and their build."""
    for folder in ("scripts/lib", "opa"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    shutil.copy(SCRIPT, tmp_path / "scripts")
    return tmp_path


def test_unknown_words_are_refused() -> None:
    """Exit 2, and where to look."""
    result = run(SCRIPT, "--destroy")
    assert result.returncode == 2
    assert "--help" in result.stderr


def test_an_opa_of_another_version_is_refused(tmp_path: Path) -> None:
    """The one that OPA names is taken or refused, never passed over."""
    for said in ("echo 'Version: 1.22.30'", "exit 1"):
        result = run(SCRIPT, "--check", OPA=stand_in(tmp_path / "opa", said))
        assert result.returncode == 3
        assert "which is not opa 1.22.3" in result.stderr


def test_without_opa_and_go_the_script_says_so(copy: Path, tmp_path: Path) -> None:
    """Exit 3, with both remedies."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "dirname", "mkdir", "env", "sed"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    result = run(copy / "scripts/build_policy.sh", OPA="", PATH=str(programs))
    assert result.returncode == 3
    assert "install Go" in result.stderr
    assert "OPA=/path/to/opa" in result.stderr


@pytest.mark.connected
@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("build/policy.sha256", "policy.wasm", "policy.wasn", "opa/build is not what"),
        ("build/data.json", '"anyone"', '"known"', "opa/build is not what"),
        ("policies/data.json", '"posts.list": ["anyone"]', '"posts.list": []', "a test of the pol"),
        ("policies/posts.rego", '"posts.rename"', '"posts.dance"', "a test of the policies failed"),
        ("policies/users.rego", "allow if", "allow  if", "not as opa fmt writes them"),
        ("policies/users.rego", "callers.among", "callers.unheard", "opa check"),
    ],
)
def test_a_stale_or_wrong_policy_is_refused(
    copy: Path, path: str, old: str, new: str, says: str
) -> None:
    """Exit 1, with what is wrong, and the committed build untouched."""
    file = copy / "opa" / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    before = (copy / "opa/build/policy.wasm").read_bytes()
    result = run(copy / "scripts/build_policy.sh", "--check", OPA=official_opa())
    assert result.returncode == 1
    assert says in result.stderr
    assert (copy / "opa/build/policy.wasm").read_bytes() == before


@pytest.mark.connected
def test_uncovered_lines_are_refused(copy: Path) -> None:
    """A rule without a test does not pass."""
    with (copy / "opa/policies/users.rego").open("a") as policy:
        policy.write('\nallow if {\n\tinput.action == "users.dance"\n\tinput.caller.dances\n}\n')
    result = run(copy / "scripts/build_policy.sh", OPA=official_opa())
    assert result.returncode == 1
    assert "the tests cover less than 100%" in result.stderr


@pytest.mark.connected
def test_a_build_of_anywhere_is_the_same(copy: Path) -> None:
    """Neither folder nor time is in the built bytes."""
    for built in (copy / "opa/build").iterdir():
        built.unlink()
    result = run(copy / "scripts/build_policy.sh", OPA=official_opa())
    assert result.returncode == 0, result.stderr
    names = sorted(path.name for path in (copy / "opa/build").iterdir())
    assert names == ["data.json", "policy.sha256", "policy.wasm"]
    for name in names:
        built = (copy / "opa/build" / name).read_bytes()
        assert built == (REPOSITORY / "opa/build" / name).read_bytes()
