"""Which environment a database belongs to, and the refusal to touch production by accident.

The database itself is the one to ask, since it says the same to everybody's laptop:
``alter database app set sqlkit.environment = 'production'``. What is said for the run
(``--env``, SQLKIT_ENV) names the environment too, but can't talk a production database out of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.errors import WrongArgument
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from sqlkit.seeding.conversation import Conversation

DEFAULT = "development"
PRODUCTION = frozenset({"production", "prod", "live"})

_SAID = "--env (or SQLKIT_ENV, or environment=)"
_ASK: Query[str | None] = Query(
    name="seeding.environment",
    kind="one",
    lines=(Line("select nullif(current_setting('sqlkit.environment', true), '')"),),
)


def environment(said: str | None, *, production: bool) -> Conversation[str]:
    """The environment to seed: what was said, else what the database says, else development.

    Raises `WrongArgument` if either is production and ``production`` is not said.
    """
    told: str | None = yield Statement(_ASK)
    sources = ((told, "the database's own setting sqlkit.environment"), (said, _SAID))
    for name, source in sources:
        if name and name.lower() in PRODUCTION and not production:
            raise WrongArgument(
                f'this is production: {source} says "{name}"; nothing was touched\n'
                "hint: --yes-production, or production=True, if that is what you mean"
            )
    return said or told or DEFAULT
