-- Readings: what benchmarks need and the reference queries don't have.

-- name: list_readings :many
-- The first readings.
-- @row Reading
select id, sensor, valid, amount, score, tags, details, taken_on, taken_at
from readings
order by id
limit :max_rows;

-- name: get_reading :maybe
-- One reading, in time or not at all.
-- @row Reading
-- @timeout 250ms
select id, sensor, valid, amount, score, tags, details, taken_on, taken_at
from readings
where id = :id;

-- name: import_readings :copy
-- Load the readings to be read.
copy readings (id, sensor, valid, amount, score, tags, details, taken_on, taken_at) from stdin;

-- name: import_arrivals :copy
-- Load any number of readings, to be thrown away.
copy arrivals (id, sensor, valid, amount, score, tags, details, taken_on, taken_at) from stdin;

-- name: record_arrival :affected
-- One reading, to be thrown away.
insert into arrivals (id, sensor, valid, amount, score, tags, details, taken_on, taken_at)
values (
    :id, :sensor, :valid, :amount, :score, :tags, :details, :taken_on, :taken_at
);

-- name: delete_arrivals :exec
-- Throw them away.
truncate arrivals;

-- name: import_pings :copy
-- Load any number of pings, to be thrown away.
copy pings (id, sensor, valid, score, taken_on, taken_at) from stdin;

-- name: record_ping :affected
-- One ping, to be thrown away.
insert into pings (id, sensor, valid, score, taken_on, taken_at)
values (:id, :sensor, :valid, :score, :taken_on, :taken_at);

-- name: delete_pings :exec
-- Throw them away.
truncate pings;
