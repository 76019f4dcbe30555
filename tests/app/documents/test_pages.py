"""The pages about the app say what the app is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.api.kit.middleware import SENT, SHOWN
from app.core.problems import problem_types
from app.core.settings import ROWS
from app.main import ROUTERS
from model import ContentType, JobKind, JobStatus, MediaStatus, PostStatus, Role
from scripts.docs.matrix_tables import operations
from scripts.docs.pages import PlaceMissing, pages, spliced
from scripts.docs.spec_tables import SAID_ONCE
from tests.app.openapi import inlined
from tests.app.policies import BUNDLE, openapi_document

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
LISTING, RESULT = "GET /v1/posts", "GET /v1/jobs/{job_id}/result"
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
            assert f" {path}`\n" in made["spec.md"], path
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


def section(page: str, operation: str) -> str:
    (found,) = re.findall(rf"^#### `{re.escape(operation)}`\n(.*?)(?=^#|\Z)", page, re.M | re.S)
    return found


def test_every_parameter_has_a_line_of_its_operation(made: dict[str, str]) -> None:
    """But for those that the page describes once."""
    for name, operation in operations(inlined(openapi_document())):
        for each in operation.get("parameters", ()):
            if each["in"] in ("query", "header") and each["name"] not in SAID_ONCE:
                line = f"- {each['in'].capitalize()}: `{each['name']}`".replace("if-m", "If-M")
                assert line in section(made["spec.md"], name), f"{name}: {line}"


def test_an_operation_says_what_it_takes_and_answers(made: dict[str, str]) -> None:
    """Types with limits and defaults, pages and bare lists, headers, the whole description."""
    page = made["spec.md"]
    audit = section(page, "GET /v1/audit")
    assert "- Credentials: needed\n" in audit
    assert "- Query: `entity` string, 1\u201364 characters, optional. With `id`: " in audit
    assert "- Query: `limit` and `cursor`, see [Pages](#pages)\n" in audit
    assert "- Answer: 200 page of [AuditEntryOut](#auditentryout)\n" in audit
    assert "200 list of [CategoryNode](#categorynode)" in section(page, "GET /v1/categories")
    created = section(page, "POST /v1/posts")
    assert "- Body: [NewPost](#newpost)\n" in created
    assert "- Answer: 201 [PostOut](#postout) with `ETag` and `Location`\n" in created
    assert "- Failures: 409 `taken`\n" in created
    assert "`order` [Order](#order), optional, `newest` unless given." in section(page, LISTING)
    assert "`If-Match`, required" in section(page, "PATCH /v1/posts/{post_id}")
    assert "`If-Match`, optional" in section(page, "DELETE /v1/posts/{post_id}")
    assert "the report of an import. Both are NDJSON.\n" in section(page, RESULT)


def test_bounds_and_defaults_of_fields_are_shown(made: dict[str, str]) -> None:
    """Integers are integers, where OpenAPI, as pydantic writes it, says 9999.0."""
    page = made["spec.md"]
    assert "| `position` | integer, 0\u20139999, optional, `0` unless given |" in page
    assert "list (≤ 20) of string, 1\u201350 characters" in page
    assert "| `categoryId` | string, 1\u201364 characters |" in page


def test_headers_that_pages_of_other_origins_may_use_are_listed(made: dict[str, str]) -> None:
    """Those of requests, and those of answers."""
    for name in (*SENT, *SHOWN):
        assert (
            f"`{name}`" in made["spec.md"].partition("<!-- end of cors")[0].rpartition("cors:")[2]
        )


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
