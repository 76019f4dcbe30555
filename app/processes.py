"""How the worker and the relay begin and end."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType

from app.aws.settings import load_settings
from app.core.context import configure_logging
from app.core.settings import Settings
from app.core.settings_base import SettingsError


def begun() -> Settings:
    """The settings, by which lines are logged from here on.

    Ends the process with the message alone if they are refused.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    configure_logging(settings.log_level)
    return settings


def stop_asked_for() -> Event:
    """Set when TERM or INT comes, which end nothing by themselves from here on."""
    stop = Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return stop
