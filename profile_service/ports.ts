import type { ConnectionManager, Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ResourceKeys } from "@archway/service_kit/access_scope.ts";
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
  /** Returns the profiles with the ids, in no order. */
  findMany(db: Querier, keys: ResourceKeys, options?: QueryOptions): Promise<readonly Profile[]>;
  /** Lists profiles, newest first. */
  list(db: Querier, request: ListRequest<ProfileFilter>, options?: QueryOptions): Promise<Page<Profile>>;
  /**
   * Erases the personal data of profiles that were deleted at the time `before` or earlier, in short transactions. Does nothing
   * while another instance does it.
   *
   * @returns the number of profiles.
   */
  eraseDeleted(
    db: TxManager,
    times: { readonly before: Timestamp; readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<number>;
}

/** Dependencies of the use cases. */
export interface ProfileServiceDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly repository: ProfileRepository;
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
