# Written by sqlkit 0.1.0 from events.sql (sha256 4abfd768b01e965d, body 8d47fcdddb2f9d23); do not edit: change events.sql and run "sqlkit compile".
"""Events: what happened in campaigns. Loaded in bulk, read as sums."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from collections.abc import Sequence as _Sequence
from datetime import date as _date
from datetime import datetime as _datetime
from decimal import Decimal as _Decimal

from psycopg.types.range import Range as _Range

from sql.models import EventCounts as _EventCounts
from sqlkit.row import Json as _Json
from sqlkit.row import Row as _Row
from sqlkit.statement import Condition as _Condition
from sqlkit.statement import Effects as _Effects
from sqlkit.statement import Line as _Line
from sqlkit.statement import Query as _Query
from sqlkit.statement import Statement as _Statement

from ._types import EventKind as _EventKind


class ExportEventsRow(_Row):
    """Row of export_events."""

    id: int
    campaign_id: int
    user_id: int | None
    kind: _EventKind
    cost: _Decimal
    occurred_at: _datetime


class Event(_Row):
    """Row of list_events."""

    id: int
    user_id: int | None
    kind: _EventKind
    cost: _Decimal
    details: _Json | None
    occurred_at: _datetime


class EventTotals(_Row):
    """Row of count_events."""

    campaign_id: int
    total: int
    counts: _EventCounts


class CampaignDay(_Row):
    """Row of sum_days."""

    day: _date | None
    clicks: int
    cost: _Decimal | None
    cost_so_far: _Decimal | None
    change: _Decimal | None


class LatestEvent(_Row):
    """Row of list_latest."""

    id: int
    title: str
    kind: _EventKind | None
    occurred_at: _datetime | None


_IMPORT_EVENTS: _Query[int] = _Query(
    name="events.import_events",
    kind="copy",
    lines=(
        _Line(
            "copy campaign_events (campaign_id, user_id, kind, cost, details, occurred_at) from stdin",
        ),
    ),
    parameters=("rows",),
    copy_in="select campaign_id, user_id, kind, cost, details, occurred_at from campaign_events",
    source="sql/events.sql:3",
    effects=_Effects(writes=("public.campaign_events",)),
)


def import_events(
    rows: _Iterable[tuple[int, int | None, _EventKind, _Decimal, object | None, _datetime]],
) -> _Statement[int]:
    """Load any number of events; the quickest way in."""
    return _Statement(_IMPORT_EVENTS, (rows,))


_EXPORT_EVENTS: _Query[list[ExportEventsRow]] = _Query(
    name="events.export_events",
    kind="copy",
    lines=(
        _Line(
            "select id, campaign_id, user_id, kind, cost, occurred_at\n",
            "from campaign_events\n",
            "order by occurred_at, id",
        ),
    ),
    row=ExportEventsRow,
    source="sql/events.sql:7",
    effects=_Effects(reads=("public.campaign_events",), volatility="stable"),
)


def export_events() -> _Statement[list[ExportEventsRow]]:
    """Every event, oldest first."""
    return _Statement(_EXPORT_EVENTS)


_RECORD_EVENTS: _Query[int] = _Query(
    name="events.record_events",
    kind="affected",
    lines=(
        _Line(
            "insert into campaign_events (campaign_id, kind, cost)\n",
            "select\n",
            "    ",
            0,
            ",\n",
            "    new.kind,\n",
            "    new.cost\n",
            "from unnest(",
            1,
            "::event_kind[], ",
            2,
            "::numeric[]) as new (kind, cost);",
        ),
    ),
    parameters=("campaign_id", "kinds", "costs"),
    source="sql/events.sql:13",
    effects=_Effects(writes=("public.campaign_events",)),
)


def record_events(
    *,
    campaign_id: int,
    kinds: _Sequence[_EventKind | None],
    costs: _Sequence[_Decimal | None],
) -> _Statement[int]:
    """Events of one campaign that happened now, one for each kind and cost."""
    return _Statement(_RECORD_EVENTS, (campaign_id, kinds, costs))


_LIST_EVENTS: _Query[list[Event]] = _Query(
    name="events.list_events",
    kind="many",
    lines=(
        _Line(
            "select id, user_id, kind, cost, details, occurred_at\n",
            "from campaign_events\n",
            "where\n",
            "    campaign_id = ",
            0,
            "\n",
            "    and occurred_at <@ ",
            1,
            "::tstzrange\n",
        ),
        _Line("    and user_id = ", 2, " --? user_id\n", when=(0, True)),
        _Line("order by occurred_at, id;"),
    ),
    parameters=("campaign_id", "during", "user_id"),
    conditions=(_Condition(2, given=True),),
    row=Event,
    source="sql/events.sql:22",
    effects=_Effects(reads=("public.campaign_events",), volatility="stable"),
)


def list_events(
    *,
    campaign_id: int,
    during: _Range[_datetime],
    user_id: int | None = None,
) -> _Statement[list[Event]]:
    """What happened in a campaign during a time, in order.

    user_id: Only what this user did.
    """
    return _Statement(_LIST_EVENTS, (campaign_id, during, user_id))


_COUNT_EVENTS: _Query[EventTotals] = _Query(
    name="events.count_events",
    kind="one",
    lines=(
        _Line(
            "select\n",
            "    campaign_id,\n",
            "    sum(happened)::bigint as total,\n",
            "    jsonb_object_agg(kind, happened) as counts\n",
            "from (\n",
            "    select campaign_id, kind, count(*) as happened\n",
            "    from campaign_events\n",
            "    where campaign_id = ",
            0,
            "\n",
            "    group by campaign_id, kind\n",
            ") as by_kind\n",
            "group by campaign_id;",
        ),
    ),
    parameters=("campaign_id",),
    row=EventTotals,
    source="sql/events.sql:34",
    effects=_Effects(reads=("public.campaign_events",), volatility="stable"),
    converts={2: _EventCounts},
)


def count_events(*, campaign_id: int) -> _Statement[EventTotals]:
    """How often each kind of event happened in a campaign; one without events is NoRow."""
    return _Statement(_COUNT_EVENTS, (campaign_id,))


_SUM_DAYS: _Query[list[CampaignDay]] = _Query(
    name="events.sum_days",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    day,\n",
            "    clicks,\n",
            "    cost,\n",
            "    sum(cost) over (order by day) as cost_so_far,\n",
            "    cost - lag(cost) over (order by day) as change\n",
            "from campaign_days\n",
            "where campaign_id = ",
            0,
            "\n",
            "order by day;",
        ),
    ),
    parameters=("campaign_id",),
    row=CampaignDay,
    source="sql/events.sql:50",
    effects=_Effects(reads=("public.campaign_days",), volatility="stable"),
)


def sum_days(*, campaign_id: int) -> _Statement[list[CampaignDay]]:
    """A campaign's days: what each cost, all of them so far, and the change from the day before."""
    return _Statement(_SUM_DAYS, (campaign_id,))


