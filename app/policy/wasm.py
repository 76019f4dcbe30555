"""Policies compiled to WebAssembly, evaluated in this process. Nothing else knows the runtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opapywasm import OpaWasmError, OpaWasmPolicy, PolicyConfig

from app.policy.bundle import REMEDY, WASM, Bundle, read_bundle
from app.policy.errors import PolicyUnusable
from app.policy.port import ALLOW, ENTRYPOINTS

PAGES = 256  # of 64 KiB: 16 MiB at most for an instance; it takes a fraction of that
LARGEST = 64 * 1024  # bytes of a question, and of an answer


@dataclass(frozen=True)
class Limits:
    """`threads` may evaluate at once, an instance each; `seconds` is for one evaluation.

    The runtime's queue for instances is not fair: with fewer instances than threads, a busy server
    lets some of them wait for seconds. The time includes waiting for the processor, so it is far
    above the fraction of a millisecond that an evaluation takes.
    """

    threads: int = 40
    seconds: float = 5.0


DEFAULT_LIMITS = Limits()


class WasmPolicy:
    """`load` makes one; it may be asked from any number of threads."""

    def __init__(self, policy: OpaWasmPolicy) -> None:
        self._policy = policy

    @classmethod
    def load(cls, folder: Path, limits: Limits = DEFAULT_LIMITS) -> WasmPolicy:
        """Raises `PolicyUnusable` for whatever would otherwise fail at the first question."""
        where = folder / WASM
        policy = _compiled(read_bundle(folder), where, limits)
        try:
            _check_entrypoints(policy, where)
            _check_builtins(policy, where)
            _try_out(policy, where)
        except PolicyUnusable:
            policy.close()
            raise
        return cls(policy)

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        """Raises the runtime's errors: undefined answers, aborts, time and memory limits."""
        # The runtime would take text for a document to parse; a dict is only ever a value.
        document: dict[str, Any] = dict(question)
        return self._policy.evaluate(document, entrypoint)

    def close(self) -> None:
        """Frees the instances and ends the thread that watches the time limit."""
        self._policy.close()


def _config(limits: Limits) -> PolicyConfig:
    return PolicyConfig(
        pool_size=limits.threads,
        borrow_timeout_seconds=limits.seconds,
        eval_timeout_seconds=limits.seconds,
        max_memory_pages=PAGES,
        max_input_bytes=LARGEST,
        max_result_bytes=LARGEST,
        strict_result=True,
        strict_result_shape=True,
    )


def _compiled(bundle: Bundle, where: Path, limits: Limits) -> OpaWasmPolicy:
    try:
        policy = OpaWasmPolicy.from_wasm_bytes(bundle.wasm, _config(limits))
        policy.set_data(bundle.data)
    except OpaWasmError as error:
        raise PolicyUnusable("it is not a policy that can be run", where, REMEDY) from error
    return policy


def _check_entrypoints(policy: OpaWasmPolicy, where: Path) -> None:
    if missing := sorted(set(ENTRYPOINTS) - set(policy.entrypoints)):
        raise PolicyUnusable(f"it has no entrypoint {', '.join(missing)}", where, REMEDY)


def _check_builtins(policy: OpaWasmPolicy, where: Path) -> None:
    """A builtin that nobody provides would fail only when a rule reaches it."""
    if missing := sorted(set(policy.builtins) - set(policy.registered_builtins)):
        raise PolicyUnusable(
            f"it needs builtins that this host does not have: {', '.join(missing)}",
            where,
            "Write the policy without them; time and the like are part of the question",
        )


def _try_out(policy: OpaWasmPolicy, where: Path) -> None:
    """Asks nothing of nobody: the data must load, each entrypoint answer, and the answer be no."""
    try:
        answers = {entrypoint: policy.evaluate({}, entrypoint) for entrypoint in ENTRYPOINTS}
    except OpaWasmError as error:
        raise PolicyUnusable("it fails when it is asked", where, REMEDY) from error
    if answers[ALLOW] is not False:
        raise PolicyUnusable("it does not deny an empty question", where, REMEDY)
