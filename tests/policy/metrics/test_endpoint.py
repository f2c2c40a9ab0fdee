from __future__ import annotations

from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from sqlkit.policy.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable


def used(registry: CollectorRegistry) -> Metrics:
    """Metrics that have counted one call."""
    metrics = Metrics(registry)

    @metrics
    def transfer() -> None: ...

    transfer()
    return metrics


async def test_fastapi_answers_a_scrape() -> None:
    app = FastAPI()
    app.mount("/metrics", used(CollectorRegistry()).asgi_app())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/metrics", follow_redirects=True)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "transfer" in answer.text
    assert "# TYPE db_client_operation_duration_seconds histogram" in answer.text


def test_a_wsgi_server_answers_a_scrape() -> None:
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    headers: list[tuple[str, str]] = []

    def start(status: str, given: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
        headers.extend([("status", status), *given])
        return lambda _: None

    body = b"".join(used(CollectorRegistry()).wsgi_app()(environ, start))
    assert dict(headers)["status"] == "200 OK"
    assert b"db_client_operation_duration_seconds_bucket" in body
