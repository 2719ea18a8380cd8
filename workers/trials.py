"""Settings that are for trials only: whoever starts with one is told so aloud, by every process and by the doctor."""

from collections.abc import Iterator

from service.settings import Settings, variable

_OPENS = {
    "qoswatch_allow_private_targets": "channels may point at this machine, its network and plain http",
    "qoswatch_test_clock": "time is not the real one",
    "qoswatch_die_at": "processes kill themselves at a named point",
}


def on(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting for trials that is on, by the name of its variable, and what it opens."""
    for name, opens in _OPENS.items():
        if getattr(settings, name):
            yield variable(name), opens
