"""Secrets at rest: keys can be replaced while what they sealed stays readable."""

import pytest
from cryptography.fernet import Fernet

from service.store import StoreError
from service.store.vault import Vault

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def test_a_sealed_secret_opens_and_does_not_show() -> None:
    sealed = Vault([NEW]).seal("xoxb-1")
    assert "xoxb" not in sealed
    assert Vault([NEW]).open(sealed) == "xoxb-1"


def test_the_first_key_seals_and_all_open() -> None:
    both = Vault([NEW, OLD])
    assert both.open(Vault([OLD]).seal("a")) == "a"
    assert Vault([NEW]).open(both.seal("b")) == "b"


def test_a_secret_of_a_lost_key_is_named() -> None:
    with pytest.raises(StoreError, match="sealed with another key"):
        Vault([NEW]).open(Vault([OLD]).seal("a"))


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(StoreError, match="QOSWATCH_SECRET_KEY"):
        Vault(["short"])
