-- migrate:up transaction:false

-- An erasure frees the references of requests.
create index concurrently payment_request_references_by_request on payment_request_references (request_id);

-- migrate:down transaction:false

drop index concurrently payment_request_references_by_request;
