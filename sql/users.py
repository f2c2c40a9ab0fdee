# Written by sqlkit 0.1.0 from users.sql (sha256 14a77e7dfa03a42a, body 336e4a1e9e6efebd); do not edit: change users.sql and run "sqlkit compile".
"""Users: how they sign up, change, leave, and are found."""

from __future__ import annotations

from collections.abc import Sequence as _Sequence
from datetime import datetime as _datetime

from sql.models import Settings as _Settings
from sqlkit.deprecated import deprecated as _deprecated
from sqlkit.row import Row as _Row
from sqlkit.statement import Condition as _Condition
from sqlkit.statement import Effects as _Effects
from sqlkit.statement import Line as _Line
from sqlkit.statement import Query as _Query
from sqlkit.statement import Statement as _Statement

from ._types import PostalAddress as _PostalAddress


class User(_Row):
    """Row of get_user, find_user, find_users_by_name, get_users, list_users, create_user,
    upsert_user.
    """

    id: int
    email: str
    full_name: str | None
    settings: _Settings
    billing_address: _PostalAddress | None
    created_at: _datetime


class ExportUsersRow(_Row):
    """Row of export_users."""

    id: int
    email: str
    full_name: str | None
    created_at: _datetime


_GET_USER: _Query[User] = _Query(
    name="users.get_user",
    kind="one",
    lines=(
        _Line(
            "select id, email, full_name, settings, billing_address, created_at\n",
            "from users\n",
            "where id = ",
            0,
            ";",
        ),
    ),
    parameters=("id",),
    row=User,
    source="sql/users.sql:3",
    effects=_Effects(reads=("public.users",), volatility="stable"),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def get_user(*, id: int) -> _Statement[User]:
    """The user with this id."""
    return _Statement(_GET_USER, (id,))


_FIND_USER: _Query[User | None] = _Query(
    name="users.find_user",
    kind="maybe",
    lines=(
        _Line(
            "select id, email, full_name, settings, billing_address, created_at\n",
            "from users\n",
            "where email = lower(",
            0,
            ");",
        ),
    ),
    parameters=("email",),
    row=User,
    source="sql/users.sql:10",
    effects=_Effects(reads=("public.users",), volatility="stable"),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def find_user(*, email: str) -> _Statement[User | None]:
    """The user with this address, if there is one."""
    return _Statement(_FIND_USER, (email,))


_FIND_USERS_BY_NAME: _Query[list[User]] = _Query(
    name="users.find_users_by_name",
    kind="many",
    lines=(
        _Line(
            "select id, email, full_name, settings, billing_address, created_at\n",
            "from users\n",
            "where full_name = ",
            0,
            ";",
        ),
    ),
    parameters=("full_name",),
    row=User,
    source="sql/users.sql:17",
    effects=_Effects(reads=("public.users",), volatility="stable"),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


@_deprecated("list_users(text=...) finds them, and parts of a name too.")
def find_users_by_name(*, full_name: str) -> _Statement[list[User]]:
    """Users of exactly this name.

    full_name: Never NULL here, but a User elsewhere may have none.
    """
    return _Statement(_FIND_USERS_BY_NAME, (full_name,))


_GET_USERS: _Query[list[User]] = _Query(
    name="users.get_users",
    kind="many",
    lines=(
        _Line(
            "select id, email, full_name, settings, billing_address, created_at\n",
            "from users\n",
            "where id = any(",
            0,
            ")\n",
            "order by array_position(",
            0,
            ", id);",
        ),
    ),
    parameters=("ids",),
    row=User,
    source="sql/users.sql:26",
    effects=_Effects(reads=("public.users",), volatility="stable"),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def get_users(*, ids: _Sequence[int | None]) -> _Statement[list[User]]:
    """The users with these ids, in the order of the ids; an unknown id is left out."""
    return _Statement(_GET_USERS, (ids,))


_LIST_USERS: _Query[list[User]] = _Query(
    name="users.list_users",
    kind="many",
    lines=(
        _Line(
            "select id, email, full_name, settings, billing_address, created_at\n",
            "from users\n",
            "where\n",
            "    true\n",
        ),
        _Line(
            "    and (full_name ilike '%' || ",
            1,
            " || '%' or email ilike '%' || ",
            1,
            " || '%') --? text\n",
            when=(0, True),
        ),
        _Line("    and id < ", 2, " --? before_id\n", when=(1, True)),
        _Line("    and billing_address is not null --? billable\n", when=(2, True)),
        _Line("order by id desc\n", "limit ", 0, ";"),
    ),
    parameters=("max_rows", "text", "before_id", "billable"),
    conditions=(_Condition(1, given=True), _Condition(2, given=True), _Condition(3)),
    row=User,
    source="sql/users.sql:34",
    timeout=0.25,
    effects=_Effects(reads=("public.users",), volatility="stable"),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def list_users(
    *,
    max_rows: int,
    text: str | None = None,
    before_id: int | None = None,
    billable: bool = False,
) -> _Statement[list[User]]:
    """A page of users, newest first; each filter may be left out.
    The next page is the one before the last id of this page: page 1,000 costs what page 1 does.

    text: A part of the name or the address, in any case.
    before_id: Only users that signed up before this one.
    """
    return _Statement(_LIST_USERS, (max_rows, text, before_id, billable))


_COUNT_USERS: _Query[int] = _Query(
    name="users.count_users",
    kind="one",
    lines=(_Line("select count(*) from users;"),),
    source="sql/users.sql:51",
    effects=_Effects(reads=("public.users",), volatility="stable"),
)


def count_users() -> _Statement[int]:
    """The number of all users."""
    return _Statement(_COUNT_USERS)


_IS_TAKEN: _Query[bool] = _Query(
    name="users.is_taken",
    kind="one",
    lines=(
        _Line(
            "select exists(\n",
            "    select from users\n",
            "    where email = lower(",
            0,
            ")\n",
            ");",
        ),
    ),
    parameters=("email",),
    source="sql/users.sql:55",
    effects=_Effects(reads=("public.users",), volatility="stable"),
)


def is_taken(*, email: str) -> _Statement[bool]:
    """Whether there is a user with this address."""
    return _Statement(_IS_TAKEN, (email,))


_CREATE_USER: _Query[User] = _Query(
    name="users.create_user",
    kind="one",
    lines=(
        _Line(
            "insert into users (email, full_name)\n",
            "values (lower(",
            0,
            "), ",
            1,
            ")\n",
            "returning id, email, full_name, settings, billing_address, created_at;",
        ),
    ),
    parameters=("email", "full_name"),
    row=User,
    source="sql/users.sql:62",
    effects=_Effects(reads=("public.users",), writes=("public.users",)),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def create_user(*, email: str, full_name: str | None) -> _Statement[User]:
    """A new user, with the settings that everyone begins with."""
    return _Statement(_CREATE_USER, (email, full_name))


_CREATE_USERS: _Query[list[int]] = _Query(
    name="users.create_users",
    kind="many",
    lines=(
        _Line(
            "insert into users (email, full_name)\n",
            "select\n",
            "    lower(new.email) as email,\n",
            "    new.full_name\n",
            "from unnest(",
            0,
            "::text[], ",
            1,
            "::text[]) as new (email, full_name)\n",
            "on conflict (email) do nothing\n",
            "returning id;",
        ),
    ),
    parameters=("emails", "full_names"),
    source="sql/users.sql:69",
    effects=_Effects(reads=("public.users",), writes=("public.users",)),
)


def create_users(
    *,
    emails: _Sequence[str | None],
    full_names: _Sequence[str | None],
) -> _Statement[list[int]]:
    """The ids of any number of new users; an address that is taken is left out."""
    return _Statement(_CREATE_USERS, (emails, full_names))


_UPSERT_USER: _Query[User] = _Query(
    name="users.upsert_user",
    kind="one",
    lines=(
        _Line(
            "insert into users (email, full_name, settings)\n",
            "values (lower(",
            0,
            "), ",
            1,
            ", ",
            2,
            ")\n",
            "on conflict (email) do update\n",
            "    set\n",
            "        full_name = coalesce(excluded.full_name, users.full_name),\n",
            "        settings = users.settings || excluded.settings\n",
            "returning id, email, full_name, settings, billing_address, created_at;",
        ),
    ),
    parameters=("email", "full_name", "settings"),
    row=User,
    source="sql/users.sql:79",
    idempotent=True,
    effects=_Effects(reads=("public.users",), writes=("public.users",), locks=True),
    composites={"public.postal_address": _PostalAddress},
    converts={3: _Settings},
)


def upsert_user(*, email: str, full_name: str | None, settings: object) -> _Statement[User]:
    """The user with this address, made if there is none; what is given replaces what was there."""
    return _Statement(_UPSERT_USER, (email, full_name, settings))


_CHANGE_SETTINGS: _Query[int] = _Query(
    name="users.change_settings",
    kind="affected",
    lines=(
        _Line(
            "update users\n",
            "set settings = settings || ",
            0,
            "\n",
            "where id = ",
            1,
            ";",
        ),
    ),
    parameters=("changes", "id"),
    source="sql/users.sql:91",
    idempotent=True,
    effects=_Effects(reads=("public.users",), writes=("public.users",), locks=True),
)


def change_settings(*, changes: object, id: int) -> _Statement[int]:
    """Replace these settings of a user and keep the others.

    changes: A JSON object.
    """
    return _Statement(_CHANGE_SETTINGS, (changes, id))


_SET_BILLING_ADDRESS: _Query[int] = _Query(
    name="users.set_billing_address",
    kind="affected",
    lines=(
        _Line(
            "update users\n",
            "set billing_address = (",
            0,
            ", ",
            1,
            ", ",
            2,
            ")::postal_address\n",
            "where id = ",
            3,
            ";",
        ),
    ),
    parameters=("street", "city", "country", "id"),
    source="sql/users.sql:99",
    idempotent=True,
    effects=_Effects(reads=("public.users",), writes=("public.users",), locks=True),
)


def set_billing_address(*, street: str, city: str, country: str, id: int) -> _Statement[int]:
    """Where a user's invoices go from now on."""
    return _Statement(_SET_BILLING_ADDRESS, (street, city, country, id))


_DELETE_USER: _Query[int] = _Query(
    name="users.delete_user",
    kind="affected",
    lines=(_Line("delete from users\n", "where id = ", 0, ";"),),
    parameters=("id",),
    source="sql/users.sql:106",
    effects=_Effects(reads=("public.users",), writes=("public.users",), locks=True),
)


def delete_user(*, id: int) -> _Statement[int]:
    """Delete a user who owns no campaign; one who owns one is an IntegrityError."""
    return _Statement(_DELETE_USER, (id,))


_EXPORT_USERS: _Query[list[ExportUsersRow]] = _Query(
    name="users.export_users",
    kind="copy",
    lines=(
        _Line(
            "select id, email, full_name, created_at\n",
            "from users\n",
            "order by id",
        ),
    ),
    row=ExportUsersRow,
    source="sql/users.sql:111",
    effects=_Effects(reads=("public.users",), volatility="stable"),
)


def export_users() -> _Statement[list[ExportUsersRow]]:
    """Every user, for a spreadsheet or another system."""
    return _Statement(_EXPORT_USERS)


_DELETE_EVERYTHING: _Query[None] = _Query(
    name="users.delete_everything",
    kind="script",
    lines=(
        _Line(
            "truncate campaign_events, campaign_members, campaigns, users restart identity;\n",
            "refresh materialized view campaign_days;",
        ),
    ),
    source="sql/users.sql:117",
)


def delete_everything() -> _Statement[None]:
    """Empty every table and start counting from 1 again. For development only."""
    return _Statement(_DELETE_EVERYTHING)
