-- migrate:up

-- Where owners of profiles want to be told of events.
create table webhook_endpoints (
  id uuid primary key,
  -- The subject that created it; null: nobody is known to.
  owner text,
  url text not null,
  event_types text[] not null,
  -- Signing needs the secret itself, so it is encrypted and not hashed, under a key that the database does not have.
  sealed_secret bytea not null,
  -- How long the last attempt took, so that those who take their time leave room for the others.
  pace text not null default 'unknown',
  version bigint not null default 1,
  created_at timestamptz not null,
  constraint webhook_endpoints_url_length check (char_length(url) between 1 and 2048),
  constraint webhook_endpoints_has_types check (cardinality(event_types) > 0),
  constraint webhook_endpoints_pace check (pace in ('unknown', 'quick', 'slow'))
);
create index webhook_endpoints_newest_first on webhook_endpoints (created_at desc, id desc);
create index webhook_endpoints_by_owner on webhook_endpoints (owner, created_at desc, id desc);

-- What every endpoint is to be told, was told, or could not be told.
create table webhook_deliveries (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoints (id) on delete cascade,
  position bigint not null references events (position),
  stream text not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  -- Somebody has asked for it since the last attempt began: whatever becomes of that one, there is another at once.
  retry_requested boolean not null default false,
  -- Of the last attempt: the HTTP status, where there was an answer, and the class of what went wrong.
  last_status integer,
  last_error text,
  created_at timestamptz not null,
  attempted_at timestamptz,
  settled_at timestamptz,
  constraint webhook_deliveries_once unique (endpoint_id, position),
  constraint webhook_deliveries_state check (state in ('pending', 'delivered', 'dead')),
  constraint webhook_deliveries_settled check ((state = 'pending') = (settled_at is null))
);
create index webhook_deliveries_pending on webhook_deliveries (endpoint_id, stream, position) where state = 'pending';
create index webhook_deliveries_newest_first on webhook_deliveries (endpoint_id, created_at desc, id desc);
create index webhook_deliveries_settled_at on webhook_deliveries (settled_at) where state <> 'pending';

-- A stream on its way to an endpoint: there is a lane as long as one of its deliveries is pending. Whoever changes
-- what is pending holds the lane's row, so the events of a stream are told one after the other.
create table webhook_lanes (
  endpoint_id uuid not null references webhook_endpoints (id) on delete cascade,
  stream text not null,
  -- When it is to be gone on with; where somebody holds it, when they have lost it.
  due_at timestamptz not null,
  -- When that was decided. If this lies in the future, the clock was set back meanwhile.
  scheduled_at timestamptz not null,
  -- Who holds it; null: nobody.
  lease uuid,
  primary key (endpoint_id, stream)
);
create index webhook_lanes_due on webhook_lanes (due_at);

-- What the message broker has not taken yet: the outbox's rows go on from here, so that a broker that is away does not
-- keep webhooks waiting.
create table broker_messages (
  position bigint primary key references events (position),
  stream text not null,
  enqueued_at timestamptz not null
);
create index broker_messages_stream_idx on broker_messages (stream, position);

-- migrate:down

drop table broker_messages;
drop table webhook_lanes;
drop table webhook_deliveries;
drop table webhook_endpoints;
