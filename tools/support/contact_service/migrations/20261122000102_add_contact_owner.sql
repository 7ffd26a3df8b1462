-- migrate:up

-- Who created the contact, as the issuer of tokens names them; null: nobody, it was made while authentication was
-- off. An older version of the service, which knows no owners, goes on as before.
set local lock_timeout = '2s';
alter table contacts add column owner text;

-- migrate:down

set local lock_timeout = '2s';
alter table contacts drop column owner;
