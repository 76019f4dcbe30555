"""Posts and their previews, by a clock that tests set."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.api.v1.stores import Store

SHOWN = "/v1/previews"


class PreviewSteps:
    """What `AppHarness` does with previews of posts."""

    store: Store
    ada: TestClient
    anonymous: TestClient

    def issue_preview(self, post: dict[str, Any], **wanted: Any) -> dict[str, Any]:
        answer = self.ada.post(previews(post), json=wanted)
        return dict(expect.success(answer, 201))

    def open_preview(self, token: str | bytes, who: TestClient | None = None) -> Any:
        """What a stranger, or someone else, gets for a token."""
        raw = token.encode() if isinstance(token, str) else token
        return (who or self.anonymous).get(SHOWN, headers=[(b"X-Preview-Token", raw)])

    def items(self) -> list[dict[str, Any]]:
        """Everything that is in the table."""
        scan = {"TableName": self.store.table, "ConsistentRead": True}
        return list(self.store.transport("Scan", scan)["Items"])

    def preview_items(self) -> list[dict[str, Any]]:
        """Their items."""
        return [each for each in self.items() if each["entity"]["S"] == "Preview"]


def previews(post: dict[str, Any]) -> str:
    return f"/v1/posts/{post['postId']}/previews"


def one(preview: dict[str, Any]) -> str:
    return f"/v1/posts/{preview['postId']}/previews/{preview['previewId']}"
