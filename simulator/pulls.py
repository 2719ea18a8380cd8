"""The strings of the push: where webhooks go, how, when, and what goes wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from simulator.letters import Sent
from simulator.push import SECRET, Push

Json = dict[str, Any]
_SHOWN = 500


class Pulls:
    """What /sim/push… does, each with its keywords as JSON."""

    def __init__(self, push: Push) -> None:
        self._push = push

    def posts(self) -> Mapping[str, Callable[..., Json]]:
        """Path to action."""
        return {
            "push": self.set_up,
            "push/flush": lambda: {"sent": [_plain(one) for one in self._push.flush()]},
            "push/validate": lambda **wish: {"valid": self._push.validate(**wish)},
            "push/behave": self.behave,
            "push/recover": self.recover,
            "push/alert": self.alert,
            "push/send": self.send,
            "push/storm": self.storm,
        }

    def set_up(
        self, url: str | None = None, secret: str = SECRET, since: float | None = None, auto: bool = True, **wish: Any
    ) -> Json:
        """Point it somewhere (by default it then flushes by itself) and turn its knobs."""
        odd = sorted(wish.keys() - asdict(self._push.knobs).keys())
        if odd:
            raise ValueError(f"unknown {', '.join(odd)}: there are {', '.join(asdict(self._push.knobs))}")
        for name, value in wish.items():
            setattr(self._push.knobs, name, value)
        if url is not None:
            self._push.to(url, secret, since=since, auto=auto)
        return self.state()

    def behave(self, kind: str, event: str = "", **more: Any) -> Json:
        """Let some go wrong."""
        self._push.behave(kind, event, **more)
        return self.state()

    def recover(self) -> Json:
        """Nothing goes wrong any more."""
        self._push.recover()
        return self.state()

    def alert(self, meeting: str | int, issues: list[str] | None = None, at: float | None = None) -> Json:
        """meeting.alert at the next flush."""
        self._push.alert(meeting, *(issues or ()), at=at)
        return self.state()

    def send(self, event: str, object: Json, at: float | None = None) -> Json:
        """Any event at the next flush."""
        self._push.send(event, object, at=at)
        return self.state()

    def storm(self, count: int = 1000, threads: int = 8) -> Json:
        """Many QSS events at once."""
        storm = self._push.storm(count, threads=threads)
        statuses = {str(status): n for status, n in storm.statuses.items()}
        return {"sent": storm.sent, "accepted": storm.accepted, "seconds": storm.seconds, "statuses": statuses}

    def state(self) -> Json:
        """Where it goes and how."""
        push = self._push
        wrong = [asdict(one) for one in push.mischiefs]
        told = {"url": push.url, "disabled": push.disabled, "waiting": push.waiting, "next_at": push.next_at}
        return {**told, "knobs": asdict(push.knobs), "mischiefs": wrong, "attempts": len(push.log())}

    def log(self) -> Json:
        """The same, and the newest attempts."""
        return {**self.state(), "sent": [_plain(one) for one in self._push.log()[-_SHOWN:]]}


def _plain(sent: Sent) -> Json:
    return {**asdict(sent), "accepted": sent.accepted}
