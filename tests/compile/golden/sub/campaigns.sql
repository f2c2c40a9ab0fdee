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
