#!/usr/bin/env python3
"""Writes docs/settings.md, docs/caching.md and the generated parts of other pages in docs/.

With --openapi it prints the API's document instead, without a stack and without settings.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.docs.pages import PlaceMissing, documented, pages  # noqa: E402

SHOWN_LINES = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--openapi", action="store_true", help="print the API's OpenAPI document")
    options = parser.parse_args()
    if options.openapi:
        json.dump(documented(ROOT / "opa" / "build"), sys.stdout, indent=1)
        return 0
    try:
        made = pages(ROOT / "docs", ROOT / "opa" / "build")
    except PlaceMissing as error:
        print(f"app_docs: {error}", file=sys.stderr)
        return 1
    stale = [name for name, text in made.items() if _present(name) != text]
    for name in stale:
        if options.check:
            _show(name, made[name])
        else:
            (ROOT / "docs" / name).write_text(made[name])
            print(f"wrote docs/{name}")
    if options.check and stale:
        print("stale: run .venv/bin/python scripts/app_docs.py", file=sys.stderr)
        return 1
    return 0


def _present(name: str) -> str:
    path = ROOT / "docs" / name
    return path.read_text() if path.exists() else ""


def _show(name: str, wanted: str) -> None:
    lines = difflib.unified_diff(
        _present(name).splitlines(), wanted.splitlines(), f"docs/{name}", "should be", lineterm=""
    )
    print("\n".join(list(lines)[:SHOWN_LINES]))


if __name__ == "__main__":
    sys.exit(main())
