"""Secrets at rest: sealed under the first key, opened by any, so that keys can be replaced one by one."""

from collections.abc import Sequence
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.store.errors import SealedElsewhere, StoreError

Seal = Literal["newest", "older", "lost"]


class Vault:
    """Seals and opens what nobody may read out of Redis."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        try:
            keys = [Fernet(key) for key in secret_keys]
            self._newest, self._keys = keys[0], MultiFernet(keys)
        except (ValueError, IndexError) as error:
            raise StoreError("QOSWATCH_SECRET_KEY is no Fernet key: 32 bytes in URL-safe base64") from error

    def seal(self, secret: str) -> str:
        """The secret as it may lie in Redis."""
        return self._keys.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again. Raises SealedElsewhere when no key of ours sealed it."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealedElsewhere(
                "a stored secret was sealed with another key: give the older QOSWATCH_SECRET_KEY as well, "
                "separated by a comma"
            ) from error

    def seal_of(self, sealed: str) -> Seal:
        """Which key opens it: the one that seals now, one that may go when nothing is left under it, or none."""
        for name, key in (("newest", self._newest), ("older", self._keys)):
            try:
                key.decrypt(sealed.encode())
            except InvalidToken:
                continue
            return "newest" if name == "newest" else "older"
        return "lost"
