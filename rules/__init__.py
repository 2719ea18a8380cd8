"""rules decide. Pure: no I/O, no clock, no randomness, no environment."""
