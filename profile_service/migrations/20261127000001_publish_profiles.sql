-- migrate:up

-- published: owners of profiles, deleted ones included, for services whose resources belong to profiles
create view published_profiles as select id, owner, deleted_at from profiles;

-- migrate:down

drop view published_profiles;
