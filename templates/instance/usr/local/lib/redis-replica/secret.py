"""A secret, which every way of printing shows as ***."""

from __future__ import annotations


class Secret:
    """Bytes that only reveal() returns: for a socket, or for a file on tmpfs that only its readers may open."""

    __slots__ = ("_bytes",)

    def __init__(self, text: bytes) -> None:
        self._bytes = text

    def reveal(self) -> bytes:
        return self._bytes

    def __repr__(self) -> str:
        return "***"

    def __format__(self, form: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._bytes == self._bytes

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> str:
        raise TypeError("a secret is not serialized")
