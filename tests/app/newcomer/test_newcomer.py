"""A newcomer's entity, with two patterns and two routes: eight files by hand, and one command.

CONTRIBUTING.md leads to the patch. It is applied to a copy of the tree, which has to generate, and
whose tests hold the new routes, matrix cells and rights as they hold all others.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.opa.official import official_opa

ROOT = Path(__file__).parents[3]
PATCH = Path(__file__).parent / "bookmarks.patch"
MOST_FILES = 8
TOUCHED = (
    "tests/access_patterns",
    "tests/app/documents/test_guarded.py",
    "tests/app/documents/test_pages.py",
    "tests/app/services/idempotency/test_every_post.py",
    "tests/app/api/matrix/test_cells.py",
    "tests/app/test_callers.py",
)
NOT_OF_OTHERS = "bookmark or not (every_post or cells)"
MATRIX = """| `bookmarks.read` | `GET /v1/bookmarks/{bookmark_id}` | own |  |  | ✓ | ✓ | ✓ |
| `bookmarks.read` |  | another's |  | \N{EN DASH} | \N{EN DASH} | \N{EN DASH} | ✓ |"""


def files_of_the_patch() -> list[str]:
    return re.findall(r"^\+\+\+ b/(.*)$", PATCH.read_text(), re.MULTILINE)


def test_the_example_takes_eight_files() -> None:
    """None of them is generated or a test, and CONTRIBUTING.md names each."""
    files = files_of_the_patch()
    assert len(files) <= MOST_FILES
    page = (ROOT / "CONTRIBUTING.md").read_text()
    assert str(PATCH.relative_to(ROOT)) in page
    assert [file for file in files if f"`{file}`" not in page] == []


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is in the repository, with the example applied and everything generated."""
    opa, tree = official_opa(), tmp_path_factory.mktemp("newcomer")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    copied = f"tar -C {ROOT} --null --files-from=- -cf - | tar -C {tree} -xf -"
    subprocess.run(["bash", "-c", copied], input=names, check=True)
    (tree / ".venv").symlink_to(ROOT / ".venv")
    run(tree, "git", "apply", "-C1", str(PATCH))
    run(tree, "./scripts/generate.sh", OPA=opa)
    return tree


def run(tree: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=tree,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.connected
def test_everything_else_is_generated(tree: Path) -> None:
    """Golden requests, rights, the matrix with a line for owners, and who asks what."""
    golden = json.loads((tree / "tests/access_patterns/golden/bookmarks.add.json").read_text())
    assert "BOOKMARK#" in str(golden)
    assert "BOOKMARK#*" in (tree / "sam/template.yaml").read_text()
    assert MATRIX in (tree / "docs/opa.md").read_text()
    asked = (tree / "docs/access-patterns.md").read_text()
    assert "`GET /v1/bookmarks/{bookmark_id}`" in asked


@pytest.mark.slow
@pytest.mark.connected
def test_the_new_routes_are_held_as_all_others(tree: Path) -> None:
    """Each cell is tried, by attempts of the examples; a POST is done once; nothing is stale."""
    told = run(tree, ".venv/bin/python", "-m", "pytest", "-q", *TOUCHED, "-k", NOT_OF_OTHERS)
    found = re.search(r"(\d+) passed", told)
    assert found
    assert int(found[1]) > 100
