"""What a build puts into the artefacts, and that the commands' blocks in the template are fresh."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.policy.bundle import read_bundle
from app.settings.guards import LAYER_BUNDLE
from tests.sam.template import ROOT, SAM, deployed, of_type, only, source

MAKEFILE = (SAM / "Makefile").read_text()
TABLE = ["table", "--format", "cloudformation", "--name", "!Ref TableName"]
RIGHTS = ["policy", "--function", "api", "--format", "cloudformation"]
GENERATED = {
    "table": ["-m", "singletable", *TABLE, "--check", "sam/template.yaml"],
    "rights": ["-m", "singletable", *RIGHTS, "--check", "sam/template.yaml"],
    "routes": ["sam/routes.py", "--check"],
}


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
    python.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n')
    python.chmod(0o755)
    made = tmp_path / "made"
    made.mkdir()
    words = ("make", "-f", "sam/Makefile", "build-ApiFunction")
    done = run(*words, f"ARTIFACTS_DIR={made}", f"PYTHON={python}")
    assert done.returncode == 0, done.stderr
    assert {each.name for each in made.iterdir()} == {
        "app",
        "access_patterns",
        "model",
        "singletable",
    }
    assert not list(made.rglob("__pycache__"))
    installing, compiling = (tmp_path / "asked").read_text().splitlines()
    assert "--require-hashes" in installing
    assert "--only-binary :all:" in installing
    assert "--requirement locks/app.txt" in installing
    assert compiling.endswith(f"unchecked-hash {made}")


def test_the_wheels_are_for_the_function() -> None:
    """Python and processor of the Makefile are those of the template."""
    function = only(deployed(), "AWS::Lambda::Function")
    assert re.findall(r"^PYTHON \?= (.+)$", MAKEFILE, re.MULTILINE) == [function["Runtime"]]
    wheels = {"arm64": "aarch64", "x86_64": "x86_64"}[function["Architectures"][0]]
    platforms = re.findall(r"--platform manylinux\w*?_(aarch64|x86_64)\b", MAKEFILE)
    assert set(platforms) == {wheels}


def test_every_artefact_is_built_by_the_makefile() -> None:
    """Function and layer have their targets, called from the project's folder."""
    kinds = ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion")
    for kind in kinds:
        for name, resource in of_type(source(), kind).items():
            assert resource["Metadata"] == {"BuildMethod": "makefile", "WorkingDirectory": ".."}
            assert f"\nbuild-{name}:\n" in MAKEFILE


def test_sam_on_this_machine_finds_the_api() -> None:
    """`sam local start-api` takes the first kind of resource that it knows for where the API is."""
    kinds = [each["Type"] for each in source()["Resources"].values()]
    assert kinds.index("AWS::ApiGatewayV2::Api") < kinds.index("AWS::Serverless::Function")
