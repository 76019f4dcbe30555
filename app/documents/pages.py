"""Every page about the app, as it should stand in docs/."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import SecretStr

from app.documents.settings_page import settings_page
from app.documents.spec_tables import spec_tables
from app.main import create_app
from app.settings import Settings

_PLACE = r"(<!-- {name}: made by scripts/app_docs.py -->\n).*?(<!-- end of {name} -->)"


class PlaceMissing(Exception):
    """The page lost the markers between which a generated part stands."""


def pages(spec: str) -> dict[str, str]:
    """Each page's text by its file name; `spec` is docs/spec.md as it is."""
    openapi = create_app(_documented()).openapi()
    return {"settings.md": settings_page(), "spec.md": spliced(spec, spec_tables(openapi))}


def spliced(page: str, parts: Mapping[str, str]) -> str:
    """The page with every generated part put into its place."""
    for name, text in parts.items():
        found = re.search(_PLACE.format(name=name), page, re.DOTALL)
        if found is None:
            raise PlaceMissing(f"spec.md lacks the place of {name}")
        made = f"{found[1]}{text.rstrip()}\n{found[2]}"
        page = page[: found.start()] + made + page[found.end() :]
    return page


def _documented() -> Settings:
    return Settings(
        app_env="local",
        table_name="documented",
        aws_region="us-east-1",
        cursor_secret=SecretStr("only signs examples in the documentation"),
    )
