"""The web app, put together once: every part is given what it uses, and nothing is looked up later."""

import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog
from flask import Flask

from rules import documents
from service import __version__
from service.api import errors, headers
from service.api.alerts import Alerts
from service.api.auth import Guard
from service.api.budget import Budget
from service.api.channels import Channels
from service.api.covers import Covers
from service.api.deliveries import Deliveries
from service.api.docs import Docs
from service.api.health import Health
from service.api.layer import Api
from service.api.live import Live
from service.api.metrics import Metrics
from service.api.openapi import document
from service.api.people import People
from service.api.policies import Policies
from service.api.rules import Rules
from service.api.schedules import Schedules
from service.api.silences import Silences
from service.api.watches import Watches
from service.hooks import links
from service.hooks.zoom import ZoomHook
from service.queues import QueueName
from service.settings import Settings
from service.store import Store, StoreUnavailable

log = structlog.get_logger(__name__)
_LARGEST = 1_000_000


class Waker(Protocol):
    """What we need of the queues."""

    def deliver(self) -> object: ...
    def drain(self) -> object: ...
    def length(self, name: QueueName) -> int: ...


def create_app(settings: Settings, store: Store, queues: Waker) -> Flask:
    """The app. `app.extensions["qoswatch"]` is its Api: every operation, and the key each route asks for."""
    app = Flask("service", static_folder=str(Path(__file__).parent / "static"))
    app.url_map.merge_slashes = False  # //v1/watches is not /v1/watches
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST
    errors.register(app)
    headers.register(app, over_tls=(settings.public_url or "").startswith("https:"))
    store.documents.rules.seed(documents.stock_rules().values())
    api = app.extensions["qoswatch"] = Api(app)
    _add_resources(api, settings, store, _if_it_can(queues.deliver))
    _add_pages(api, store, queues)
    hook = ZoomHook(store, partial(settings.again, "zoom_webhook_secret"), wake=_if_it_can(queues.drain))
    api.open("/hooks/zoom", "hooks.zoom", hook.take, "POST")
    _add_links(api, settings, store, _if_it_can(queues.deliver))
    use = partial(store.keys_.use, a_minute=settings.qoswatch_requests_per_minute)
    app.before_request(Guard(use, api.scopes))
    return app


def _add_resources(api: Api, settings: Settings, store: Store, wake: Callable[[], None]) -> None:
    period_s = settings.qoswatch_poll_seconds
    api.add(Watches(store, period_s=period_s, new_id=new_id))
    api.add(Rules(store, period_s=period_s, new_id=new_id))
    api.add(
        Channels(
            store,
            allow_private=settings.qoswatch_allow_private_targets,
            default_zone=settings.qoswatch_tz,
            new_id=new_id,
            wake=wake,
            can_mail=bool(settings.smtp_url),
        )
    )
    api.add(Alerts(store, wake=wake, user_header=settings.qoswatch_user_header))
    api.add(Deliveries(store, wake=wake))
    api.add(Live(store))
    api.add(Budget(store, period_s=period_s))
    api.add(Health(store))
    api.add(People(store, default_zone=settings.qoswatch_tz, new_id=new_id))
    api.add(Schedules(store, default_zone=settings.qoswatch_tz, new_id=new_id))
    api.add(Covers(store, new_id=new_id))
    ops = settings.qoswatch_ops_channel
    api.add(Policies(store, default_zone=settings.qoswatch_tz, ops=ops, new_id=new_id))
    api.add(Silences(store, default_zone=settings.qoswatch_tz, new_id=new_id))


def _add_pages(api: Api, store: Store, queues: Waker) -> None:
    api.open("/metrics", "metrics.page", Metrics(store, queues.length).page)
    docs = Docs(lambda: document(api.ops, __version__))
    api.open("/openapi.json", "docs.openapi", docs.openapi)
    api.open("/docs", "docs.page", docs.page)
    api.open("/", "docs.home", docs.home)


def _if_it_can(wake: Callable[[], object]) -> Callable[[], None]:
    """What was written stands, and the scheduler calls within a second: a call that fails must not deny that."""

    def call() -> None:
        try:
            wake()
        except StoreUnavailable as error:
            log.warning("nobody was woken", because=str(error))

    return call


def _add_links(api: Api, settings: Settings, store: Store, wake: Callable[[], None]) -> None:
    page = links.LinkPage(
        store,
        secret_keys=lambda: settings.secret_keys,
        public_url=settings.public_url,
        user_header=settings.qoswatch_user_header,
        default_zone=settings.qoswatch_tz,
        wake=wake,
    )
    api.open(f"{links.PATH}/<token>", "links.show", page.show)
    api.open(f"{links.PATH}/<token>", "links.act", page.act, "POST")


def new_id(prefix: str) -> str:
    """An id that nobody chose: w_5f0c…"""
    return prefix + secrets.token_hex(6)
