-- migrate:up transaction:false

-- The order of the list, for one owner's living profiles.
create index concurrently profiles_by_owner on profiles (owner, created_at desc, id desc)
  where deleted_at is null and owner is not null;

-- migrate:down transaction:false

drop index concurrently profiles_by_owner;
