"""The floor of the API bench: a bare Flask app under the gunicorn settings of ours, one Redis command a request.

`python -m tests.bench.bare PORT REDIS_URL`
"""

import sys
from typing import Any

import redis
from flask import Flask, request

from service import settings as settings_file
from workers.web import Web


class Bare(Web):
    """Our web process with another app in it."""

    def __init__(self, port: str, url: str) -> None:
        self._redis = url
        settings = settings_file.load({"PORT": port, "REDIS_URL": url, "QOSWATCH_SECRET_KEY": "a" * 40})
        super().__init__(settings, "127.0.0.1")

    def load(self) -> Any:
        """One route that sets a key, and one that gets it."""
        client, app = redis.Redis.from_url(self._redis), Flask("bare")

        @app.put("/<id>")
        def put(id: str) -> Any:
            client.set(id, request.get_data())
            return request.get_json(), 201

        @app.get("/<id>")
        def get(id: str) -> Any:
            return client.get(id) or b"{}", 200, {"Content-Type": "application/json"}

        @app.get("/livez")
        def livez() -> Any:
            return {}

        return app


if __name__ == "__main__":
    Bare(*sys.argv[1:]).run()
