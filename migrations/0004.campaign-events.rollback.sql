drop materialized view campaign_days;
drop table campaign_events;
drop type event_kind;
