-- migrate:up transaction:false

-- The order of the list, for one owner's active contacts.
create index concurrently contacts_by_owner on contacts (owner, created_at desc, id desc)
  where deleted_at is null and owner is not null;

-- migrate:down transaction:false

drop index concurrently contacts_by_owner;
