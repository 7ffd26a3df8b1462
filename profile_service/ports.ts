import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Profile, ProfileInput } from "./domain/profile.ts";

/** Filters of a list of profiles; an undefined property does not filter. */
export type ProfileFilter = {
  /** Prefix of the name, case-insensitive. */
  readonly namePrefix?: string | undefined;
  /** Complete e-mail address, case-insensitive. */
  readonly email?: string | undefined;
};

/** Repository of profiles. */
export interface ProfileRepository extends VersionedRepository<Profile, ProfileInput> {
  /** Lists profiles, newest first. */
  list(db: Querier, request: ListRequest<ProfileFilter>, options?: QueryOptions): Promise<Page<Profile>>;
}

/** Dependencies of the use cases. */
export interface ProfileServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ProfileRepository;
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
