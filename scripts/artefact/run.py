"""Runs every function of the template from the built artefact, and tries all cases on it.

For scripts/prove_artefact.sh, which says where everything is. What the functions are told beyond
sam/local/env.local.json comes from this process's environment: endpoints, user pool, table.
Exit codes: 0 all proved, 1 something was not, 2 usage.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from scripts.artefact.emulator import Function, Runtime
from scripts.artefact.entrances import ENTRANCES, HTTP_API, Request
from scripts.artefact.gateway_cases import prove_claims
from scripts.artefact.http_cases import CASES, Visit
from scripts.artefact.neighbours import Neighbours
from scripts.artefact.proof import Proof
from scripts.artefact.source_cases import API, World, prove_sources

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / "sam" / "local" / "env.local.json"
TEMPLATE = ROOT / "sam" / "template.yaml"
# No template has these: on AWS the services are where they always are.
ENDPOINTS = (
    *("COGNITO_ENDPOINT", "COGNITO_ISSUER", "COGNITO_JWKS_URL"),
    *("S3_ENDPOINT", "SQS_ENDPOINT", "SNS_ENDPOINT"),
)
TIMES = 30


def main() -> int:
    options = _parser().parse_args()
    neighbours = Neighbours(
        os.environ["SQS_ENDPOINT"], os.environ["DYNAMODB_ENDPOINT"], os.environ["TABLE_NAME"]
    )
    started = Starting(options, {**os.environ, **neighbours.settings()})
    proof = Proof()
    with ExitStack() as stack:
        functions = {name: stack.enter_context(started(name)) for name in handlers()}
        prove_requests(proof, functions[API])
        for name in functions:
            prove_sources(proof, name, World(functions, neighbours))
        prove_starts(proof, functions)
        tell_times(functions[API])
    with started(API, COGNITO_TRUST_API_GATEWAY="1") as function:
        prove_claims(proof, function)
    print(f"{proof.proved} facts proved, {proof.failures} not", flush=True)
    return 1 if proof.failures else 0


def handlers() -> dict[str, str]:
    """Of each function in the template, in its order."""
    text = TEMPLATE.read_text()
    found = re.findall(r"^  (\w+):\n    Type: AWS::Serverless::Function$", text, re.MULTILINE)
    named = re.findall(r"^      Handler: (\S+)$", text, re.MULTILINE)
    return dict(zip(found, named, strict=True))


class Starting:
    """Makes functions of the artefact, each with what it would be told on this machine."""

    def __init__(self, options: argparse.Namespace, ours: Mapping[str, str]) -> None:
        self._options = options
        self._runtime = Runtime(options.emulator, options.python, options.client)
        self._ours = ours

    def __call__(self, name: str, **more: str) -> Function:
        """`more` overrides what sam/local/env.local.json says."""
        told: dict[str, str] = json.loads(LOCAL.read_text())[name]
        known = {each: self._ours[each] for each in (*told, *ENDPOINTS) if each in self._ours}
        policy = {"OPA_BUNDLE_PATH": str(self._options.policy)}
        log: Path = self._options.logs / f"{'-'.join((name, *more))}.log"
        environment = {**told, **known, **policy, **more}
        return Function(self._runtime, self._options.artefact, handlers()[name], environment, log)


def prove_requests(proof: Proof, function: Function) -> None:
    for at, entrance in enumerate(ENTRANCES):
        visit = Visit(function, entrance, ENTRANCES[at - 1])
        for fact, case in CASES:
            with proof.of(f"{entrance.name}: {fact}"):
                case(visit)


def prove_starts(proof: Proof, functions: Mapping[str, Function]) -> None:
    """Once each was invoked: the emulator starts a function for its first event."""
    for name, function in functions.items():
        with proof.of(f"{name}: {handlers()[name]} starts from the artefact alone"):
            took = function.init_milliseconds()
            print(f"time    {name}: {took:.0f} ms from Python's start to the handler", flush=True)


def tell_times(function: Function) -> None:
    for path in ("/health", "/v1/posts", "/v1/categories"):
        event = HTTP_API.event(Request("GET", path))
        took = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            function.invoke(event)
            took.append(time.perf_counter() - begun)
        print(f"time    GET {path}: {median(took) * 1000:.1f} ms, median of {TIMES}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("emulator", "python", "client", "artefact", "policy", "logs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
