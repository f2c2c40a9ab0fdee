# Written by sqlkit 0.1.0 from campaigns.sql (sha256 9ab30f2cd2292081, body 2a7ca689ea983610); do not edit: change campaigns.sql and run "sqlkit compile".
"""Campaigns: what users run, with whom, when, and for how much."""

from __future__ import annotations

from collections.abc import Sequence as _Sequence
from datetime import date as _date
from datetime import datetime as _datetime
from decimal import Decimal as _Decimal
from typing import Literal as _Literal

from psycopg.types.range import Range as _Range

from sqlkit.row import Row as _Row
from sqlkit.statement import Condition as _Condition
from sqlkit.statement import Effects as _Effects
from sqlkit.statement import Line as _Line
from sqlkit.statement import Query as _Query
from sqlkit.statement import Statement as _Statement

from ._types import CampaignStatus as _CampaignStatus
from ._types import EventKind as _EventKind
from ._types import MemberRole as _MemberRole


class Campaign(_Row):
    """Row of get_campaign, list_campaigns, page_campaigns, create_campaign, change_campaign."""

    id: int
    owner_id: int
    title: str
    status: _CampaignStatus
    budget: _Decimal
    spent: _Decimal
    remaining: _Decimal
    tags: list[str]
    runs: _Range[_date] | None
    created_at: _datetime


class CampaignMatch(_Row):
    """Row of search_campaigns."""

    id: int
    title: str
    status: _CampaignStatus
    score: float


class RunningCampaign(_Row):
    """Row of list_running."""

    id: int
    title: str
    starts_on: _date
    ends_on: _date


class VisibleCampaign(_Row):
    """Row of list_visible."""

    id: int
    title: str
    role: _MemberRole | None


class OwnerSums(_Row):
    """Row of sum_by_owner."""

    id: int
    email: str
    campaigns: int
    active: int
    budget: _Decimal
    spent: _Decimal
    latest_at: _datetime | None


class RankedCampaign(_Row):
    """Row of rank_campaigns."""

    id: int
    owner_id: int
    title: str
    spent: _Decimal
    place: int
    share: _Decimal | None


class Charge(_Row):
    """Row of charge_campaign."""

    id: int
    spent: _Decimal
    remaining: _Decimal


class Member(_Row):
    """Row of list_members."""

    id: int
    email: str
    full_name: str | None
    role: _MemberRole
    joined_at: _datetime


