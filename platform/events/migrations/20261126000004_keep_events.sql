-- migrate:up

-- What has happened stays as it was written, whoever would change it. Ids of transactions mean nothing in another
-- cluster, where they may be set to 0.
create function refuse_change_of_event() returns trigger language plpgsql as $$
begin
  raise check_violation using constraint = 'events_kept', table = 'events',
    message = 'Events are appended and never changed';
end $$;

create trigger events_kept before delete or update of position, stream, version, type, schema_version, data, metadata,
  recorded_at on events for each row execute function refuse_change_of_event();

create trigger events_not_emptied before truncate on events for each statement execute function refuse_change_of_event();

-- migrate:down

drop trigger events_not_emptied on events;
drop trigger events_kept on events;
drop function refuse_change_of_event;
