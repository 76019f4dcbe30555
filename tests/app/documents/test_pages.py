"""The pages about the app say what the app is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.problems import problem_types
from app.core.settings import ROWS
from app.main import ROUTERS
from model import ContentType, JobKind, JobStatus, MediaStatus, PostStatus, Role
from scripts.docs.matrix_tables import operations
from scripts.docs.pages import PlaceMissing, pages, spliced
from tests.app.openapi import inlined
from tests.app.policies import BUNDLE, openapi_document

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
OF_NO_OPERATION = {"method-not-allowed", "no-such-route"}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages(DOCS, BUNDLE)


def test_the_committed_pages_are_up_to_date(made: dict[str, str]) -> None:
    """settings.md, spec.md and opa.md are exactly what declarations and policy make of them."""
    stale = [name for name in made if (DOCS / name).read_text() != made[name]]
    assert not stale, "run ./scripts/generate.sh"


def test_every_setting_is_documented(made: dict[str, str]) -> None:
    """Each environment variable has its line, secrets marked as such."""
    for row in ROWS.values():
        lines = [line for line in made["settings.md"].splitlines() if f"`{row.names[0]}`" in line]
        assert any(line.startswith("| `") and row.meaning in line for line in lines), row.names


def test_every_route_and_code_is_documented(made: dict[str, str]) -> None:
    """The contract lists each operation of each router and each error code."""
    for router in ROUTERS:
        for route in router.routes:
            path = getattr(route, "path_format", "")
            assert f" {path}` |" in made["spec.md"], path
    for row in problem_types():
        assert f"| {row.status} | `{row.code}` |" in made["spec.md"]


def test_operations_and_catalogue_have_the_same_codes() -> None:
    """OpenAPI shows no code that the catalogue lacks; some operation shows each code there is,
    but for those of requests that meet no operation.
    """
    shown = {
        code
        for _, operation in operations(inlined(openapi_document()))
        for status, answer in operation["responses"].items()
        if status >= "400"
        for code in answer.get("content", {}).get("application/json", {}).get("examples", {})
    }
    known = {row.code for row in problem_types()}
    assert not shown - known, f"not in the catalogue: {shown - known}"
    assert known - shown == OF_NO_OPERATION


def test_bounds_of_integers_are_integers(made: dict[str, str]) -> None:
    """The page says 9999 where OpenAPI, as pydantic writes it, says 9999.0."""
    assert "| `position` | integer, ≥ 0, ≤ 9999 |" in made["spec.md"]


def test_bounds_of_lists_and_identifiers_are_shown(made: dict[str, str]) -> None:
    """How many tags, how long each is, how long an identifier is."""
    assert "list (≤ 20) of string, ≥ 1 characters, ≤ 50 characters" in made["spec.md"]
    assert "| `categoryId` | string, ≥ 1 characters, ≤ 64 characters |" in made["spec.md"]


def test_every_link_within_the_contract_leads_somewhere(made: dict[str, str]) -> None:
    """To a heading; types with a list of values have one, with the values."""
    page = made["spec.md"]
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    known = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= known
    for values in (PostStatus, JobKind, JobStatus, MediaStatus, ContentType, Role):
        (section,) = re.findall(rf"^### {values.__name__}\n(.*?)(?=^#|\Z)", page, re.M | re.S)
        assert all(f"`{value.value}`" in section for value in values)


def test_a_lost_place_is_an_error() -> None:
    """A page without its markers is refused, not overwritten."""
    with pytest.raises(PlaceMissing, match=r"spec\.md lacks the place of operations"):
        spliced("spec.md", "# no markers", {"operations": "x"})


@pytest.mark.slow
def test_the_check_notices_a_stale_page(tmp_path: Path) -> None:
    """`--check` passes now, and fails on a copy of the project whose page was edited."""
    check = [sys.executable, "scripts/app_docs.py", "--check"]
    fresh = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert fresh.returncode == 0, fresh.stdout
    for name in ("app", "model", "access_patterns", "singletable", "scripts", "opa"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = tmp_path / "app_docs.py"
    source = (ROOT / "scripts" / "app_docs.py").read_text()
    script.write_text(source.replace("parent.parent", "parent"))
    (tmp_path / "docs").mkdir()
    for name in ("settings.md", "spec.md", "opa.md", "observability.md", "events.md"):
        page = (DOCS / name).read_text().replace("`APP_ENV`", "`APP_ENVIRONMENT`")
        edited = page.replace("invalid-cursor", "bad-cursor").replace("| ✓ | ✓ |", "| ✓ | ? |")
        (tmp_path / "docs" / name).write_text(edited)
    stale = subprocess.run(
        [sys.executable, str(script), "--check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert stale.returncode == 1
    assert "APP_ENVIRONMENT" in stale.stdout
    assert "docs/opa.md" in stale.stdout
    assert "app_docs.py" in stale.stderr