_GET_CAMPAIGN: _Query[Campaign] = _Query(
    name="campaigns.get_campaign",
    kind="one",
    lines=(
        _Line(
            "select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at\n",
            "from campaigns\n",
            "where id = ",
            0,
            ";",
        ),
    ),
    parameters=("id",),
    row=Campaign,
    source="sql/campaigns.sql:3",
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def get_campaign(*, id: int) -> _Statement[Campaign]:
    """The campaign with this id."""
    return _Statement(_GET_CAMPAIGN, (id,))


_LIST_CAMPAIGNS: _Query[list[Campaign]] = _Query(
    name="campaigns.list_campaigns",
    kind="many",
    lines=(
        _Line(
            "select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at\n",
            "from campaigns\n",
            "where\n",
            "    owner_id = ",
            0,
            "\n",
        ),
        _Line("    and status = ", 2, " --? status\n", when=(0, True)),
        _Line("    and tags && ", 3, " --? tags\n", when=(1, True)),
        _Line("    and remaining > 0 --? with_money_left\n", when=(2, True)),
        _Line("order by\n"),
        _Line("    created_at desc, --? sort = newest (default)\n", when=(3, "newest")),
        _Line("    budget desc, --? sort = richest\n", when=(3, "richest")),
        _Line("    title asc, --? sort = title\n", when=(3, "title")),
        _Line("    id desc\n", "limit ", 1, ";"),
    ),
    parameters=("owner_id", "max_rows", "status", "tags", "with_money_left", "sort"),
    conditions=(
        _Condition(2, given=True),
        _Condition(3, given=True),
        _Condition(4),
        _Condition(5, words=("newest", "richest", "title")),
    ),
    row=Campaign,
    source="sql/campaigns.sql:10",
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def list_campaigns(
    *,
    owner_id: int,
    max_rows: int,
    status: _CampaignStatus | None = None,
    tags: _Sequence[str | None] | None = None,
    with_money_left: bool = False,
    sort: _Literal["newest", "richest", "title"] = "newest",
) -> _Statement[list[Campaign]]:
    """Campaigns of one owner; each filter may be left out.

    status: Only campaigns in this state.
    tags: Only campaigns with at least one of these tags.
    """
    return _Statement(_LIST_CAMPAIGNS, (owner_id, max_rows, status, tags, with_money_left, sort))


_PAGE_CAMPAIGNS: _Query[list[Campaign]] = _Query(
    name="campaigns.page_campaigns",
    kind="many",
    lines=(
        _Line(
            "select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at\n",
            "from campaigns\n",
            "where\n",
            "    owner_id = ",
            0,
            "\n",
        ),
        _Line("    and budget <= ", 2, " --? after_budget\n", when=(0, True)),
        _Line("    and (budget < ", 2, " or id < ", 3, ") --? after_id\n", when=(1, True)),
        _Line("order by budget desc, id desc\n", "limit ", 1, ";"),
    ),
    parameters=("owner_id", "max_rows", "after_budget", "after_id"),
    conditions=(_Condition(2, given=True), _Condition(3, given=True)),
    row=Campaign,
    source="sql/campaigns.sql:29",
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def page_campaigns(
    *,
    owner_id: int,
    max_rows: int,
    after_budget: _Decimal | None = None,
    after_id: int | None = None,
) -> _Statement[list[Campaign]]:
    """A page of one owner's campaigns, richest first.
    The next page is the one after the budget and the id of this page's last campaign.

    after_budget: None, as `after_id`, for the first page.
    after_id: Says where to go on among campaigns of the same budget.
    """
    return _Statement(_PAGE_CAMPAIGNS, (owner_id, max_rows, after_budget, after_id))


_SEARCH_CAMPAIGNS: _Query[list[CampaignMatch]] = _Query(
    name="campaigns.search_campaigns",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    id,\n",
            "    title,\n",
            "    status,\n",
            "    ts_rank(to_tsvector('simple', title), websearch_to_tsquery('simple', ",
            0,
            ")) as score\n",
            "from campaigns\n",
            "where\n",
            "    to_tsvector('simple', title) @@ websearch_to_tsquery('simple', ",
            0,
            ")\n",
        ),
        _Line("    and tags @> array[", 2, "] --? tag\n", when=(0, True)),
        _Line("order by score desc, id asc\n", "limit ", 1, ";"),
    ),
    parameters=("text", "max_rows", "tag"),
    conditions=(_Condition(2, given=True),),
    row=CampaignMatch,
    source="sql/campaigns.sql:44",
    timeout=0.25,
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def search_campaigns(
    *,
    text: str,
    max_rows: int,
    tag: str | None = None,
) -> _Statement[list[CampaignMatch]]:
    """Campaigns whose title has these words, best match first.

    text: As typed into a search box: words, "a phrase", or, -not.
    tag: Only campaigns with this tag.
    """
    return _Statement(_SEARCH_CAMPAIGNS, (text, max_rows, tag))


_LIST_RUNNING: _Query[list[RunningCampaign]] = _Query(
    name="campaigns.list_running",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    id,\n",
            "    title,\n",
            "    lower(runs) as starts_on,\n",
            "    upper(runs) - 1 as ends_on\n",
            "from campaigns\n",
            "where\n",
            "    status = 'active'\n",
            "    and runs @> ",
            0,
            "::date\n",
            "order by ends_on, id;",
        ),
    ),
    parameters=("day",),
    row=RunningCampaign,
    source="sql/campaigns.sql:62",
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def list_running(*, day: _date) -> _Statement[list[RunningCampaign]]:
    """Active campaigns that run on this day, the first to end first.

    starts_on: A check says that both ends of a campaign's days are known.
    """
    return _Statement(_LIST_RUNNING, (day,))


_LIST_VISIBLE: _Query[list[VisibleCampaign]] = _Query(
    name="campaigns.list_visible",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    c.id,\n",
            "    c.title,\n",
            "    m.role\n",
            "from campaigns as c\n",
            "left join campaign_members as m on c.id = m.campaign_id and m.user_id = ",
            0,
            "\n",
            "where c.owner_id = ",
            0,
            " or m.user_id is not null\n",
            "order by c.id;",
        ),
    ),
    parameters=("user_id",),
    row=VisibleCampaign,
    source="sql/campaigns.sql:78",
    effects=_Effects(reads=("public.campaign_members", "public.campaigns"), volatility="stable"),
)


def list_visible(*, user_id: int) -> _Statement[list[VisibleCampaign]]:
    """Campaigns that a user owns or works on; who owns a campaign has no role in it."""
    return _Statement(_LIST_VISIBLE, (user_id,))


