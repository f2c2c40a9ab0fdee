-- Users: who they are, how they like the product, where their invoices go.

-- Nothing here tells whether mail arrives, only that the text has the shape of an address.
create domain email_address as text check (value ~ '^[^@[:space:]]+@[^@[:space:]]+$');

create type postal_address as (
    street text,
    city text,
    country text
);

create table users (
    id bigint generated always as identity primary key,
    email email_address not null,
    full_name text,
    settings jsonb not null default '{}',
    billing_address postal_address,
    created_at timestamptz not null default now(),
    constraint users_email_is_lower_case check (email = lower(email)),
    constraint users_settings_is_an_object check (jsonb_typeof(settings) = 'object')
);

create unique index users_email_key on users (email);
