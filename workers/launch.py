"""What `up` needs to start everything: the children and their environment, the first key, the screen."""

import sys
from collections.abc import Mapping

from service.settings import VARIABLES, Settings
from service.store import Store
from workers import trials
from workers.reach import ours
from workers.supervisor import Child


def told(name: str, line: str) -> None:
    """A child's line at the terminal, under the name of the child."""
    print(f"{name:<9} | {line}", flush=True)


def env_for(settings: Settings, environ: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment of the children. Every setting is spelt out, so that no `.env` file adds to it."""
    env = {name: "" for each in VARIABLES for name in (each, f"{each}_FILE")} | dict(environ)
    env |= {"QOSWATCH_DATA_DIR": str(settings.qoswatch_data_dir), **more}
    if not env["REDIS_URL_FILE"]:
        env["REDIS_URL"] = settings.redis_url or ""
    if not settings.qoswatch_secret_key:
        assert settings.secret_keys  # made now, so that the children find one
        env["QOSWATCH_SECRET_KEY_FILE"] = str(settings.qoswatch_data_dir / "secret.key")
    if sys.stderr.isatty():
        env["FORCE_COLOR"] = "1"  # our log reads it: a person sits at the end of these lines
    return env


def children(env: Mapping[str, str], host: str = "127.0.0.1") -> list[Child]:
    """What makes up qoswatch, in the order of starting."""
    return [
        Child("web", ours("web", "--host", host), env),
        Child("scheduler", ours("scheduler"), env),
        Child("poll", ours("worker", "--queue", "poll"), env),
        Child("deliver", ours("worker", "--queue", "deliver"), env),
    ]


def first_key(settings: Settings) -> str | None:
    """A first admin key when there is none yet, to be shown once; with QOSWATCH_API_KEY, web takes that one in."""
    if settings.qoswatch_api_key:
        return None
    store = Store.connect(settings)
    try:
        if any(key.scope == "admin" and not key.revoked_at for key in store.keys_.list()):
            return None
        return store.keys_.create("admin", "first key")[1]
    finally:
        store.close()


def screen(settings: Settings, url: str, key: str | None, *, own_redis: bool) -> None:
    """What a person sees first."""
    lines = ["qoswatch is up.", f"  api     {url}", f"  docs    {url}/docs"]
    if key:
        lines.append(f"  key     {key}   (admin; shown this once)")
    if own_redis:
        lines.append(f"  data    {settings.qoswatch_data_dir}")
    if not settings.has_zoom:
        lines.append("  zoom    no credentials: set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET")
    lines += [f"  TRIAL   {name} is set: {opens}. Unset it in production." for name, opens in trials.on(settings)]
    if not settings.qoswatch_heartbeat_url:
        lines.append("  note    when this machine stops, nobody hears of it: set QOSWATCH_HEARTBEAT_URL")
    print("\n".join(lines), flush=True)
