-- Members: who else works on a campaign, and as what. The owner is not listed among them.
-- depends: 0002.campaigns

create type member_role as enum ('viewer', 'editor', 'manager');

create table campaign_members (
    campaign_id bigint not null references campaigns (id) on delete cascade,
    user_id bigint not null references users (id) on delete cascade,
    role member_role not null default 'viewer',
    joined_at timestamptz not null default now(),
    primary key (campaign_id, user_id)
);

create index campaign_members_user_idx on campaign_members (user_id);
