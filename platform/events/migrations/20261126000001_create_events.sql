-- migrate:up
create table events (
  position bigint generated always as identity primary key,
  -- The transaction that wrote it: readers of the global order wait for those that are still running.
  transaction_id xid8 not null default pg_current_xact_id(),
  stream text not null check (length(stream) between 1 and 200),   -- e.g. 'payment-01a2…', 'account-01a2…'
  version bigint not null check (version > 0),                     -- 1, 2, 3 … within the stream
  type text not null,                                              -- e.g. 'payment.settled'
  schema_version integer not null default 1 check (schema_version > 0),
  data jsonb not null,
  metadata jsonb not null,            -- { requestId, principal, traceparent } as far as known
  recorded_at timestamptz not null,
  constraint events_stream_version_key unique (stream, version)
);
-- One row for every event that has not left yet. Written in the same transaction as the event, deleted when it has left.
create table outbox (
  position bigint primary key references events (position),
  stream text not null,
  enqueued_at timestamptz not null
);
create index outbox_stream_idx on outbox (stream, position);
-- migrate:down
drop table outbox; drop table events;
