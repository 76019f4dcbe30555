"""What a build puts into the artefacts, and that the commands' blocks in the template are fresh."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.adapters.opa import read_bundle
from app.core.settings import LAYER_BUNDLE
from tests.sam.template import ROOT, SAM, TEMPLATE, deployed, functions, of_type, source

pytestmark = pytest.mark.slow

MAKEFILE = (SAM / "Makefile").read_text()
TABLE = ["table", "--format", "cloudformation", "--name", "!Ref TableName"]
FUNCTIONS = re.findall(r"^ *# singletable:policy (\w+) begin$", TEMPLATE.read_text(), re.MULTILINE)
GENERATED = {
    "table": ["-m", "singletable", *TABLE, "--check", "sam/template.yaml"],
    **{
        f"rights of {name}": [
            *("-m", "singletable", "policy", "--function", name),
            *("--format", "cloudformation", "--check", "sam/template.yaml"),
        ]
        for name in FUNCTIONS
    },
    "routes": ["sam/routes.py", "--check"],
}

# Stands in for a Python: notes what it is asked, and installs one file.
PIP = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
for word; do
  if [ "$before" = --target ]; then mkdir -p "$word" && touch "$word/wheel.py"; fi
  before=$word
done
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", GENERATED.values(), ids=GENERATED)
def test_what_is_generated_is_fresh(words: list[str]) -> None:
    """The command that writes a block finds nothing to write."""
    done = run(sys.executable, *words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_on_infrastructure_names_the_commands() -> None:
    """docs/infra.md says how each block is written."""
    page = (ROOT / "docs" / "infra.md").read_text()
    for words in GENERATED.values():
        command = shlex.join(["--write" if word == "--check" else word for word in words])
        assert f"\npython {command}\n" in page


def test_the_layer_puts_the_policy_where_the_app_looks(tmp_path: Path) -> None:
    """Layers are unpacked into /opt; the three files there are a whole bundle."""
    done = run("make", "-f", "sam/Makefile", "build-PolicyLayer", f"ARTIFACTS_DIR={tmp_path}")
    assert done.returncode == 0, done.stderr
    bundle = tmp_path / Path(LAYER_BUNDLE).relative_to("/opt")
    assert read_bundle(bundle) == read_bundle(ROOT / "opa" / "build")
    assert sorted(each.name for each in bundle.iterdir()) == [
        "data.json",
        "policy.sha256",
        "policy.wasm",
    ]


def test_the_function_is_made_of_the_app_and_what_it_needs(tmp_path: Path) -> None:
    """Its rooms and the locked wheels: no tests, no scripts, no tools of development."""
    python = tmp_path / "python"
    python.write_text(PIP)
    python.chmod(0o755)
    made = tmp_path / "made"
    made.mkdir()
    words = ("make", "-f", "sam/Makefile", *(f"build-{name}" for name in functions(deployed())))
    done = run(*words, f"ARTIFACTS_DIR={made}", f"PYTHON={python}", f"WHEELS={tmp_path}/wheels")
    assert done.returncode == 0, done.stderr
    assert {each.name for each in made.iterdir()} == {
        "app",
        "access_patterns",
        "model",
        "singletable",
        "wheel.py",
    }
    assert not list(made.rglob("__pycache__"))
    installing, *_, compiling = (tmp_path / "asked").read_text().splitlines()
    assert "--require-hashes" in installing
    assert "--only-binary :all:" in installing
    assert "--requirement locks/app.txt" in installing
    assert "unchecked-hash" in compiling
    assert compiling.endswith(f"{made}/singletable")


def test_the_wheels_are_fetched_once_for_all_functions(tmp_path: Path) -> None:
    """Whatever an interrupted build left behind is no set of wheels, and is done anew."""
    python = tmp_path / "python"
    python.write_text(PIP)
    python.chmod(0o755)
    wheels = tmp_path / "wheels"
    wheels.with_name("wheels.incoming").mkdir()
    for name in functions(deployed()):
        made = tmp_path / name
        made.mkdir()
        words = ("make", "-f", "sam/Makefile", f"build-{name}", f"ARTIFACTS_DIR={made}")
        done = run(*words, f"PYTHON={python}", f"WHEELS={wheels}")
        assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text()
    assert asked.count("install") == 1
    assert [each.name for each in wheels.iterdir()] == ["wheel.py"]


def test_the_wheels_are_for_the_function() -> None:
    """Python and processor of the Makefile are those of every function in the template."""
    for function in functions(deployed()).values():
        assert re.findall(r"^PYTHON \?= (.+)$", MAKEFILE, re.MULTILINE) == [function["Runtime"]]
        wheels = {"arm64": "aarch64", "x86_64": "x86_64"}[function["Architectures"][0]]
        assert re.findall(r"^MACHINE \?= (.+)$", MAKEFILE, re.MULTILINE) == [wheels]


def test_every_artefact_is_built_by_the_makefile() -> None:
    """Function and layer have their targets, called from the project's folder."""
    kinds = ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion")
    for kind in kinds:
        for name, resource in of_type(source(), kind).items():
            assert resource["Metadata"] == {"BuildMethod": "makefile", "WorkingDirectory": ".."}
            done = run("make", "-n", "-f", "sam/Makefile", f"build-{name}", "ARTIFACTS_DIR=made")
            assert done.returncode == 0, done.stderr


def test_sam_on_this_machine_finds_the_api() -> None:
    """`sam local start-api` takes the first kind of resource that it knows for where the API is."""
    kinds = [each["Type"] for each in source()["Resources"].values()]
    assert kinds.index("AWS::ApiGatewayV2::Api") < kinds.index("AWS::Serverless::Function")
