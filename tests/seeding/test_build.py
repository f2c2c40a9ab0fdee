"""Rows that are only built: how fields are declared, given and numbered."""

from __future__ import annotations

import contextvars
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sql.factories import CampaignFactory, UserFactory
from sqlkit import Row, WrongArgument
from sqlkit.errors import SeedingError
from sqlkit.seeding import (
    Factory,
    drawn,
    fake,
    key,
    lazy,
    one_of,
    seeded,
    sequence,
    shared,
    sub,
    trait,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Author(Row):
    id: int
    name: str
    mood: str | None
    tags: list[str]


class Book(Row):
    id: int
    author_id: int
    title: str
    slug: str
    pages: int


class AuthorFactory(Factory[Author], table="authors"):
    id: int = key()
    name: str = sequence(lambda n: f"author {n}")
    mood: str | None = one_of(("good", "bad"), weights=(3, 1))
    tags: list[str] = []  # noqa: RUF012  a plain value, copied for each row
    famous: bool = trait(name=sequence(lambda n: f"THE author {n}"), mood="good")
    moody: bool = trait(mood="bad")


class BookFactory(Factory[Book], table="books"):
    id: int = key()
    author_id: int = sub(AuthorFactory)
    slug: str = lazy(lambda it: it.title.replace(" ", "-"))
    title: str = lazy(lambda it: f"a book of {it.pages} pages")
    pages: int = drawn(lambda random: random.randrange(10, 1000))


@pytest.fixture(autouse=True)
def _counted_from_one() -> Iterator[None]:
    with seeded(0):
        yield


def test_a_sequence_counts_rows_from_one_and_each_factory_counts_for_itself() -> None:
    AuthorFactory.build_batch(2)
    assert [AuthorFactory.build().name, AuthorFactory.build().name] == ["author 3", "author 4"]
    assert BookFactory.build().id == 1


def test_a_lazy_value_may_ask_for_one_that_is_declared_later() -> None:
    book = BookFactory.build(pages=12)
    assert (book.title, book.slug) == ("a book of 12 pages", "a-book-of-12-pages")


def test_what_is_given_goes_before_a_trait_and_a_later_trait_before_an_earlier() -> None:
    assert AuthorFactory.build(famous=True).name == "THE author 1"
    assert AuthorFactory.build(famous=True, name="x") == Author(2, "x", "good", [])
    assert AuthorFactory.build(famous=True, moody=True).mood == "bad"
    assert AuthorFactory.build(famous=False).name == "author 4"


def test_a_field_may_be_given_a_declaration_too() -> None:
    authors = AuthorFactory.build_batch(2, name=sequence(lambda n: f"number {n}"), mood=None)
    assert [(author.name, author.mood) for author in authors] == [
        ("number 1", None),
        ("number 2", None),
    ]


def test_no_two_rows_share_a_list() -> None:
    one, other = AuthorFactory.build_batch(2)
    one.tags.append("x")
    assert other.tags == []
    assert AuthorFactory.build().tags == []


def test_a_subclass_inherits_fields_traits_and_table() -> None:
    class PoetFactory(AuthorFactory):
        mood: str | None = "sad"

    assert PoetFactory.build(famous=True).mood == "good"
    assert PoetFactory.build() == Author(2, "author 2", "sad", [])
    assert PoetFactory.recipe.table == "authors"


def test_a_built_row_refers_to_a_parent_that_is_built_too() -> None:
    parents = [book.author_id for book in BookFactory.build_batch(3)]
    assert len(set(parents)) == 3
    with_one = BookFactory.build_batch(range(1, 6), author_id=shared(2, AuthorFactory))
    assert [len({row.author_id for row in with_one[i : i + 2]}) for i in (0, 2, 4)] == [1, 1, 1]
    assert len({row.author_id for row in with_one}) == 3


def test_row_n_is_the_same_whatever_was_made_before() -> None:
    alone = CampaignFactory.build_batch(range(40, 45))
    with seeded(0):
        UserFactory.build_batch(7)
        many = CampaignFactory.build_batch(60)
        assert many[39:44] == alone
        assert UserFactory.build_batch(range(3, 4)) == UserFactory.build_batch(range(3, 4))


def test_another_seed_gives_other_rows() -> None:
    rows = CampaignFactory.build_batch(5)
    with seeded(1):
        assert CampaignFactory.build_batch(5) != rows
    with seeded(0):
        assert CampaignFactory.build_batch(5) == rows


def test_threads_make_the_same_rows_as_one_thread() -> None:
    with seeded(7):
        alone = CampaignFactory.build_batch(range(400))

        def part(start: int) -> list[Any]:
            return list(CampaignFactory.build_batch(range(start, start + 25)))

        def in_context(job: tuple[contextvars.Context, int]) -> list[Any]:
            return job[0].run(part, job[1])

        jobs = [(contextvars.copy_context(), start) for start in range(375, -1, -25)]
        with ThreadPoolExecutor(8) as threads:
            parts = list(threads.map(in_context, jobs))
    assert [row for part in reversed(parts) for row in part] == alone


def test_threads_that_count_together_leave_out_and_repeat_no_number() -> None:
    with seeded(7):
        contexts = [contextvars.copy_context() for _ in range(8)]

        def names(context: contextvars.Context) -> list[str]:
            return context.run(lambda: [AuthorFactory.build().name for _ in range(50)])

        with ThreadPoolExecutor(8) as threads:
            made = [name for names in threads.map(names, contexts) for name in names]
    assert set(made) == {f"author {n}" for n in range(1, 401)}


GOLDEN = "b24f16ce5f08e9b41acd1e8287cb9297c19ab16d8799cfccfe3f263930e331df"
MAKE = """
import msgspec
from hashlib import sha256
from sql.factories import CampaignFactory
from sqlkit.seeding import seeded
with seeded(2026):
    rows = CampaignFactory.build_batch(300, any_status=True)
print(sha256(repr(rows).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_on_every_python() -> None:
    with seeded(2026):
        rows = CampaignFactory.build_batch(300, any_status=True)
    here = sha256(repr(rows).encode()).hexdigest()
    # Strings hash differently in each process: nothing may depend on it.
    there = subprocess.run(
        [sys.executable, "-c", MAKE], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert here == there
    assert here == GOLDEN


def test_faker_draws_the_same_values_from_a_pool() -> None:
    names = [user.full_name for user in UserFactory.build_batch(50)]
    assert names == [user.full_name for user in UserFactory.build_batch(range(1, 51))]
    assert len(set(names)) > 40
    assert all(name and " " in name for name in names)
    with seeded(1):
        assert [user.full_name for user in UserFactory.build_batch(50)] != names


def test_faker_takes_options_and_a_locale() -> None:
    word = fake("random_element", elements=["only"])
    assert AuthorFactory.build(name=word).name == "only"
    assert AuthorFactory.build(name=fake("country_code", locale="de_DE")).name.isupper()


def test_a_provider_that_faker_has_not_is_an_error_with_the_near_one() -> None:
    with pytest.raises(WrongArgument, match='Faker has no "frist_name"; did you mean "first_name"'):
        AuthorFactory.build(name=fake("frist_name"))


def test_without_faker_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    with pytest.raises(SeedingError, match=r'pip install "sqlkit-pg\[seed\]"'):
        AuthorFactory.build(name=fake("city_suffix"))
    assert AuthorFactory.build().name == "author 2"


def test_an_unknown_field_is_an_error_with_the_near_one() -> None:
    wrong: Any = AuthorFactory
    with pytest.raises(WrongArgument, match='AuthorFactory has no field "nmae"; did you mean "nam'):
        wrong.build(nmae="x")
    with pytest.raises(WrongArgument, match='did you mean "famous"'):
        wrong.build_batch(2, famos=True)
    with pytest.raises(WrongArgument, match='did you mean "mood"'):
        AuthorFactory.build(mood=sub(wrong, modo="x"))
    with pytest.raises(WrongArgument, match="fields are given by name"):
        wrong.build("x")


def test_an_unknown_field_in_a_declaration_is_an_error_when_the_class_is_made() -> None:
    with pytest.raises(WrongArgument, match='WrongFactory has no field "nmae"; did you mean "nam'):

        class WrongFactory(Factory[Author]):  # pyright: ignore[reportUnusedClass]  # not made
            nmae: str = "x"

    with pytest.raises(WrongArgument, match='did you mean "mood"'):

        class WrongTraitFactory(Factory[Author]):  # pyright: ignore[reportUnusedClass]  # as above
            sad: bool = trait(moood="sad")


def test_a_factory_without_a_row_class_is_an_error() -> None:
    with pytest.raises(WrongArgument, match=r"must say which row it makes: Factory\[User\]"):

        class RowlessFactory(Factory):  # type: ignore[type-arg]
            pass


def test_a_field_without_a_value_is_an_error_that_names_it() -> None:
    class HalfFactory(Factory[Author]):
        id: int = key()
        name: str = "x"

    with pytest.raises(WrongArgument, match="HalfFactory: no value for mood, tags: declare"):
        HalfFactory.build()
    wrong: Any = HalfFactory
    assert wrong.build(mood=None, tags=[]) == Author(2, "x", None, [])


def test_lazy_fields_that_wait_for_each_other_are_an_error_that_shows_the_circle() -> None:
    class CircleFactory(BookFactory):
        title: str = lazy(lambda it: it.slug)

    with pytest.raises(WrongArgument, match="slug → title → slug"):
        CircleFactory.build()


def test_a_factory_is_not_made_into_objects() -> None:
    with pytest.raises(WrongArgument, match=r"AuthorFactory is not called: AuthorFactory\.build"):
        AuthorFactory(name="x")


def test_fewer_than_no_rows_are_an_error() -> None:
    assert AuthorFactory.build_batch(0) == []
    with pytest.raises(WrongArgument, match="-1 rows"):
        AuthorFactory.build_batch(-1)


def test_the_reference_factories_make_users_and_campaigns() -> None:
    user = UserFactory.build(billable=True, anonymous=True)
    assert user.email == "user1@example.com"
    assert user.full_name is None
    assert user.billing_address is not None
    campaign = CampaignFactory.build(ended=True, endless=True, title="Mine")
    assert campaign.title == "Mine"
    assert (campaign.status, campaign.runs) == ("ended", None)
    assert campaign.remaining == 0
    assert campaign.spent == campaign.budget > 0
    assert msgspec.structs.asdict(campaign)["owner_id"] > 0
