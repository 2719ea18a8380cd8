"""What a worker works with: settings, store, Zoom and sender, built once per process, replaceable in tests."""

from dataclasses import dataclass, field

from service.queues import Queues
from service.settings import Settings
from service.store import Store
from workers.channels.http import Sender
from workers.crash import Crash
from workers.zoom import Zoom


@dataclass(slots=True)
class Runtime:
    """Everything that jobs and ticks use."""

    settings: Settings
    store: Store
    queues: Queues
    zoom: Zoom
    sender: Sender
    mark: Crash
    quick: set[str] = field(default_factory=set)  #: channels whose last answer came soon, as this process knows them

    @classmethod
    def build(cls, settings: Settings) -> "Runtime":
        """Wire one process."""
        store = Store.connect(settings)
        queues = Queues(store.redis)
        return cls(settings, store, queues, Zoom(settings, store), Sender(settings), Crash(settings.qoswatch_die_at))

    def close(self) -> None:
        """Give back connections."""
        self.zoom.close()
        self.sender.close()
        self.store.close()
