-- Readings: nine columns of nine types, to be read and written in bulk.

create table readings (
    id bigint primary key,
    sensor text not null,
    valid boolean not null,
    amount numeric(12, 2) not null,
    score double precision not null,
    tags text[] not null check (array_position(tags, null) is null),
    details jsonb not null,
    taken_on date not null,
    taken_at timestamptz not null
);

-- The same, for those that are written and thrown away.
create table arrivals (like readings including constraints);

-- Six of them, which cost next to nothing to encode.
create table pings (
    id bigint not null,
    sensor text not null,
    valid boolean not null,
    score double precision not null,
    taken_on date not null,
    taken_at timestamptz not null
);
