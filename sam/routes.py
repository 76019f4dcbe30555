"""Writes the gateway's routes into the template: one for each operation that needs a caller.

From OpenAPI alone. usage: python sam/routes.py --write | --check
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.docs.matrix_tables import METHODS, Document  # noqa: E402 (the project is found first)
from scripts.docs.pages import documented  # noqa: E402
from singletable.cli.splice import replace_block  # noqa: E402

TEMPLATE = ROOT / "sam" / "template.yaml"
ROUTE = """\
{name}:
  Type: AWS::ApiGatewayV2::Route
  Condition: GatewayAuthorizes
  Properties:
    ApiId: !Ref Api
    RouteKey: {key}
    Target: !Sub "integrations/${{ApiIntegration}}"
    AuthorizationType: JWT
    AuthorizerId: !Ref Authorizer"""


def needs_caller(operation: dict[str, Any]) -> bool:
    """Some credentials are named, and none at all is not among them."""
    security = operation.get("security", [])
    return bool(security) and {} not in security


def guarded_routes(openapi: Document) -> Iterator[str]:
    """Keys of routes, such as `POST /v1/posts`, of operations that need a caller."""
    for path, operations in openapi["paths"].items():
        for method in METHODS:
            if method in operations and needs_caller(operations[method]):
                yield f"{method.upper()} {path}"


def block(openapi: Document) -> str:
    return "\n\n".join(ROUTE.format(name=_name(key), key=key) for key in guarded_routes(openapi))


def written(text: str) -> str:
    """The template with the routes as they should be."""
    return replace_block(text, "routes", block(documented(ROOT / "opa" / "build")), TEMPLATE.name)


def main(words: list[str]) -> int:
    text = TEMPLATE.read_text()
    match words:
        case ["--write"]:
            TEMPLATE.write_text(written(text))
            return 0
        case ["--check"]:
            if written(text) == text:
                return 0
            sys.stderr.write("sam/template.yaml: stale routes; python sam/routes.py --write\n")
            return 1
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


def _name(key: str) -> str:
    """`GET /v1/posts/{post_id}/views` is `GetPostsPostIdViewsRoute`: letters and digits alone."""
    words = "".join(each if each.isalnum() else " " for each in key.replace("/v1/", " ")).split()
    return "".join(each.capitalize() for each in words) + "Route"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
