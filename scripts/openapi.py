#!/usr/bin/env python3
"""Prints the API's OpenAPI document: made from the code, without a stack and without settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.docs.pages import documented  # noqa: E402

if __name__ == "__main__":
    json.dump(documented(ROOT / "opa" / "build"), sys.stdout, indent=1)
