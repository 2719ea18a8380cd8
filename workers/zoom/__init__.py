"""Asks Zoom for a meeting and for people's figures, and turns the answers into our values."""

from workers.zoom.client import Zoom
from workers.zoom.errors import Kind, ZoomError

__all__ = ["Kind", "Zoom", "ZoomError"]
