-- Events: what happened in a campaign, loaded in bulk and never changed.
-- depends: 0003.campaign-members

create type event_kind as enum ('impression', 'click', 'conversion');

create table campaign_events (
    id bigint generated always as identity primary key,
    campaign_id bigint not null references campaigns (id) on delete cascade,
    user_id bigint references users (id) on delete set null,
    kind event_kind not null,
    cost numeric(12, 4) not null default 0 check (cost >= 0),
    details jsonb,
    occurred_at timestamptz not null default now()
);

create index campaign_events_campaign_idx on campaign_events (campaign_id, occurred_at);
create index campaign_events_user_idx on campaign_events (user_id) where user_id is not null;

-- One row for each campaign and day (UTC), as fresh as its last refresh.
create materialized view campaign_days as
select
    campaign_id,
    (occurred_at at time zone 'UTC')::date as day,
    count(*) filter (where kind = 'impression') as impressions,
    count(*) filter (where kind = 'click') as clicks,
    count(*) filter (where kind = 'conversion') as conversions,
    sum(cost) as cost
from campaign_events
group by campaign_id, (occurred_at at time zone 'UTC')::date;

-- Unique, so that the view can be refreshed while it is read.
create unique index campaign_days_key on campaign_days (campaign_id, day);
