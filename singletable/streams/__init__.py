"""Reads a table's change records: typed entities as they were and as they are."""

from singletable.streams.changes import Change, Changes
from singletable.streams.read import handle_stream, read_stream
from singletable.streams.records import Kind

__all__ = ["Change", "Changes", "Kind", "handle_stream", "read_stream"]
