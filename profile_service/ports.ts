import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { VersionCondition } from "@archway/service_kit/paging/entity_version.ts";
import type { KeysetPosition } from "@archway/service_kit/paging/keyset.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Profile } from "./profile.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";

/** A profile as one caller may reach it. */
export interface ProfileKey {
  readonly id: string;
  readonly viewer: Viewer;
}

/** What a list is narrowed to; absent fields narrow nothing. */
export interface ProfileFilter {
  readonly viewer: Viewer;
  /** Names that begin with this, without regard to case. */
  readonly namePrefix?: string;
  /** The whole e-mail address, without regard to case. */
  readonly email?: string;
}

/** A page by key. */
export interface KeysetQuery {
  readonly filter: ProfileFilter;
  readonly limit: number;
  readonly position?: KeysetPosition;
}

/** One page by key, newest first, with what stands on both sides of it, all from one snapshot. */
export interface KeysetPage {
  readonly profiles: readonly Profile[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** A page by number. */
export interface OffsetQuery {
  readonly filter: ProfileFilter;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** One page by number, newest first, with the total of the same snapshot. */
export interface OffsetPage {
  readonly profiles: readonly Profile[];
  readonly totalItems: number;
}

/**
 * Keeps profiles. Every method runs on the querier it is given. Deleted profiles are never seen, nor are those that are
 * not the viewer's: of all of them a caller is told the same, that there is none.
 */
export interface ProfileRepository {
  /** @throws {ProfileError} "email-taken", whoever has the address. */
  insert(db: Querier, profile: OwnedProfile, options?: QueryOptions): Promise<void>;

  /** The living profile with the id, if there is one. */
  find(db: Querier, key: ProfileKey, options?: QueryOptions): Promise<Profile | undefined>;

  /**
   * Writes name, e-mail and age where the version is one of the condition's, and gives the profile with its next
   * version; undefined when no living profile has the id and such a version.
   *
   * @throws {ProfileError} "email-taken".
   */
  update(db: Querier, change: ProfileChange, options?: QueryOptions): Promise<Profile | undefined>;

  /** Marks the profile as deleted under the same condition; false when there was none. */
  softDelete(db: Querier, deletion: ProfileDeletion, options?: QueryOptions): Promise<boolean>;

  listByKey(db: Querier, query: KeysetQuery, options?: QueryOptions): Promise<KeysetPage>;

  listByOffset(db: Querier, query: OffsetQuery, options?: QueryOptions): Promise<OffsetPage>;
}

/** A profile that is to be kept from now on. */
export interface OwnedProfile extends Profile {
  /** The subject that creates it; null: nobody is known to. */
  readonly owner: string | null;
}

/** A change to one profile. */
export interface ProfileChange extends ProfileKey {
  readonly condition: VersionCondition;
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
  readonly now: Timestamp;
}

/** The deletion of one profile. */
export interface ProfileDeletion extends ProfileKey {
  readonly condition: VersionCondition;
  readonly now: Timestamp;
}

/** What the use cases are given by whoever builds them. */
export interface ProfileServiceDependencies {
  readonly connections: ConnectionManager;
  readonly profiles: ProfileRepository;
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
}
