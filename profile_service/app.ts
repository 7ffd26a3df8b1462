import type { QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import { microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";
import type { ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import { ConditionalWriter } from "@archway/service_kit/conditional_writer.ts";
import type { VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { normalizeInput, type Profile, type ProfileInput } from "./domain/profile.ts";
import type { ProfileFilter, ProfileServiceDependencies } from "./ports.ts";

type ReadOptions = QueryOptions & ReaderOptions;
type WriteOptions = QueryOptions & { readonly condition: VersionCondition };

/** Use cases of the profile service. */
export class ProfileService {
  readonly #deps: ProfileServiceDependencies;
  readonly #profiles: ConditionalWriter<Profile, ProfileInput>;

  constructor(dependencies: ProfileServiceDependencies) {
    this.#deps = dependencies;
    this.#profiles = new ConditionalWriter({ resource: "profile", ...dependencies });
  }

  /** @throws {DomainError} "invalid-profile", "email-taken". */
  async create(
    input: ProfileInput,
    { owner, ...options }: QueryOptions & { readonly owner: string | null },
  ): Promise<Profile> {
    const { connections, repository, now, newId } = this.#deps;
    const createdAt = now();
    const profile = { ...normalizeInput(input), id: newId(), version: 1n, createdAt, updatedAt: createdAt };
    await repository.insert(connections.writer(), { ...profile, owner }, options);
    return profile;
  }

  /** @throws {DomainError} "profile-not-found". */
  get(key: ResourceKey, options: ReadOptions = {}): Promise<Profile> {
    return this.#profiles.get(key, options);
  }

  /** Returns the profiles with the ids, in no order, without those that are missing. */
  getMany(keys: ResourceKeys, options: ReadOptions = {}): Promise<readonly Profile[]> {
    return this.#deps.repository.findMany(this.#deps.connections.reader(options), keys, options);
  }

  list(request: ListRequest<ProfileFilter>, options: ReadOptions = {}): Promise<Page<Profile>> {
    return this.#deps.repository.list(this.#deps.connections.reader(options), request, options);
  }

  /** @throws {DomainError} "invalid-profile", "email-taken", "profile-not-found", "profile-changed". */
  async replace(key: ResourceKey, input: ProfileInput, options: WriteOptions): Promise<Profile> {
    return await this.#profiles.replace(key, normalizeInput(input), options);
  }

  /**
   * Replaces the properties of a profile with those that `change` returns for the current ones.
   *
   * @throws {DomainError} "invalid-profile", "email-taken", "profile-not-found", "profile-changed". Errors of `change`
   * propagate.
   */
  modify(
    key: ResourceKey,
    change: (current: Profile) => ProfileInput,
    options: WriteOptions,
  ): Promise<Profile> {
    return this.#profiles.modify(key, (current) => normalizeInput(change(current)), options);
  }

  /** @throws {DomainError} "profile-not-found", "profile-changed". */
  delete(key: ResourceKey, options: WriteOptions): Promise<void> {
    return this.#profiles.delete(key, options);
  }

  /**
   * Erases the personal data of profiles that were deleted longer ago than the retention period.
   *
   * @returns the number of profiles.
   */
  eraseDeleted(retentionMs: number, options?: QueryOptions): Promise<number> {
    const { connections, repository } = this.#deps;
    const now = this.#deps.now();
    const before = timestampOf(microsecondsOf(now) - BigInt(retentionMs) * 1000n);
    return repository.eraseDeleted(connections, { before, now }, options);
  }
}
