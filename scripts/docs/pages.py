"""Every page about the app, as it should stand in docs/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from app.adapters.opa import WasmPolicy
from app.core.settings import Settings
from app.core.settings_rules import DOCUMENTED_SECRET
from app.main import create_app
from app.services.policy import Decisions
from scripts.docs.caching_page import caching_page
from scripts.docs.declarations import event_tables, observability_tables, settings_page
from scripts.docs.matrix_tables import Document, guarded, matrix_tables
from scripts.docs.spec_tables import spec_tables

SETTINGS, CACHING, SPEC, OPA = "settings.md", "caching.md", "spec.md", "opa.md"


OBSERVABILITY = "observability.md"


EVENTS = "events.md"


_PLACE = r"(<!-- {name}: made by scripts/app_docs.py -->\n).*?(<!-- end of {name} -->)"


class PlaceMissing(Exception):
    """The page lost the markers between which a generated part stands."""


def pages(docs: Path, bundle: Path) -> dict[str, str]:
    """Each page's text by its file name. `docs`: the pages as they are; `bundle`: the policy."""
    policy = WasmPolicy.load(bundle)
    try:
        openapi = documented(bundle)
        parts = {
            SPEC: spec_tables(openapi),
            OPA: matrix_tables(guarded(), Decisions(policy)),
            OBSERVABILITY: observability_tables(),
            EVENTS: event_tables(),
        }
    finally:
        policy.close()
    made = {name: spliced(name, (docs / name).read_text(), parts[name]) for name in parts}
    return {SETTINGS: settings_page(), CACHING: caching_page(), **made}


def documented(bundle: Path) -> Document:
    """OpenAPI, as every stage has it."""
    return create_app(_settings(bundle)).openapi()


def spliced(name: str, page: str, parts: Mapping[str, str]) -> str:
    """The page with every generated part put into its place; `name` is for complaints."""
    for place, text in parts.items():
        found = re.search(_PLACE.format(name=place), page, re.DOTALL)
        if found is None:
            raise PlaceMissing(f"{name} lacks the place of {place}")
        made = f"{found[1]}{text.rstrip()}\n{found[2]}"
        page = page[: found.start()] + made + page[found.end() :]
    return page


def _settings(bundle: Path) -> Settings:
    return Settings(
        app_env="local",
        table_name="documented",
        aws_region="us-east-1",
        dynamodb_endpoint="http://localhost:8000",
        cursor_secret=SecretStr(DOCUMENTED_SECRET),
        opa_bundle_path=str(bundle),
    )
