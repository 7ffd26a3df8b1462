-- migrate:up

-- Creator of the contact, as named by the issuer of tokens; null if it was created without authentication. Older versions
-- of the service, which have no owners, are not affected.
set local lock_timeout = '2s';
alter table contacts add column owner text;

-- migrate:down

set local lock_timeout = '2s';
alter table contacts drop column owner;
