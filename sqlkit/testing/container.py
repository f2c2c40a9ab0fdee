"""A server in a container, by testcontainers, where Docker answers."""

from __future__ import annotations

import gc
import os
import time
import warnings
from typing import TYPE_CHECKING, Any

from sqlkit.testing.binaries import SUPPORTED, Unusable
from sqlkit.testing.databases import Server
from sqlkit.testing.watch import SETTINGS, START_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testcontainers.core.container import DockerContainer

IMAGE = "SQLKIT_TEST_IMAGE"


def open_server(major: int | None, settings: Mapping[str, str]) -> Server:
    """A server of the image in SQLKIT_TEST_IMAGE, else of Docker's ``postgres`` image."""
    container = _container(os.environ.get(IMAGE) or f"postgres:{major or max(SUPPORTED)}", settings)
    try:
        container.start()
        host, port = container.get_container_host_ip(), container.get_exposed_port(5432)
        url = f"postgresql://postgres@{host}:{port}/postgres"
        return Server(url, _version(url), way="container", close=container.stop)
    except Exception as error:
        container.stop()
        raise Unusable(f"{container.image} does not start: {error}") from error


def _container(image: str, settings: Mapping[str, str]) -> DockerContainer:
    try:
        import docker  # type: ignore[import-untyped]  # it has no stubs of its own
        from testcontainers.core.container import DockerContainer
    except ImportError as error:
        raise Unusable(f"{error}: pip install testcontainers") from error
    if trouble := _trouble(docker):
        raise Unusable(f"Docker does not answer: {trouble}")
    chosen = {**SETTINGS, "listen_addresses": "*", **settings}
    command = ["postgres", *(f"-c{name}={value}" for name, value in chosen.items())]
    container = DockerContainer(image).with_env("POSTGRES_HOST_AUTH_METHOD", "trust")
    return container.with_command(command).with_exposed_ports(5432)


def _trouble(docker: Any) -> str | None:
    """Why Docker doesn't answer; None if it does."""
    # A failing client leaves its socket to the garbage collector, with a warning that is not ours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            docker.from_env(timeout=5).close()  # it asks the daemon for its version
        except Exception as error:  # docker and requests raise a dozen unrelated errors
            trouble = str(error)
        else:
            return None
        gc.collect()
        return trouble


def _version(url: str) -> str:
    """Wait until the server answers; gives its version."""
    import psycopg

    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                return (connection.info.parameter_status("server_version") or "").split()[0]
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
