"""Row classes as pydantic types, and the application of docs/fastapi.md."""

from __future__ import annotations

import re
import sys
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import UUID

import fastapi
import httpx
import msgspec
import psycopg
import pydantic
import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sql import campaigns, users
from sqlkit import AsyncDatabase, Database, Json, Row
from sqlkit.testing.migrate import apply

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

ROOT = Path(__file__).parent.parent
Status: TypeAlias = Literal["draft", "active"]


class Address(Row):
    """Composite type public.address."""

    street: str | None


class Taste(msgspec.Struct, frozen=True):
    theme: str = "light"


class Order(Row):
    """Row of get_order."""

    id: int
    name: str | None
    status: Status
    address: Address | None
    others: list[Address | None]
    amount: Decimal
    at: datetime
    key: UUID
    extra: Json
    taste: Taste
    days: Range[date] | None
    spans: Multirange[int]


ORDER = Order(
    7,
    None,
    "draft",
    Address("Main"),
    [None, Address(None)],
    Decimal("1.50"),
    datetime(2024, 1, 1, tzinfo=UTC),
    UUID(int=1),
    {"a": [1, None]},
    Taste("dark"),
    Range(date(2024, 1, 1), None, "[)"),
    Multirange([Range(1, 3), Range(5, 7)]),
)
AS_JSON: dict[str, Any] = {
    "id": 7,
    "name": None,
    "status": "draft",
    "address": {"street": "Main"},
    "others": [None, {"street": None}],
    "amount": "1.50",
    "at": "2024-01-01T00:00:00Z",
    "key": "00000000-0000-0000-0000-000000000001",
    "extra": {"a": [1, None]},
    "taste": {"theme": "dark"},
    "days": {"lower": "2024-01-01", "upper": None, "bounds": "[)"},
    "spans": [
        {"lower": 1, "upper": 3, "bounds": "[)"},
        {"lower": 5, "upper": 7, "bounds": "[)"},
    ],
}
ADAPTER = pydantic.TypeAdapter(Order)


def test_a_row_is_written_as_json() -> None:
    assert ADAPTER.dump_python(ORDER, mode="json") == AS_JSON


def test_a_row_is_read_from_json() -> None:
    assert ADAPTER.validate_python(AS_JSON) == ORDER
    assert ADAPTER.validate_json(msgspec.json.encode(AS_JSON)) == ORDER


def test_a_row_goes_through_as_it_is() -> None:
    assert ADAPTER.validate_python(ORDER) is ORDER


def test_an_empty_range_has_no_bounds() -> None:
    days = pydantic.TypeAdapter(Order).dump_python(
        msgspec.structs.replace(ORDER, days=Range(empty=True)), mode="json"
    )["days"]
    assert days == {"lower": None, "upper": None, "bounds": None}
    assert ADAPTER.validate_python({**AS_JSON, "days": days}).days == Range(empty=True)


def test_a_field_with_a_default_may_be_left_away() -> None:
    assert ADAPTER.validate_python({**AS_JSON, "taste": {}}).taste == Taste()


