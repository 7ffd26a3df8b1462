import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Profile, ProfileInput } from "./domain/profile.ts";

/** What a list of profiles is narrowed to; undefined properties narrow nothing. */
export type ProfileFilter = {
  /** Beginning of the name, without regard to case. */
  readonly namePrefix?: string | undefined;
  /** The whole e-mail address, without regard to case. */
  readonly email?: string | undefined;
};

/** Stores profiles. */
export interface ProfileRepository extends VersionedRepository<Profile, ProfileInput> {
  /** Newest first. */
  list(db: Querier, request: ListRequest<ProfileFilter>, options?: QueryOptions): Promise<Page<Profile>>;
}

/** What the use cases need. */
export interface ProfileServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ProfileRepository;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
