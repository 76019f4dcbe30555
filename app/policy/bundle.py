"""The folder that scripts/build_policy.sh builds, read and found whole. Knows no runtime."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from app.policy.errors import PolicyUnusable

WASM = "policy.wasm"
DATA = "data.json"
HASHES = "policy.sha256"
WASM_MAGIC = b"\0asm"
REMEDY = "Build the policy with scripts/build_policy.sh and deploy all files of opa/build together"
FOLDER_REMEDY = "Point OPA_BUNDLE_PATH to the folder that scripts/build_policy.sh wrote"


@dataclass(frozen=True)
class Bundle:
    """A compiled policy and the JSON object it looks into."""

    wasm: bytes
    data: dict[str, Any]


def read_bundle(folder: Path) -> Bundle:
    """Raises `PolicyUnusable` unless both files are there and are what was hashed."""
    if not folder.is_dir():
        raise PolicyUnusable("there is no such folder", folder, FOLDER_REMEDY)
    hashes = _hashes(folder / HASHES)
    wasm = _hashed(folder / WASM, hashes)
    data = _hashed(folder / DATA, hashes)
    if not wasm.startswith(WASM_MAGIC):
        raise PolicyUnusable("it is not WebAssembly", folder / WASM, REMEDY)
    return Bundle(wasm, _object(data, folder / DATA))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyUnusable(f"it cannot be read ({reason})", path, REMEDY) from error


def _hashes(path: Path) -> dict[str, str]:
    """File name to SHA-256, from lines as sha256sum writes them."""
    lines = _read(path).decode("utf-8", errors="replace").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {name: digest for digest, _, name in pairs}


def _hashed(path: Path, hashes: dict[str, str]) -> bytes:
    content = _read(path)
    expected = hashes.get(path.name, "").encode()
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest().encode(), expected):
        raise PolicyUnusable(f"its SHA-256 is not the one in {HASHES}", path, REMEDY)
    return content


def _object(content: bytes, path: Path) -> dict[str, Any]:
    try:
        data: object = json.loads(content, parse_constant=_refuse_constant)
    except ValueError as error:
        raise PolicyUnusable("it is not JSON", path, REMEDY) from error
    if not isinstance(data, dict):
        raise PolicyUnusable("it is not a JSON object", path, REMEDY)
    return cast("dict[str, Any]", data)


def _refuse_constant(name: str) -> object:
    """NaN and the infinities, which Python reads and JSON does not know."""
    raise ValueError(name)
