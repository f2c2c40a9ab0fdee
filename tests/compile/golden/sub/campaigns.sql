-- name: list_campaigns
-- Campaigns of one owner, newest first.
-- @row Campaign
-- @param status? Only campaigns in this state.
select id, owner_id, title, status, budget, created_at
from campaigns
where owner_id = :owner_id
  and status = :status              --? status
  and budget is null                --? poor
order by created_at desc            --? sort = newest
order by budget desc, id            --? sort = richest (default)
limit :max_rows;

-- name: odd :many
select during, slots, doc, ip, net, array[1,2] as xs, now() from campaigns where id = any(:ids) and during && :during::tstzrange;

-- name: active :many
select * from active where owner_id = :owner;

-- name: get_owner :maybe
-- @row UserName
select u.id, u.full_name from users as u join campaigns as c on c.owner_id = u.id where c.id = :id;

-- name: import_titles :copy
copy campaigns (owner_id, title, status, budget, created_at, during) from stdin;

-- name: import_campaigns :copy
copy campaigns (owner_id, title, status, budget, created_at, during, slots, ip, net) from stdin;

-- name: sort_campaigns :many
select title from campaigns
order by created_at desc, id desc   --? order = newest_first_of_all_campaigns
order by created_at, id             --? order = oldest_first_of_all_campaigns
order by budget desc, id            --? order = richest_first_of_all_campaigns (default)
;
