"""Pools of Faker's values: made once from a root seed, drawn from for every row."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlkit.errors import SeedingError, WrongArgument
from sqlkit.seeding.meant import meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faker import Faker

SIZE = 1_000
_POOLS: dict[str, list[Any]] = {}


def pool(
    seed: int, provider: str, locale: str | None = None, options: Mapping[str, Any] | None = None
) -> list[Any]:
    """A thousand values of one of Faker's providers.

    Raises `SeedingError` if Faker isn't installed, `WrongArgument` for an unknown provider.
    """
    options = dict(sorted((options or {}).items()))
    name = f"{seed}\0{provider}\0{locale}\0{options!r}"
    found = _POOLS.get(name)
    if found is None:
        found = _POOLS[name] = _made(name, provider, locale, options)
    return found


def _made(name: str, provider: str, locale: str | None, options: Mapping[str, Any]) -> list[Any]:
    faker = _faker(locale)
    make = getattr(faker, provider, None) if not provider.startswith("_") else None
    if not callable(make):
        raise WrongArgument(f'Faker has no "{provider}"{meant(provider, dir(faker.factories[0]))}')
    faker.seed_instance(int.from_bytes(sha256(name.encode()).digest(), "big"))
    return [make(**options) for _ in range(SIZE)]


def _faker(locale: str | None) -> Faker:
    try:
        from faker import Faker
    except ImportError as error:
        raise SeedingError(
            "made-up names and texts come from Faker, which isn't installed: "
            'pip install "sqlkit-pg[seed]"'
        ) from error
    return Faker(locale) if locale else Faker()
