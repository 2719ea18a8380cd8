"""People's alerts that are open now, each with what else its person is known by."""

from collections.abc import Iterator

from rules.model import AlertView, Seat
from rules.silencing import OURSELVES
from service.store import Store

_PAGE = 200


def open_alerts(store: Store) -> Iterator[tuple[AlertView, tuple[str, ...]]]:
    """Every open alert of somebody's call, newest first, and that person's addresses and Zoom user."""
    seats: dict[str, dict[str, tuple[str, Seat]]] = {}
    cursor: str | None = None
    while True:
        alerts, cursor = store.alerts.page(state="open", limit=_PAGE, cursor=cursor)
        for alert in alerts:
            if alert.subject.startswith(OURSELVES):
                continue
            if alert.instance not in seats:
                seats[alert.instance] = store.seats.load(alert.instance)
            known = seats[alert.instance].get(alert.subject)
            yield alert, known[1].aliases if known else ()
        if cursor is None:
            return
