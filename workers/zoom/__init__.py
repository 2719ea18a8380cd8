"""Asks Zoom for meetings, their people and people's figures, and turns the answers into our values."""

from workers.zoom.client import Zoom
from workers.zoom.errors import Kind, ZoomError
from workers.zoom.paging import Rows
from workers.zoom.urls import ZoomKind

__all__ = ["Kind", "Rows", "Zoom", "ZoomError", "ZoomKind"]
