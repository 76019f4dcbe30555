"""The pages about the app say what the app is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.documents.pages import PlaceMissing, pages, spliced
from app.http.errors import catalogue
from app.main import ROUTERS
from app.settings.rows import setting_rows

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages((DOCS / "spec.md").read_text())


def test_the_committed_pages_are_up_to_date(made: dict[str, str]) -> None:
    """docs/settings.md and docs/spec.md are exactly what the declarations make of them."""
    assert {name: (DOCS / name).read_text() for name in made} == made


def test_every_setting_is_documented(made: dict[str, str]) -> None:
    """Each environment variable has its line, secrets marked as such."""
    for row in setting_rows():
        lines = [line for line in made["settings.md"].splitlines() if f"`{row.names[0]}`" in line]
        assert any(line.startswith("| `") and row.meaning in line for line in lines), row.names


def test_every_route_and_code_is_documented(made: dict[str, str]) -> None:
    """The contract lists each operation of each router and each error code."""
    for router in ROUTERS:
        for route in router.routes:
            path = getattr(route, "path", "")
            assert f" {path}` |" in made["spec.md"], path
    for row in catalogue():
        assert f"| {row.status} | `{row.code}` |" in made["spec.md"]


def test_bounds_of_integers_are_integers(made: dict[str, str]) -> None:
    """The page says 9999 where OpenAPI, as pydantic writes it, says 9999.0."""
    assert "| `position` | integer, ≥ 0, ≤ 9999 |" in made["spec.md"]


def test_bounds_of_lists_and_identifiers_are_shown(made: dict[str, str]) -> None:
    """How many tags, how long each is, how long an identifier is."""
    assert "list (≤ 20) of string, ≥ 1 characters, ≤ 50 characters" in made["spec.md"]
    assert "| `categoryId` | string, ≤ 64 characters | yes |" in made["spec.md"]


def test_a_lost_place_is_an_error() -> None:
    """A page without its markers is refused, not overwritten."""
    with pytest.raises(PlaceMissing, match="operations"):
        spliced("# no markers", {"operations": "x"})


def test_the_check_notices_a_stale_page(tmp_path: Path) -> None:
    """`--check` passes now, and fails on a copy of the project whose page was edited."""
    check = [sys.executable, "scripts/app_docs.py", "--check"]
    fresh = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert fresh.returncode == 0, fresh.stdout
    for name in ("app", "model", "access_patterns", "singletable", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = tmp_path / "app_docs.py"
    source = (ROOT / "scripts" / "app_docs.py").read_text()
    script.write_text(source.replace("parent.parent", "parent"))
    (tmp_path / "docs").mkdir()
    for name in ("settings.md", "spec.md"):
        page = (DOCS / name).read_text().replace("`APP_ENV`", "`APP_ENVIRONMENT`")
        (tmp_path / "docs" / name).write_text(page.replace("invalid-cursor", "bad-cursor"))
    stale = subprocess.run(
        [sys.executable, str(script), "--check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert stale.returncode == 1
    assert "APP_ENVIRONMENT" in stale.stdout
    assert "app_docs.py" in stale.stderr
