-- migrate:up transaction:false

-- Events that ask a person to pay. An erasure finds those before a revision, which asked another one, by it.
create index concurrently events_by_asked_payer on events ((data->>'payerProfileId'))
  where type in ('payment_request.created', 'payment_request.revised') and data->>'payerProfileId' is not null;

-- migrate:down transaction:false

drop index concurrently events_by_asked_payer;
