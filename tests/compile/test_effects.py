"""What a generated query says of what running it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sqlkit
from sqlkit.statement import Effects, Query

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compile.conftest import Folder

USERS, CAMPAIGNS = "public.users", "public.campaigns"

EFFECTS: dict[str, Effects | None] = {
    ":one\nselect 1": Effects(volatility="immutable"),
    ":many\nselect id from users": Effects((USERS,), volatility="stable"),
    ":many\nselect id from active": Effects(("public.active", CAMPAIGNS), volatility="stable"),
    ":many\nselect id from users for update": Effects((USERS,), locks=True),
    ":one\nselect random()": Effects(),
    ":exec\ninsert into users (email) values (:e)": Effects(writes=(USERS,)),
    ":affected\ndelete from users where id = :id": Effects((USERS,), (USERS,), locks=True),
    ":many\nwith gone as (delete from users returning id) select id from gone": Effects(
        (USERS,), (USERS,), locks=True
    ),
    ":copy\nselect id from users": Effects((USERS,), volatility="stable"),
    ":copy\ncopy users (email) from stdin": Effects(writes=(USERS,)),
    ":many\nselect id from users\nfor update --? locked\nlimit 1": Effects((USERS,), locks=True),
    ":script\ndelete from users; select 1": None,
    ":exec\nnotify news": None,
    ":many\nexplain select 1": None,
}


@pytest.mark.parametrize(("query", "effects"), EFFECTS.items(), ids=EFFECTS)
def test_a_module_says_what_its_queries_do(
    query: str, effects: Effects | None, folder: Folder
) -> None:
    text = folder.compiled(f"-- name: q {query};\n")
    module: dict[str, object] = {"__name__": "x"}
    exec(compile(text, "x.py", "exec"), module)  # it imports nothing of its own package
    query_ = module["_Q"]
    assert isinstance(query_, Query)
    assert query_.effects == effects


def test_nothing_is_known_of_a_query_that_was_not_compiled(tmp_path: Path) -> None:
    assert sqlkit.sql("select 1").query.effects is None
    (tmp_path / "a.sql").write_text("-- name: a :one\nselect 1;\n")
    assert sqlkit.load(tmp_path).a.a().query.effects is None
