-- Campaigns: what a user runs, when, and for how much.
-- depends: 0001.users

create type campaign_status as enum ('draft', 'active', 'paused', 'ended');

create table campaigns (
    id bigint generated always as identity primary key,
    owner_id bigint not null references users (id) on delete restrict,
    title text not null check (length(title) between 1 and 200),
    status campaign_status not null default 'draft',
    budget numeric(12, 2) not null check (budget >= 0),
    spent numeric(12, 2) not null default 0 check (spent >= 0),
    remaining numeric(12, 2) not null generated always as (budget - spent) stored,
    tags text[] not null default '{}',
    runs daterange,
    created_at timestamptz not null default now(),
    constraint campaigns_tags_are_not_null check (array_position(tags, null) is null),
    constraint campaigns_runs_is_bounded check (
        not (isempty(runs) or lower_inf(runs) or upper_inf(runs))
    )
);

-- For the pages of one owner's campaigns, newest and richest first.
create index campaigns_owner_created_idx on campaigns (owner_id, created_at desc, id desc);
create index campaigns_owner_budget_idx on campaigns (owner_id, budget desc, id desc);

create index campaigns_title_search_idx on campaigns using gin (to_tsvector('simple', title));
create index campaigns_tags_idx on campaigns using gin (tags);
create index campaigns_runs_idx on campaigns using gist (runs);
