"""Connections out to the Internet only: the address is judged once it is connected to, before anything is sent.

A name is resolved once, so one that means another address a moment later gains nothing. A proxy has its own rules.
"""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from rules.destinations import is_public


class NotPublic(NewConnectionError):
    """The name leads to this machine or into its network."""

    words = (
        "its name leads to this machine or into its network, which is open to trials and tests only "
        "(QOSWATCH_ALLOW_PRIVATE_TARGETS)"
    )


class _Connection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if is_public(connected.getpeername()[0]):
            return connected
        connected.close()
        raise NotPublic(self, NotPublic.words)


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class PublicOnly(HTTPAdapter):
    """An adapter whose connections all lead out."""

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        """As the base has it, with pools of our own."""
        super().init_poolmanager(*given, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Pool}
