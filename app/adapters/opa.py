"""Evaluates policies that are compiled to WebAssembly. Nothing else imports the runtime."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from opapywasm import OpaWasmError, OpaWasmPolicy, PolicyConfig

from app.core.strict_json import Unreadable, json_object
from app.services.policy import ALLOW, ENTRYPOINTS, PolicyUnusable

PAGES = 256  # of 64 KiB: 16 MiB at most for an instance; it takes a fraction of that
LARGEST = 64 * 1024  # bytes of a question, and of an answer
_ENCODE = json.JSONEncoder(sort_keys=True, allow_nan=False).encode


@dataclass(frozen=True)
class Limits:
    """`threads` may evaluate at once, an instance each; `seconds` is for one evaluation;
    `remembered` answers are kept, with questions of some hundred bytes.

    The runtime's queue for instances is not fair: with fewer instances than threads, a busy server
    lets some of them wait for seconds. The time includes waiting for the processor, so it is far
    above the fraction of a millisecond that an evaluation takes.
    """

    threads: int = 40
    seconds: float = 5.0
    remembered: int = 4096


DEFAULT_LIMITS = Limits()


class WasmPolicy:
    """`load` makes one; it may be asked from any number of threads.

    An answer follows from the question alone: there are no builtins that look at anything else.
    So answers are remembered. `reads_facts`: whether a rule looks at `facts`, which differ from
    second to second; where none does, the policy is not told them.
    """

    def __init__(self, policy: OpaWasmPolicy, *, reads_facts: bool, remembered: int) -> None:
        self._policy = policy
        self._reads_facts = reads_facts
        self._remembered = lru_cache(remembered)(self._evaluate)

    @classmethod
    def load(cls, folder: Path, limits: Limits = DEFAULT_LIMITS) -> WasmPolicy:
        """Raises `PolicyUnusable` for whatever would otherwise fail at the first question."""
        where = folder / WASM
        bundle = read_bundle(folder)
        policy = _compiled(bundle, where, limits)
        try:
            _check(policy, where)
        except PolicyUnusable:
            policy.close()
            raise
        # The module holds all names as they are.
        return cls(policy, reads_facts=b"facts" in bundle.wasm, remembered=limits.remembered)

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        """Raises the runtime's errors: undefined answers, aborts, time and memory limits."""
        document: dict[str, Any] = dict(question)
        if not self._reads_facts:
            document.pop("facts", None)
        try:
            text = _ENCODE(document)
        except (TypeError, ValueError):
            return self._policy.evaluate(document, entrypoint)  # which refuses it
        return self._remembered(entrypoint, text)

    def _evaluate(self, entrypoint: str, document: str) -> object:
        return self._policy.evaluate(document, entrypoint)

    def close(self) -> None:
        """Frees the instances and ends the thread that watches the time limit."""
        self._policy.close()


def _compiled(bundle: Bundle, where: Path, limits: Limits) -> OpaWasmPolicy:
    config = PolicyConfig(
        pool_size=limits.threads,
        borrow_timeout_seconds=limits.seconds,
        eval_timeout_seconds=limits.seconds,
        max_memory_pages=PAGES,
        max_input_bytes=LARGEST,
        max_result_bytes=LARGEST,
        strict_result=True,
        strict_result_shape=True,
    )
    try:
        policy = OpaWasmPolicy.from_wasm_bytes(bundle.wasm, config)
        policy.set_data(bundle.data)
    except OpaWasmError as error:
        raise PolicyUnusable("it is not a policy that can be run", where, REMEDY) from error
    return policy


def _check(policy: OpaWasmPolicy, where: Path) -> None:
    """A builtin that nobody provides would fail only when a rule reaches it. Asks nothing of
    nobody: the data must load, each entrypoint answer, and the answer be no.
    """
    if missing := sorted(set(ENTRYPOINTS) - set(policy.entrypoints)):
        raise PolicyUnusable(f"it has no entrypoint {', '.join(missing)}", where, REMEDY)
    if missing := sorted(set(policy.builtins) - set(policy.registered_builtins)):
        raise PolicyUnusable(
            f"it needs builtins that this host does not have: {', '.join(missing)}",
            where,
            "Write the policy without them; time and the like are part of the question",
        )
    try:
        answers = {entrypoint: policy.evaluate({}, entrypoint) for entrypoint in ENTRYPOINTS}
    except OpaWasmError as error:
        raise PolicyUnusable("it fails when it is asked", where, REMEDY) from error
    if answers[ALLOW] is not False:
        raise PolicyUnusable("it does not deny an empty question", where, REMEDY)


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
    # File name to SHA-256, from lines as sha256sum writes them.
    lines = _read(folder / HASHES).decode("utf-8", errors="replace").splitlines()
    hashes = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wasm = _hashed(folder / WASM, hashes)
    data = _hashed(folder / DATA, hashes)
    if not wasm.startswith(WASM_MAGIC):
        raise PolicyUnusable("it is not WebAssembly", folder / WASM, REMEDY)
    try:
        return Bundle(wasm, json_object(data))
    except Unreadable as error:
        words = f"it is not a JSON object ({error})"
        raise PolicyUnusable(words, folder / DATA, REMEDY) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyUnusable(f"it cannot be read ({reason})", path, REMEDY) from error


def _hashed(path: Path, hashes: dict[str, str]) -> bytes:
    content = _read(path)
    expected = hashes.get(path.name, "").encode()
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest().encode(), expected):
        raise PolicyUnusable(f"its SHA-256 is not the one in {HASHES}", path, REMEDY)
    return content
