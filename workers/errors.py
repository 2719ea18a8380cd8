"""What stops a command: its message is a sentence that says what would work."""


class CommandError(Exception):
    """A command can not go on."""


class EmbeddedError(CommandError):
    """Our own server can not run here."""
