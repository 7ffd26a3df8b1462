import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Contact, ContactInput } from "./domain/contact.ts";

/** Filters of a list of contacts; an undefined property does not filter. */
export type ContactFilter = {
  /** Prefix of the name, case-insensitive. */
  readonly namePrefix?: string | undefined;
  /** Complete e-mail address, case-insensitive. */
  readonly email?: string | undefined;
};

/** Repository of contacts. */
export interface ContactRepository extends VersionedRepository<Contact, ContactInput> {
  /** Lists contacts, newest first. */
  list(db: Querier, request: ListRequest<ContactFilter>, options?: QueryOptions): Promise<Page<Contact>>;
}

/** Dependencies of the use cases. */
export interface ContactServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ContactRepository;
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
