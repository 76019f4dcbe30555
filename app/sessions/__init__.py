"""Sessions: what is composed of several access patterns. Knows no HTTP."""

from app.sessions.life import Revoked, open_session, revoke_all

__all__ = ["Revoked", "open_session", "revoke_all"]
