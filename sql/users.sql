-- Users: how they sign up, change, leave, and are found.

-- name: get_user :one
-- The user with this id.
-- @row User
select id, email, full_name, settings, billing_address, created_at
from users
where id = :id;

-- name: find_user :maybe
-- The user with this address, if there is one.
-- @row User
select id, email, full_name, settings, billing_address, created_at
from users
where email = lower(:email);

-- name: find_users_by_name :many
-- Users of exactly this name.
-- @row User
-- @column full_name? Never NULL here, but a User elsewhere may have none.
-- @deprecated list_users(text=...) finds them, and parts of a name too.
select id, email, full_name, settings, billing_address, created_at
from users
where full_name = :full_name;

-- name: get_users :many
-- The users with these ids, in the order of the ids; an unknown id is left out.
-- @row User
select id, email, full_name, settings, billing_address, created_at
from users
where id = any(:ids)
order by array_position(:ids, id);

-- name: list_users :many
-- A page of users, newest first; each filter may be left out.
-- The next page is the one before the last id of this page: page 1,000 costs what page 1 does.
-- @row User
-- @param text? A part of the name or the address, in any case.
-- @param before_id? Only users that signed up before this one.
-- @timeout 250ms
select id, email, full_name, settings, billing_address, created_at
from users
where
    true
    and (full_name ilike '%' || :text || '%' or email ilike '%' || :text || '%') --? text
    and id < :before_id --? before_id
    and billing_address is not null --? billable
order by id desc
limit :max_rows;

-- name: count_users :one
-- The number of all users.
select count(*) from users;

-- name: is_taken :one
-- Whether there is a user with this address.
select exists(
    select from users
    where email = lower(:email)
);

-- name: create_user :one
-- A new user, with the settings that everyone begins with.
-- @row User
insert into users (email, full_name)
values (lower(:email), :full_name)
returning id, email, full_name, settings, billing_address, created_at;

-- name: create_users :many
-- The ids of any number of new users; an address that is taken is left out.
insert into users (email, full_name)
select
    lower(new.email) as email,
    new.full_name
from unnest(:emails::text[], :full_names::text[]) as new (email, full_name)
on conflict (email) do nothing
returning id;

-- name: upsert_user :one
-- The user with this address, made if there is none; what is given replaces what was there.
-- @row User
-- @idempotent
insert into users (email, full_name, settings)
values (lower(:email), :full_name, :settings)
on conflict (email) do update
    set
        full_name = coalesce(excluded.full_name, users.full_name),
        settings = users.settings || excluded.settings
returning id, email, full_name, settings, billing_address, created_at;

-- name: change_settings :affected
-- Replace these settings of a user and keep the others.
-- @param changes A JSON object.
-- @idempotent
update users
set settings = settings || :changes
where id = :id;

-- name: set_billing_address :affected
-- Where a user's invoices go from now on.
-- @idempotent
update users
set billing_address = (:street, :city, :country)::postal_address
where id = :id;

-- name: delete_user :affected
-- Delete a user who owns no campaign; one who owns one is an IntegrityError.
delete from users
where id = :id;

-- name: export_users :copy
-- Every user, for a spreadsheet or another system.
select id, email, full_name, created_at
from users
order by id;

-- name: delete_everything :script
-- Empty every table and start counting from 1 again. For development only.
truncate campaign_events, campaign_members, campaigns, users restart identity;
refresh materialized view campaign_days;
