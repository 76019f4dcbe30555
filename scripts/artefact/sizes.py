"""How large the functions are, unpacked, and zipped as `sam deploy` does it: they are one artefact.

usage: python -m scripts.artefact.sizes FOLDER... Lambda takes 250 MiB, unpacked.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

MIB = 1024 * 1024
MOST_UNPACKED = 250 * MIB


def files(artefact: Path) -> dict[str, Path]:
    """By their names within the artefact."""
    found = (path for path in sorted(artefact.rglob("*")) if path.is_file())
    return {str(path.relative_to(artefact)): path for path in found}


def zipped_bytes(artefact: Path) -> int:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in files(artefact).items():
                archive.write(path, name)
        return file.tell()


def contents(artefact: Path) -> str:
    """The same for two artefacts that hold the same."""
    digest = hashlib.sha256()
    for name, path in files(artefact).items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def main(words: list[str]) -> int:
    """Exit code 1 if they differ, or Lambda would not take them; 2 without any."""
    artefacts = [Path(word) for word in words]
    if not artefacts:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if len({contents(artefact) for artefact in artefacts}) > 1:
        print(f"FAILED  these are not the same: {', '.join(words)}")
        return 1
    unpacked = sum(path.stat().st_size for path in files(artefacts[0]).values())
    sizes = f"{unpacked / MIB:.1f} MiB unpacked, {zipped_bytes(artefacts[0]) / MIB:.1f} MiB zipped"
    print(f"size    {', '.join(artefact.name for artefact in artefacts)}: each {sizes}")
    return 0 if unpacked < MOST_UNPACKED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
