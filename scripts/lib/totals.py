"""Adds up pytest's result files into one closing line; a suite that ran nothing has not passed."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def counts(result: Path) -> tuple[int, int, int]:
    """One file's (passed, failed, skipped); errors count as failed."""
    suite = ET.parse(result).getroot().find("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    if suite is None:
        return 0, 0, 0
    total, failures, errors, skipped = (
        int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def main(folder: str) -> int:
    results = [counts(result) for result in sorted(Path(folder).glob("*.xml"))]
    passed, failed, skipped = (sum(column) for column in zip((0, 0, 0), *results, strict=True))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
