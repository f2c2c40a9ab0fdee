-- Events: what happened in campaigns. Loaded in bulk, read as sums.

-- name: import_events :copy
-- Load any number of events; the quickest way in.
copy campaign_events (campaign_id, user_id, kind, cost, details, occurred_at) from stdin;

-- name: export_events :copy
-- Every event, oldest first.
select id, campaign_id, user_id, kind, cost, occurred_at
from campaign_events
order by occurred_at, id;

-- name: record_events :affected
-- Events of one campaign that happened now, one for each kind and cost.
insert into campaign_events (campaign_id, kind, cost)
select
    :campaign_id,
    new.kind,
    new.cost
from unnest(:kinds::event_kind[], :costs::numeric[]) as new (kind, cost);

-- name: list_events :many
-- What happened in a campaign during a time, in order.
-- @row Event
-- @param user_id? Only what this user did.
select id, user_id, kind, cost, details, occurred_at
from campaign_events
where
    campaign_id = :campaign_id
    and occurred_at <@ :during::tstzrange
    and user_id = :user_id --? user_id
order by occurred_at, id;

-- name: count_events :one
-- How often each kind of event happened in a campaign; one without events is NoRow.
-- @row EventTotals
-- @type counts sql.models.EventCounts
select
    campaign_id,
    sum(happened)::bigint as total,
    jsonb_object_agg(kind, happened) as counts
from (
    select campaign_id, kind, count(*) as happened
    from campaign_events
    where campaign_id = :campaign_id
    group by campaign_id, kind
) as by_kind
group by campaign_id;

-- name: sum_days :many
-- A campaign's days: what each cost, all of them so far, and the change from the day before.
-- @row CampaignDay
select
    day,
    clicks,
    cost,
    sum(cost) over (order by day) as cost_so_far,
    cost - lag(cost) over (order by day) as change
from campaign_days
where campaign_id = :campaign_id
order by day;

-- name: list_latest :many
-- Each campaign of one owner with the latest event in it, if there was any.
-- @row LatestEvent
select
    c.id,
    c.title,
    e.kind,
    e.occurred_at
from campaigns as c
left join lateral (
    select latest.kind, latest.occurred_at
    from campaign_events as latest
    where latest.campaign_id = c.id
    order by latest.occurred_at desc
    limit 1
) as e on true
where c.owner_id = :owner_id
order by e.occurred_at desc nulls last, c.id asc;

-- name: refresh_days :exec
-- Bring the sums by day up to date; readers see the old ones meanwhile.
-- If it fails it is not tried again: the next refresh is never far.
-- @timeout 30s
-- @retry never
refresh materialized view concurrently campaign_days;

-- name: delete_events :affected
-- Delete old events, the oldest first and so many at a time; 0 when all are gone.
-- Rows that another session is deleting are left to it.
with old as (
    select id
    from campaign_events
    where occurred_at < :before
    order by occurred_at
    limit :max_rows
    for update skip locked
)

delete from campaign_events
where id in (select old.id from old);
