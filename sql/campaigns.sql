-- Campaigns: what users run, with whom, when, and for how much.

-- name: get_campaign :one
-- The campaign with this id.
-- @row Campaign
select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at
from campaigns
where id = :id;

-- name: list_campaigns :many
-- Campaigns of one owner; each filter may be left out.
-- @row Campaign
-- @param status? Only campaigns in this state.
-- @param tags? Only campaigns with at least one of these tags.
select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at
from campaigns
where
    owner_id = :owner_id
    and status = :status --? status
    and tags && :tags --? tags
    and remaining > 0 --? with_money_left
order by
    created_at desc, --? sort = newest (default)
    budget desc, --? sort = richest
    title asc, --? sort = title
    id desc
limit :max_rows;

-- name: page_campaigns :many
-- A page of one owner's campaigns, richest first.
-- The next page is the one after the budget and the id of this page's last campaign.
-- @row Campaign
-- @param after_budget? None, as `after_id`, for the first page.
-- @param after_id? Says where to go on among campaigns of the same budget.
select id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at
from campaigns
where
    owner_id = :owner_id
    and budget <= :after_budget --? after_budget
    and (budget < :after_budget or id < :after_id) --? after_id
order by budget desc, id desc
limit :max_rows;

-- name: search_campaigns :many
-- Campaigns whose title has these words, best match first.
-- @param text As typed into a search box: words, "a phrase", or, -not.
-- @param tag? Only campaigns with this tag.
-- @row CampaignMatch
-- @timeout 250ms
select
    id,
    title,
    status,
    ts_rank(to_tsvector('simple', title), websearch_to_tsquery('simple', :text)) as score
from campaigns
where
    to_tsvector('simple', title) @@ websearch_to_tsquery('simple', :text)
    and tags @> array[:tag] --? tag
order by score desc, id asc
limit :max_rows;

-- name: list_running :many
-- Active campaigns that run on this day, the first to end first.
-- @row RunningCampaign
-- @column starts_on! A check says that both ends of a campaign's days are known.
-- @column ends_on!
select
    id,
    title,
    lower(runs) as starts_on,
    upper(runs) - 1 as ends_on
from campaigns
where
    status = 'active'
    and runs @> :day::date
order by ends_on, id;

-- name: list_visible :many
-- Campaigns that a user owns or works on; who owns a campaign has no role in it.
-- @row VisibleCampaign
select
    c.id,
    c.title,
    m.role
from campaigns as c
left join campaign_members as m on c.id = m.campaign_id and m.user_id = :user_id
where c.owner_id = :user_id or m.user_id is not null
order by c.id;

-- name: sum_by_owner :many
-- What each user owns, the largest budget first.
-- @row OwnerSums
-- @param with_idle Also users who own no campaign.
select
    u.id,
    u.email,
    count(c.id) as campaigns,
    count(c.id) filter (where c.status = 'active') as active,
    coalesce(sum(c.budget), 0) as budget,
    coalesce(sum(c.spent), 0) as spent,
    max(c.created_at) as latest_at
from users as u
left join campaigns as c on u.id = c.owner_id
group by u.id
having count(c.id) > 0 --? not with_idle
order by budget desc, u.id asc
limit :max_rows;

-- name: rank_campaigns :many
-- Each owner's top campaigns by money spent, with their share of all that the owner spent.
-- @row RankedCampaign
-- @param top How many for each owner.
with ranked as (
    select
        id,
        owner_id,
        title,
        spent,
        rank() over by_owner as place,
        round(100 * spent / nullif(sum(spent) over (partition by owner_id), 0), 1) as share
    from campaigns
    window by_owner as (partition by owner_id order by spent desc, id asc)
)

select id, owner_id, title, spent, place, share
from ranked
where place <= :top
order by owner_id, place;

-- name: create_campaign :one
-- A new campaign, as a draft.
-- @row Campaign
-- @param runs Its first and last day, if they are known.
insert into campaigns (owner_id, title, budget, tags, runs)
values (:owner_id, :title, :budget, :tags, :runs)
returning id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at;

-- name: change_campaign :maybe
-- Change what is given, keep the rest; the campaign as it is then, or None if there is none.
-- @row Campaign
-- @param title?
-- @param budget?
-- @param tags?
-- @idempotent
update campaigns
set
    title = coalesce(:title, title),
    budget = coalesce(:budget, budget),
    tags = coalesce(:tags, tags)
where id = :id
returning id, owner_id, title, status, budget, spent, remaining, tags, runs, created_at;

-- name: set_status :affected
-- Bring campaigns into a state; those already in it are not touched and not counted.
-- @idempotent
update campaigns
set status = :status
where id = any(:ids) and status <> :status;

-- name: charge_campaign :maybe
-- Spend money of an active campaign and record for what; None if it can't pay.
-- @row Charge
with charged as (
    update campaigns
    set spent = spent + :amount
    where id = :id and status = 'active' and remaining >= :amount
    returning id, spent, remaining
),

recorded as (
    insert into campaign_events (campaign_id, kind, cost, details)
    select id, :kind, :amount, :details from charged
)

select id, spent, remaining from charged;

-- name: add_member :exec
-- Let a user work on a campaign; for one who does already, change the role.
-- @idempotent
insert into campaign_members (campaign_id, user_id, role)
values (:campaign_id, :user_id, :role)
on conflict (campaign_id, user_id) do update set role = excluded.role;

-- name: list_members :many
-- Who works on a campaign, the longest first.
-- @row Member
select
    u.id,
    u.email,
    u.full_name,
    m.role,
    m.joined_at
from campaign_members as m
inner join users as u on m.user_id = u.id
where m.campaign_id = :campaign_id
order by m.joined_at, u.id;

-- name: remove_member :affected
-- Take a user off a campaign.
delete from campaign_members
where campaign_id = :campaign_id and user_id = :user_id;

-- name: delete_campaign :affected
-- Delete a campaign with its members and its events.
delete from campaigns
where id = :id;
