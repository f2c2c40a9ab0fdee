"""What one run of pytest shares: a server, and template databases with migrations applied.

Under pytest-xdist the controller has them for all workers, since a server for each would cost every
worker its start. It starts one when the first worker asks, over a local connection, and so the
server ends with the controller, however that ends.
"""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlkit.errors import NoServer, SqlkitError
from sqlkit.testing import migrate
from sqlkit.testing.databases import Server
from sqlkit.testing.server import open_server

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = "127.0.0.1"


class Session(Protocol):
    """A server and its template databases."""

    def server(self) -> Server:
        """The server, started when first asked for; raises `NoServer`."""
        ...

    def template(self, migrations: Path | None) -> str:
        """The name of a database to copy, made when first asked for."""
        ...


class OwnSession:
    """The session of a process that starts the server itself."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._templates: dict[Path | None, str] = {}

    def server(self) -> Server:
        """The server, started when first asked for; raises `NoServer`."""
        if self._server is None:
            self._server = open_server()
        return self._server

    def template(self, migrations: Path | None) -> str:
        """The name of a database to copy, with these migrations applied, made when first asked."""
        if migrations not in self._templates:
            server, name = self.server(), f"sqlkit_template_{secrets.token_hex(6)}"
            url = server.create_database(name)
            try:
                if migrations is not None:
                    migrate.apply(url, migrations)
            except BaseException:
                server.drop_database(name)
                raise
            self._templates[migrations] = name
        return self._templates[migrations]

    def close(self) -> None:
        """Drop the templates where the server stays, and stop it where it is ours."""
        if self._server is not None:
            if self._server.way == "dsn":
                for name in self._templates.values():
                    self._server.drop_database(name)
            self._server.stop()


class SharedSession:
    """The controller's session, and where workers ask for it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._listener = Listener((_HOST, 0), authkey=self._key)
        self._session = OwnSession()
        self._thread = threading.Thread(target=self._answer_all, name="sqlkit", daemon=True)
        self._thread.start()

    @property
    def address(self) -> dict[str, Any]:
        """What a worker needs to ask, in a form that pytest-xdist can send."""
        return {"port": self._listener.address[1], "key": self._key.hex()}

    def close(self) -> None:
        """Answer nobody any more, and close the session."""
        ask(self.address, "close", None)
        self._thread.join()
        self._listener.close()
        self._session.close()

    def _answer_all(self) -> None:
        # One at a time: the first to ask for a server or template makes it, the others wait for it.
        question = ""
        while question != "close":
            # Somebody without the key, or a worker that is gone, is no reason to stop answering.
            with (
                suppress(AuthenticationError, OSError, EOFError),
                self._listener.accept() as connection,
            ):
                question, migrations = json.loads(connection.recv_bytes())
                connection.send_bytes(json.dumps(self._answer(question, migrations)).encode())

    def _answer(self, question: str, migrations: str | None) -> dict[str, Any]:
        try:
            if question == "server":
                server = self._session.server()
                names = ("url", "version", "way", "pid")
                folder = str(server.folder) if server.folder else None
                return {"folder": folder, **{name: getattr(server, name) for name in names}}
            if question == "template":
                return {"name": self._session.template(Path(migrations) if migrations else None)}
        except Exception as error:  # whatever it is, the worker is the one to show it
            notes = getattr(error, "__notes__", ())
            return {"error": "\n".join([str(error), *notes]), "kind": type(error).__name__}
        return {}


class WorkersSession:
    """The session of a pytest-xdist worker: it asks the controller."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._address = address
        self._templates: dict[Path | None, str] = {}

    def server(self) -> Server:
        """The controller's server; raises `NoServer`."""
        answer = ask(self._address, "server", None)
        folder = answer.pop("folder")
        return Server(**answer, folder=Path(folder) if folder else None)

    def template(self, migrations: Path | None) -> str:
        """The name of a database to copy, which the controller made."""
        if migrations not in self._templates:  # each test wants to know
            answer = ask(self._address, "template", str(migrations) if migrations else None)
            self._templates[migrations] = str(answer["name"])
        return self._templates[migrations]


def ask(address: Mapping[str, Any], question: str, migrations: str | None) -> dict[str, Any]:
    """Ask the controller; if it can't do it, raises `NoServer` or `SqlkitError` in its words."""
    key = bytes.fromhex(address["key"])
    with Client((_HOST, address["port"]), authkey=key) as connection:
        connection.send_bytes(json.dumps((question, migrations)).encode())
        answer: dict[str, Any] = json.loads(connection.recv_bytes())
    if "error" in answer:
        if answer["kind"] == "NoServer":
            raise NoServer(answer["error"])
        raise SqlkitError(f"{answer['kind']}: {answer['error']}")
    return answer
