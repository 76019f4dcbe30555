"""Claims that a gateway's authorizer verified, as each of its two kinds writes them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from scripts.artefact.emulator import Function
from scripts.artefact.entrances import HTTP_API, REST, Request
from scripts.artefact.http_cases import EDITOR, Visit, access_token, signed_in
from scripts.artefact.proof import Proof, holds

# The header that the gateway verified, of which the app must not read a word again.
VERIFIED = {"Authorization": "Bearer verified-by-the-gateway"}
TIMES = ("auth_time", "exp", "iat")


def prove_claims(proof: Proof, function: Function) -> None:
    """`function` trusts its gateway."""
    for entrance, written in ((REST, as_rest), (HTTP_API, as_http_api)):
        visit = Visit(function, entrance, entrance)
        with proof.of(f"{entrance.name}: verified claims are who they name"):
            signed_in(visit)
            known_by_claims(visit, written)
        with proof.of(f"{entrance.name}: 401 without claims, whatever the header says"):
            answer = visit.ask(Request("GET", "/v1/auth/me", headers=VERIFIED))
            holds("the status", answer.status, 401)


def known_by_claims(visit: Visit, written: Callable[[dict[str, Any]], dict[str, str]]) -> None:
    claims = written(_claims(access_token(visit)))
    answer = visit.ask(Request("GET", "/v1/auth/me", headers=VERIFIED, claims=claims))
    holds("the status", answer.status, 200)
    holds("who it is", answer.json()["data"]["user"]["email"], EDITOR.email)


def as_rest(claims: dict[str, Any]) -> dict[str, str]:
    """Lists by commas, moments as Java prints dates."""
    text = {name: _text(value, "{}", ",") for name, value in claims.items()}
    for name in TIMES:
        if name in claims:
            moment = time.gmtime(int(claims[name]))
            text[name] = time.strftime("%a %b %d %H:%M:%S UTC %Y", moment)
    return text


def as_http_api(claims: dict[str, Any]) -> dict[str, str]:
    """Lists in brackets, by spaces; numbers as they are."""
    return {name: _text(value, "[{}]", " ") for name, value in claims.items()}


def _text(value: Any, form: str, between: str) -> str:
    return form.format(between.join(value)) if isinstance(value, list) else str(value)


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    padded = payload + "=" * (-len(payload) % 4)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return claims
