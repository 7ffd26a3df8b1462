import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Contact, ContactInput } from "./domain/contact.ts";

/** What a list of contacts is narrowed to; undefined properties narrow nothing. */
export type ContactFilter = {
  /** Beginning of the name, without regard to case. */
  readonly namePrefix?: string | undefined;
  /** The whole e-mail address, without regard to case. */
  readonly email?: string | undefined;
};

/** Stores contacts. */
export interface ContactRepository extends VersionedRepository<Contact, ContactInput> {
  /** Newest first. */
  list(db: Querier, request: ListRequest<ContactFilter>, options?: QueryOptions): Promise<Page<Contact>>;
}

/** What the use cases need. */
export interface ContactServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ContactRepository;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
