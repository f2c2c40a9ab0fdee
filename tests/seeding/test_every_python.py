"""The same seed gives the same data on every Python that is installed here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sqlkit.seeding import chance

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = ("3.11", "3.12", "3.13")
# What a version of Python could change is what its `random` makes of the same bits.
DRAW = """
import importlib.util, math, sys
from hashlib import sha256
spec = importlib.util.spec_from_file_location("chance", sys.argv[1])
chance = importlib.util.module_from_spec(spec)
spec.loader.exec_module(chance)
drawn = []
for field in ("title", "bïrth"):
    for word in chance.Chance(2026, "UserFactory", field).words((*range(200), 10**15, 7)):
        r = chance.Stream().start(word)
        cards = list(range(20))
        r.shuffle(cards)
        drawn += [
            word, r.random(), r.randrange(7, 10**6, 3), r.randint(-5, 10**30), r.choice("abcde"),
            r.choices("abc", (5, 1, 3), k=4), r.sample(cards, 5), r.sample(range(10**6), 40),
            cards, r.uniform(-1, 9), r.randbytes(9), r.getrandbits(300),
        ]
        # These go through the machine's own logarithms.
        curved = [
            r.gauss(0, 1), r.gauss(0, 1), r.normalvariate(5, 2), r.expovariate(0.1),
            r.triangular(0, 9, 2), r.betavariate(2, 3), r.gammavariate(2, 1), r.paretovariate(3),
        ]
        drawn += [f"{number:.6f}" for number in curved]
print(sha256(repr(drawn).encode()).hexdigest())
"""
GOLDEN = "5f9224631a4d6ebea73b5920ce236e80b31c398a53e39ee7213758e9ac159ab0"


def interpreters() -> Iterator[str]:
    """A Python of each version: of this environment, on PATH, or pyenv's."""
    for version in VERSIONS:
        pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        own = sys.executable if sys.version.startswith(f"{version}.") else None
        found = own or (str(pyenv[-1]) if pyenv else None) or shutil.which(f"python{version}")
        if found:
            yield found


@pytest.mark.parametrize("python", list(interpreters()))
def test_a_row_draws_the_same_on_every_python(python: str) -> None:
    ran = subprocess.run(
        [python, "-I", "-c", DRAW, chance.__file__], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == GOLDEN


BUILD = """
from hashlib import sha256
from sql.factories import CampaignFactory, UserFactory
from sqlkit.seeding import seeded
with seeded(2026):
    rows = [
        *CampaignFactory.build_batch(300, any_status=True),
        *UserFactory.build_batch(300, full_name=None, billable=True),
    ]
print(sha256(repr(rows).encode()).hexdigest())
"""
BUILT = "0819a100fcfffea44c95b0ef504ba99483738a461b16bc00c30387cb612e266a"


def complete(python: str) -> bool:
    """Whether an interpreter has what the factories import."""
    code = "import msgspec, psycopg"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def test_factories_build_the_same_rows_on_every_python_that_can_import_them() -> None:
    root = Path(__file__).parents[2]
    own = [str(path) for path in root.glob(".venv*/bin/python")]
    pythons = {python for python in (*interpreters(), *own, sys.executable) if complete(python)}
    for python in pythons:
        ran = subprocess.run(
            [python, "-c", BUILD], capture_output=True, text=True, check=True, cwd=root
        )
        assert (python, ran.stdout.strip()) == (python, BUILT)
    assert sys.executable in pythons
