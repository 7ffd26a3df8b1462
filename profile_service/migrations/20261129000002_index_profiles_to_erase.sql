-- migrate:up transaction:false

-- Deleted profiles that still have personal data, oldest first.
create index concurrently profiles_to_erase on profiles (deleted_at)
  where deleted_at is not null and erased_at is null;

-- migrate:down transaction:false

drop index concurrently profiles_to_erase;
