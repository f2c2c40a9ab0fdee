-- Everything about users.

-- name: get_user :maybe
-- The user with this id, if there is one.
-- @row User
select id, email, full_name, tags, home, created_at from users where id = :id;

-- name: find_user :one
-- @row User
-- @timeout 250ms
select id, email, full_name, tags, home, created_at from users where email = :email;

-- name: create_user :one
-- @param full_name The name on the card.
insert into users (email, full_name, home) values (:email, :full_name, :home) returning id;

-- name: rename_user :affected
-- @idempotent
-- @retry never
update users set full_name = :full_name where id = :id;

-- name: settings_of :maybe
-- @type settings types.SimpleNamespace
select settings, count(*) as n from users where id = :id group by id;

-- name: import_users :copy
copy users (email, full_name, tags) from stdin;

-- name: export_users :copy
select id, email from users;

-- name: tidy :script
analyze users; analyze campaigns;

-- name: old_user :maybe
-- @deprecated use get_user
select full_name from users where id = :id;

-- name: list_names :many
-- @row UserName
select id, full_name from users;
