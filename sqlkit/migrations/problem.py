"""What stands in the way of applying migrations, and what to do about it. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlkit.errors import MigrationError
from sqlkit.migrations.checksum import short

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlkit.migrations.standing import Standing

Kind: TypeAlias = Literal["changed", "missing", "dirty", "order", "heads"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with a migration, and what to do."""

    id: str
    kind: Kind
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}"

    def as_dict(self) -> dict[str, str]:
        """What ``--json`` prints of it."""
        return {"id": self.id, "kind": self.kind, "message": self.message, "hint": self.hint}


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all problems as one `MigrationError`, if there are any."""
    if said := [str(problem) for problem in problems]:
        raise MigrationError("\n".join(said))


def problems(
    standings: Sequence[Standing],
    *,
    out_of_order: bool = False,
    selected: Collection[str] | None = None,
    left: Mapping[str, Sequence[str]] | None = None,
) -> list[Problem]:
    """All problems, in the order of the migrations.

    ``selected`` are the ids to be applied, all pending ones if None; ``left`` the INVALID indexes
    that dirty migrations left behind, by id.
    """
    found = [_of_one(one, (left or {}).get(one.id, ())) for one in standings]
    all_ = [problem for problem in found if problem]
    if not out_of_order:
        all_ += _out_of_order(standings, selected)
        all_ += _heads(standings)
    return all_


def _of_one(one: Standing, left: Sequence[str]) -> Problem | None:
    if one.state == "changed":
        return _changed(one)
    if one.state == "missing":
        return _missing(one)
    return _dirty(one, left) if one.state == "dirty" else None


def _changed(one: Standing) -> Problem | None:
    migration, record = one.migration, one.record
    if migration is None or record is None or record.sha256 is None:
        return None
    return Problem(
        one.id,
        "changed",
        f"{migration.path} was edited after it was applied: its checksum is "
        f"{short(migration.sha256)}, and was {short(record.sha256)} {_when(record.applied)}",
        "put the file back as it was, and write what is to change as a new migration; "
        "if the schema is what the file says now (you changed a comment, or both by hand), "
        f'"sqlkit migrate resolve --applied {one.id}" takes it as it is',
    )


def _missing(one: Standing) -> Problem:
    when = _when(one.record.applied if one.record else None)
    return Problem(
        one.id,
        "missing",
        f"{one.id} was applied {when}, and its file is gone",
        f"bring the file back (\"git log --all -- '*{one.id}*'\" finds it); "
        f'if its changes are undone, "sqlkit migrate resolve --rolled-back {one.id}" forgets it',
    )


def _dirty(one: Standing, left: Sequence[str]) -> Problem:
    record = one.record
    what = "rolled back" if record and record.applied else "applied"
    reason = f": {record.error}" if record and record.error else ", or its process was killed"
    when = f" {_when(record.started)}" if record and record.started else ""
    rest = f"; it left the INVALID index {', '.join(left)}" if left else ""
    return Problem(
        one.id,
        "dirty",
        f"{one.id} is dirty: it began to be {what}{when}, outside a transaction, and did not end "
        f"well{reason}{rest}",
        ways_out(one.id, left),
    )


def ways_out(id_: str, left: Sequence[str]) -> str:
    """How to say that a dirty migration is no longer; ``left`` are the INVALID indexes it left."""
    if left:
        return (
            f'"sqlkit migrate resolve --rolled-back {id_} --drop-invalid" drops that index, which '
            "queries can't use; put right what was wrong, then apply again"
        )
    return (
        "look at what it left in the database, then say how it stands: "
        f'"sqlkit migrate resolve --applied {id_}" if it did all its work, '
        f'"sqlkit migrate resolve --rolled-back {id_}" if nothing of it is left'
    )


def _out_of_order(
    standings: Sequence[Standing], selected: Collection[str] | None
) -> Iterator[Problem]:
    """Pending migrations before one that is applied, or that would be applied without them."""
    applied: str | None = None
    chosen: str | None = None
    for one in reversed([one for one in standings if one.migration]):
        if one.state != "pending":
            applied = one.id
        elif selected is None or one.id in selected:
            if applied:
                yield _late(one.id, applied, "is applied")
            chosen = one.id
        elif chosen:
            yield _late(one.id, chosen, "is to be applied without it")


def _late(id_: str, later: str, how: str) -> Problem:
    return Problem(
        id_,
        "order",
        f"{id_} is pending and comes before {later}, which {how}",
        f"rename it so that it comes after {later}, or allow it with --out-of-order "
        "(out_of_order=true in yoyo's URL)",
    )


def _heads(standings: Sequence[Standing]) -> Iterator[Problem]:
    """Migrations written beside each other: after the same one, and none after the other."""
    known = [(one, one.migration) for one in standings if one.migration]
    followed = {id_ for _, migration in known for id_ in migration.depends}
    beside: defaultdict[str, list[Standing]] = defaultdict(list)
    for one, migration in known:
        if one.id not in followed:
            for id_ in migration.depends:
                beside[id_].append(one)
    for parent, heads in beside.items():
        if len(heads) > 1 and any(one.state == "pending" for one in heads):
            yield _conflict(parent, [one.id for one in heads])


def _conflict(parent: str, heads: Sequence[str]) -> Problem:
    return Problem(
        heads[-1],
        "heads",
        f"{' and '.join(heads)} both come after {parent}, and neither after the other: "
        "two heads, as when two branches were merged",
        f'say their order: "-- depends: {heads[0]}" in {heads[-1]}; or allow it with '
        "--out-of-order (out_of_order=true in yoyo's URL)",
    )


def _when(moment: datetime | None) -> str:
    return f"on {moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "before"
