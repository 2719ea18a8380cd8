"""workers act: they poll Zoom, tell people, and keep the pace."""
