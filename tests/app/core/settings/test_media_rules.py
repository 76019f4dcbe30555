"""Settings of uploads and previews that contradict each other are refused together."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.settings import Settings
from app.core.settings_base import SettingsError

LOCAL: dict[str, Any] = {
    "app_env": "local",
    "table_name": "blog",
    "dynamodb_endpoint": "http://127.0.0.1:9",
}


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        (
            {"media_pending_seconds": 60, "s3_presign_seconds": 61},
            ("MEDIA_PENDING_SECONDS", "S3_PRESIGN_SECONDS"),
        ),
        (
            {"preview_seconds": 61, "preview_max_seconds": 60},
            ("PREVIEW_MAX_SECONDS", "PREVIEW_SECONDS"),
        ),
    ],
)
def test_one_may_not_be_less_than_the_other(wrong: dict[str, int], names: tuple[str, str]) -> None:
    """Both names are in the problem."""
    with pytest.raises(SettingsError) as refused:
        Settings(**LOCAL, **wrong)
    assert [problem.names for problem in refused.value.problems] == [names]


def test_both_may_be_the_same() -> None:
    """An upload may be forgotten when its URL ends, and every preview may be the longest."""
    same = {"media_pending_seconds": 60, "s3_presign_seconds": 60}
    assert Settings(**LOCAL, **same, preview_seconds=60, preview_max_seconds=60)


def test_no_file_is_larger_than_what_is_copied_at_once() -> None:
    """5 GiB is the limit of S3's copy."""
    assert Settings(**LOCAL, media_max_bytes=5 * 1024**3)
    with pytest.raises(ValueError, match="media_max_bytes"):
        Settings(**LOCAL, media_max_bytes=5 * 1024**3 + 1)