_SUM_BY_OWNER: _Query[list[OwnerSums]] = _Query(
    name="campaigns.sum_by_owner",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    u.id,\n",
            "    u.email,\n",
            "    count(c.id) as campaigns,\n",
            "    count(c.id) filter (where c.status = 'active') as active,\n",
            "    coalesce(sum(c.budget), 0) as budget,\n",
            "    coalesce(sum(c.spent), 0) as spent,\n",
            "    max(c.created_at) as latest_at\n",
            "from users as u\n",
            "left join campaigns as c on u.id = c.owner_id\n",
            "group by u.id\n",
        ),
        _Line("having count(c.id) > 0 --? not with_idle\n", when=(0, False)),
        _Line("order by budget desc, u.id asc\n", "limit ", 0, ";"),
    ),
    parameters=("max_rows", "with_idle"),
    conditions=(_Condition(1),),
    row=OwnerSums,
    source="sql/campaigns.sql:90",
    effects=_Effects(reads=("public.campaigns", "public.users"), volatility="stable"),
)


def sum_by_owner(*, max_rows: int, with_idle: bool = False) -> _Statement[list[OwnerSums]]:
    """What each user owns, the largest budget first.

    with_idle: Also users who own no campaign.
    """
    return _Statement(_SUM_BY_OWNER, (max_rows, with_idle))


_RANK_CAMPAIGNS: _Query[list[RankedCampaign]] = _Query(
    name="campaigns.rank_campaigns",
    kind="many",
    lines=(
        _Line(
            "with ranked as (\n",
            "    select\n",
            "        id,\n",
            "        owner_id,\n",
            "        title,\n",
            "        spent,\n",
            "        rank() over by_owner as place,\n",
            "        round(100 * spent / nullif(sum(spent) over (partition by owner_id), 0), 1) as share\n",
            "    from campaigns\n",
            "    window by_owner as (partition by owner_id order by spent desc, id asc)\n",
            ")\n",
            "\n",
            "select id, owner_id, title, spent, place, share\n",
            "from ranked\n",
            "where place <= ",
            0,
            "\n",
            "order by owner_id, place;",
        ),
    ),
    parameters=("top",),
    row=RankedCampaign,
    source="sql/campaigns.sql:109",
    effects=_Effects(reads=("public.campaigns",), volatility="stable"),
)


def rank_campaigns(*, top: int) -> _Statement[list[RankedCampaign]]:
    """Each owner's top campaigns by money spent, with their share of all that the owner spent.

    top: How many for each owner.
    """
    return _Statement(_RANK_CAMPAIGNS, (top,))


_CREATE_CAMPAIGN: _Query[Campaign] = _Query(
    name="campaigns.create_campaign",
    kind="one",
    lines=(
        _Line(
            "insert into campaigns (owner_id, title, budget, tags, runs)\n",
            "values (",
            0,
            ", ",
            1,
            ", ",
            2,
            ", ",
            3,
            ", ",
            4,
            ")\n",
            "returning id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at;",
        ),
    ),
    parameters=("owner_id", "title", "budget", "tags", "runs"),
    row=Campaign,
    source="sql/campaigns.sql:130",
    effects=_Effects(reads=("public.campaigns",), writes=("public.campaigns",)),
)


def create_campaign(
    *,
    owner_id: int,
    title: str,
    budget: _Decimal,
    tags: _Sequence[str | None],
    runs: _Range[_date] | None,
) -> _Statement[Campaign]:
    """A new campaign, as a draft.

    runs: Its first and last day, if they are known.
    """
    return _Statement(_CREATE_CAMPAIGN, (owner_id, title, budget, tags, runs))


_CHANGE_CAMPAIGN: _Query[Campaign | None] = _Query(
    name="campaigns.change_campaign",
    kind="maybe",
    lines=(
        _Line(
            "update campaigns\n",
            "set\n",
            "    title = coalesce(",
            0,
            ", title),\n",
            "    budget = coalesce(",
            1,
            ", budget),\n",
            "    tags = coalesce(",
            2,
            ", tags)\n",
            "where id = ",
            3,
            "\n",
            "returning id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at;",
        ),
    ),
    parameters=("title", "budget", "tags", "id"),
    row=Campaign,
    source="sql/campaigns.sql:138",
    idempotent=True,
    effects=_Effects(reads=("public.campaigns",), writes=("public.campaigns",), locks=True),
)


def change_campaign(
    *,
    title: str | None,
    budget: _Decimal | None,
    tags: _Sequence[str | None] | None,
    id: int,
) -> _Statement[Campaign | None]:
    """Change what is given, keep the rest; the campaign as it is then, or None if there is none."""
    return _Statement(_CHANGE_CAMPAIGN, (title, budget, tags, id))


_SET_STATUS: _Query[int] = _Query(
    name="campaigns.set_status",
    kind="affected",
    lines=(
        _Line(
            "update campaigns\n",
            "set status = ",
            0,
            "\n",
            "where id = any(",
            1,
            ") and status <> ",
            0,
            ";",
        ),
    ),
    parameters=("status", "ids"),
    source="sql/campaigns.sql:153",
    idempotent=True,
    effects=_Effects(reads=("public.campaigns",), writes=("public.campaigns",), locks=True),
)


