-- migrate:up

-- A projection of events, like the tables of payments.
create table payment_requests (
  id uuid primary key,
  payee_account_id uuid not null,
  -- Null if any account may pay.
  payer_account_id uuid,
  reference text,
  currency text not null,
  amount bigint not null,
  description text,
  status text not null,
  payment_id uuid,
  version bigint not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payment_requests_payee_fkey foreign key (payee_account_id, currency) references accounts (id, currency),
  constraint payment_requests_payer_fkey foreign key (payer_account_id) references accounts (id),
  constraint payment_requests_payment_fkey foreign key (payment_id, currency) references payments (id, currency),
  constraint payment_requests_payment_key unique (payment_id),
  constraint payment_requests_accounts_differ check (payer_account_id <> payee_account_id),
  constraint payment_requests_amount_range check (amount between 1 and 1000000000000000),
  constraint payment_requests_description_length check (char_length(description) <= 140),
  constraint payment_requests_reference_length check (char_length(reference) between 1 and 64),
  constraint payment_requests_status_known check (status in ('created', 'paid', 'expired', 'cancelled')),
  constraint payment_requests_payment_of_paid check ((status = 'paid') = (payment_id is not null)),
  constraint payment_requests_version_positive check (version > 0)
);

create index payment_requests_newest_first on payment_requests (created_at desc, id desc);
create index payment_requests_by_payee on payment_requests (payee_account_id, created_at desc, id desc);
create index payment_requests_by_payer on payment_requests (payer_account_id, created_at desc, id desc)
  where payer_account_id is not null;
create index payment_requests_by_reference on payment_requests (reference, created_at desc, id desc)
  where reference is not null;
create index payment_requests_due on payment_requests (expires_at, id) where status = 'created';

-- References in use, by the owner of the payee's profile; '' while authentication is off. Not a projection: events do
-- not name owners.
create table payment_request_references (
  owner text not null,
  reference text not null,
  request_id uuid not null,
  primary key (owner, reference)
);

create table payment_request_batches (
  id uuid primary key,
  -- Null while authentication was off.
  owner text,
  is_admin boolean not null,
  -- Of the events of its requests.
  metadata json not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create index payment_request_batches_gone on payment_request_batches (expires_at);

create table payment_request_batch_items (
  batch_id uuid not null references payment_request_batches (id) on delete cascade,
  -- From 1.
  place bigint not null,
  request_id uuid not null,
  status text not null,
  -- Of a request that is to be created.
  terms json,
  refusal json,
  primary key (batch_id, place),
  constraint payment_request_batch_items_status_known check (status in ('pending', 'created', 'failed')),
  constraint payment_request_batch_items_terms_of_pending check ((status = 'pending') = (terms is not null)),
  constraint payment_request_batch_items_refusal_of_failed check ((status = 'failed') = (refusal is not null))
);

create index payment_request_batch_items_pending on payment_request_batch_items (batch_id, place)
  where status = 'pending';

-- migrate:down

drop table payment_request_batch_items, payment_request_batches, payment_request_references, payment_requests;
