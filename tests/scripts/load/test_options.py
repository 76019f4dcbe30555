"""Options that cannot be used are refused, and a load too short for its outage is warned of."""

from __future__ import annotations

import pytest

from scripts.load.options import parsed, warning


@pytest.mark.parametrize(
    "words",
    [
        ("--seconds", "-1"),
        ("--seconds", "0"),
        ("--seconds", "x"),
        ("--seconds", "nan"),
        ("--seconds", "86401"),
        ("--workers", "0"),
        ("--workers", "1.5"),
        ("--workers", "201"),
        ("--memory-bound", "abc"),
        ("--memory-bound", "-1"),
        ("--disturb", "foo"),
        ("--frobnicate",),
        ("--sec", "5"),
        ("--seconds",),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2; the word is named, and where the right ones are to be read."""
    with pytest.raises(SystemExit) as refusal:
        parsed([*words])
    told = capsys.readouterr()
    assert refusal.value.code == 2
    assert words[-1] in told.err
    assert told.err.endswith("\n  fix: see scripts/load.sh --help\n")
    assert not told.out


def test_right_options_are_taken() -> None:
    """Those that are not given have values, too."""
    options = parsed(["--seconds", "0.5", "--workers", "3", "--disturb=redis", "--json"])
    assert (options.seconds, options.workers, options.memory_bound) == (0.5, 3, 32.0)
    assert (options.disturb, options.json) == ("redis", True)


@pytest.mark.parametrize(
    ("part", "seconds", "is_warned"),
    [
        ("dynamodb", "45", True),
        ("dynamodb", "46", False),
        ("cognito", "45", True),
        ("redis", "3", False),
    ],
)
def test_a_load_is_warned_whose_outage_is_over_before_the_api_gives_up(
    part: str, seconds: str, is_warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three attempts at five seconds fit into a third of more than 45."""
    monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    monkeypatch.delenv("AWS_READ_TIMEOUT_SECONDS", raising=False)
    words = warning(parsed(["--disturb", part, "--seconds", seconds]))
    assert (words is not None) is is_warned
    assert words is None or "more than 45" in words


def test_the_warning_goes_by_the_settings_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one attempt of a second three seconds are too short, and four are not."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_READ_TIMEOUT_SECONDS", "1")
    assert warning(parsed(["--disturb", "dynamodb", "--seconds", "3"]))
    assert not warning(parsed(["--disturb", "dynamodb", "--seconds", "4"]))


def test_a_load_without_an_outage_is_not_warned() -> None:
    """However short it is."""
    assert warning(parsed(["--seconds", "1"])) is None
