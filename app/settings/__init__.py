"""What the app is told from outside: read once from the environment, complete or refused."""

from app.settings.fields import Settings
from app.settings.loading import load_settings
from app.settings.problems import Problem, SettingsError
from app.settings.rows import SettingRow, setting_rows

__all__ = ["Problem", "SettingRow", "Settings", "SettingsError", "load_settings", "setting_rows"]