@pytest.mark.parametrize(
    ("field", "value"), [("id", "x"), ("status", "gone"), ("address", 5), ("days", {"lower": 1})]
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(pydantic.ValidationError, match=field):
        ADAPTER.validate_python({**AS_JSON, field: value})


def test_a_row_can_be_a_field_of_a_model() -> None:
    class Answer(pydantic.BaseModel):
        orders: list[Order]

    answer = Answer(orders=[ORDER])
    assert answer.orders == [ORDER]
    assert answer.model_dump(mode="json") == {"orders": [AS_JSON]}


def test_the_schema_says_what_is_in_a_row() -> None:
    schema = ADAPTER.json_schema(mode="serialization")
    fields = schema["properties"]
    assert schema["title"] == "Order"
    assert schema["description"] == "Row of get_order."
    assert schema["required"] == list(AS_JSON)
    assert fields["id"]["type"] == "integer"
    assert [part["type"] for part in fields["name"]["anyOf"]] == ["string", "null"]
    assert fields["status"]["enum"] == ["draft", "active"]
    assert fields["address"]["anyOf"][0] == {"$ref": "#/$defs/Address"}
    assert fields["amount"]["type"] == "string"
    assert fields["at"]["format"] == "date-time"
    assert schema["$defs"]["Address"]["required"] == ["street"]


def test_rows_of_one_name_in_two_modules_are_two_types() -> None:
    app = fastapi.FastAPI()
    other = type("User", (Row,), {"__annotations__": {"x": int}, "__module__": __name__})
    app.get("/a", response_model=users.User)(lambda: None)
    app.get("/b", response_model=other)(lambda: None)
    names = app.openapi()["components"]["schemas"]
    assert sum(name.endswith("User") for name in names) == 2


# --- The application of the documentation


@pytest.fixture
def database_of_the_reference(database_url: str) -> str:
    apply(database_url, ROOT / "migrations")
    return database_url


@pytest.fixture
def application(database_of_the_reference: str, monkeypatch: pytest.MonkeyPatch) -> fastapi.FastAPI:
    """The code block of docs/fastapi.md, run as a module of its own."""
    monkeypatch.setenv("DATABASE_URL", database_of_the_reference)
    text = (ROOT / "docs" / "fastapi.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    module = ModuleType("application_of_the_documentation")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, "docs/fastapi.md", "exec"), module.__dict__)
    app: fastapi.FastAPI = module.app
    return app


async def get(application: fastapi.FastAPI, *paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        return [await client.get(path) for path in paths]


async def test_the_application_of_the_documentation_answers(
    application: fastapi.FastAPI, database_of_the_reference: str
) -> None:
    with Database(database_of_the_reference) as db:
        user = db.run(users.create_user(email="ada@example.com", full_name=None))
        created = db.run(
            campaigns.create_campaign(
                owner_id=user.id,
                title="Tea",
                budget=Decimal("12.50"),
                tags=["print"],
                runs=Range(date(2026, 3, 1), date(2026, 6, 1)),
            )
        )
    found, missing, listed = await get(
        application, "/users/ada@example.com", "/users/nobody", f"/users/{user.id}/campaigns"
    )
    assert found.status_code == 200
    assert found.json()["id"] == user.id
    assert found.json()["full_name"] is None
    assert found.json()["settings"]["theme"] == "light"
    assert missing.status_code == 404
    (campaign,) = listed.json()
    assert campaign["budget"] == "12.50"
    assert campaign["runs"] == {"lower": "2026-03-01", "upper": "2026-06-01", "bounds": "[)"}
    assert datetime.fromisoformat(campaign["created_at"]) == created.created_at


async def test_the_application_can_be_started_twice(application: fastapi.FastAPI) -> None:
    for _ in range(2):
        (answer,) = await get(application, "/users/nobody")
        assert answer.status_code == 404


async def test_the_application_has_the_right_schema(application: fastapi.FastAPI) -> None:
    schemas = application.openapi()["components"]["schemas"]
    campaign = schemas["Campaign"]["properties"]
    assert campaign["status"]["enum"] == ["draft", "active", "paused", "ended"]
    assert campaign["budget"]["type"] == "string"
    assert campaign["created_at"]["format"] == "date-time"
    user = schemas["User"]["properties"]
    assert user["billing_address"]["anyOf"][0]["$ref"] == "#/components/schemas/PostalAddress"
    assert {"type": "null"} in user["full_name"]["anyOf"]


async def test_a_database_that_is_not_there_stops_an_application_from_starting() -> None:
    @asynccontextmanager
    async def lifespan(_: fastapi.FastAPI) -> AsyncGenerator[None]:
        async with AsyncDatabase("postgresql://127.0.0.1:1/x", startup_timeout=0):
            yield

    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        await get(fastapi.FastAPI(lifespan=lifespan), "/")