def set_status(*, status: _CampaignStatus, ids: _Sequence[int | None]) -> _Statement[int]:
    """Bring campaigns into a state; those already in it are not touched and not counted."""
    return _Statement(_SET_STATUS, (status, ids))


_CHARGE_CAMPAIGN: _Query[Charge | None] = _Query(
    name="campaigns.charge_campaign",
    kind="maybe",
    lines=(
        _Line(
            "with charged as (\n",
            "    update campaigns\n",
            "    set spent = spent + ",
            0,
            "\n",
            "    where id = ",
            1,
            " and status = 'active' and remaining >= ",
            0,
            "\n",
            "    returning id, spent, remaining\n",
            "),\n",
            "\n",
            "recorded as (\n",
            "    insert into campaign_events (campaign_id, kind, cost, details)\n",
            "    select id, ",
            2,
            ", ",
            0,
            ", ",
            3,
            " from charged\n",
            ")\n",
            "\n",
            "select id, spent, remaining from charged;",
        ),
    ),
    parameters=("amount", "id", "kind", "details"),
    row=Charge,
    source="sql/campaigns.sql:160",
    effects=_Effects(
        reads=("public.campaigns",),
        writes=("public.campaign_events", "public.campaigns"),
        locks=True,
    ),
)


def charge_campaign(
    *,
    amount: _Decimal,
    id: int,
    kind: _EventKind,
    details: object | None,
) -> _Statement[Charge | None]:
    """Spend money of an active campaign and record for what; None if it can't pay."""
    return _Statement(_CHARGE_CAMPAIGN, (amount, id, kind, details))


_ADD_MEMBER: _Query[None] = _Query(
    name="campaigns.add_member",
    kind="exec",
    lines=(
        _Line(
            "insert into campaign_members (campaign_id, user_id, role)\n",
            "values (",
            0,
            ", ",
            1,
            ", ",
            2,
            ")\n",
            "on conflict (campaign_id, user_id) do update set role = excluded.role;",
        ),
    ),
    parameters=("campaign_id", "user_id", "role"),
    source="sql/campaigns.sql:177",
    idempotent=True,
    effects=_Effects(
        reads=("public.campaign_members",),
        writes=("public.campaign_members",),
        locks=True,
    ),
)


def add_member(*, campaign_id: int, user_id: int, role: _MemberRole) -> _Statement[None]:
    """Let a user work on a campaign; for one who does already, change the role."""
    return _Statement(_ADD_MEMBER, (campaign_id, user_id, role))


_LIST_MEMBERS: _Query[list[Member]] = _Query(
    name="campaigns.list_members",
    kind="many",
    lines=(
        _Line(
            "select\n",
            "    u.id,\n",
            "    u.email,\n",
            "    u.full_name,\n",
            "    m.role,\n",
            "    m.joined_at\n",
            "from campaign_members as m\n",
            "inner join users as u on m.user_id = u.id\n",
            "where m.campaign_id = ",
            0,
            "\n",
            "order by m.joined_at, u.id;",
        ),
    ),
    parameters=("campaign_id",),
    row=Member,
    source="sql/campaigns.sql:184",
    effects=_Effects(reads=("public.campaign_members", "public.users"), volatility="stable"),
)


def list_members(*, campaign_id: int) -> _Statement[list[Member]]:
    """Who works on a campaign, the longest first."""
    return _Statement(_LIST_MEMBERS, (campaign_id,))


_REMOVE_MEMBER: _Query[int] = _Query(
    name="campaigns.remove_member",
    kind="affected",
    lines=(
        _Line(
            "delete from campaign_members\n",
            "where campaign_id = ",
            0,
            " and user_id = ",
            1,
            ";",
        ),
    ),
    parameters=("campaign_id", "user_id"),
    source="sql/campaigns.sql:198",
    effects=_Effects(
        reads=("public.campaign_members",),
        writes=("public.campaign_members",),
        locks=True,
    ),
)


def remove_member(*, campaign_id: int, user_id: int) -> _Statement[int]:
    """Take a user off a campaign."""
    return _Statement(_REMOVE_MEMBER, (campaign_id, user_id))


_DELETE_CAMPAIGN: _Query[int] = _Query(
    name="campaigns.delete_campaign",
    kind="affected",
    lines=(_Line("delete from campaigns\n", "where id = ", 0, ";"),),
    parameters=("id",),
    source="sql/campaigns.sql:203",
    effects=_Effects(reads=("public.campaigns",), writes=("public.campaigns",), locks=True),
)


def delete_campaign(*, id: int) -> _Statement[int]:
    """Delete a campaign with its members and its events."""
    return _Statement(_DELETE_CAMPAIGN, (id,))