_LIST_LATEST: _Query[list[LatestEvent]] = _Query(
    name="events.list_latest",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    c.id,\n",
            "    c.title,\n",
            "    e.kind,\n",
            "    e.occurred_at\n",
            "from campaigns as c\n",
            "left join lateral (\n",
            "    select latest.kind, latest.occurred_at\n",
            "    from campaign_events as latest\n",
            "    where latest.campaign_id = c.id\n",
            "    order by latest.occurred_at desc\n",
            "    limit 1\n",
            ") as e on true\n",
            "where c.owner_id = ",
            0,
            "\n",
            "order by e.occurred_at desc nulls last, c.id asc;",
        ),
    ),
    parameters=("owner_id",),
    row=LatestEvent,
    source="sql/events.sql:63",
    effects=_Effects(reads=("public.campaign_events", "public.campaigns"), volatility="stable"),
)


def list_latest(*, owner_id: int) -> _Statement[list[LatestEvent]]:
    """Each campaign of one owner with the latest event in it, if there was any."""
    return _Statement(_LIST_LATEST, (owner_id,))


_REFRESH_DAYS: _Query[None] = _Query(
    name="events.refresh_days",
    kind="exec",
    lines=(_Line("refresh materialized view concurrently campaign_days;"),),
    source="sql/events.sql:82",
    timeout=30.0,
    retry=False,
)


def refresh_days() -> _Statement[None]:
    """Bring the sums by day up to date; readers see the old ones meanwhile.
    If it fails it is not tried again: the next refresh is never far.
    """
    return _Statement(_REFRESH_DAYS)


_DELETE_EVENTS: _Query[int] = _Query(
    name="events.delete_events",
    kind="affected",
    lines=(
        _Line(
            "with old as (\n",
            "    select id\n",
            "    from campaign_events\n",
            "    where occurred_at < ",
            0,
            "\n",
            "    order by occurred_at\n",
            "    limit ",
            1,
            "\n",
            "    for update skip locked\n",
            ")\n",
            "\n",
            "delete from campaign_events\n",
            "where id in (select old.id from old);",
        ),
    ),
    parameters=("before", "max_rows"),
    source="sql/events.sql:89",
    effects=_Effects(
        reads=("public.campaign_events",),
        writes=("public.campaign_events",),
        locks=True,
    ),
)


def delete_events(*, before: _datetime, max_rows: int) -> _Statement[int]:
    """Delete old events, the oldest first and so many at a time; 0 when all are gone.
    Rows that another session is deleting are left to it.
    """
    return _Statement(_DELETE_EVENTS, (before, max_rows))
