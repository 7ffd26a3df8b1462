import type { Querier, QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import type { VersionCondition } from "@archway/service_kit/paging/entity_version.ts";
import type {
  KeysetPage,
  KeysetQuery,
  OffsetPage,
  OffsetQuery,
  ProfileKey,
  ProfileServiceDependencies,
} from "./ports.ts";
import { normalizeDraft, type Profile, type ProfileDraft } from "./profile.ts";
import { ProfileError } from "./profile_error.ts";

/** How a read is done: what it has to see, and when it is given up. */
type ReadOptions = QueryOptions & ReaderOptions;

/**
 * The use cases. Each of them is one statement, or a read and one conditional write, so none holds a transaction
 * open: the version in the WHERE clause is what keeps two writers apart.
 */
export class ProfileService {
  readonly #deps: ProfileServiceDependencies;

  constructor(dependencies: ProfileServiceDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {ProfileError} "invalid", "email-taken". */
  async create(
    draft: ProfileDraft,
    { owner, ...options }: QueryOptions & { readonly owner: string | null },
  ): Promise<Profile> {
    const now = this.#deps.now();
    const profile: Profile = {
      ...normalizeDraft(draft),
      id: this.#deps.newId(),
      version: 1n,
      createdAt: now,
      updatedAt: now,
    };
    await this.#deps.profiles.insert(this.#writer, { ...profile, owner }, options);
    return profile;
  }

  /** @throws {ProfileError} "not-found". */
  get(key: ProfileKey, options: ReadOptions = {}): Promise<Profile> {
    return this.#find(this.#deps.connections.reader(options), key, options);
  }

  listByKey(query: KeysetQuery, options: ReadOptions = {}): Promise<KeysetPage> {
    return this.#deps.profiles.listByKey(this.#deps.connections.reader(options), query, options);
  }

  listByOffset(query: OffsetQuery, options: ReadOptions = {}): Promise<OffsetPage> {
    return this.#deps.profiles.listByOffset(this.#deps.connections.reader(options), query, options);
  }

  /** @throws {ProfileError} "invalid", "email-taken", "not-found", "version-mismatch". */
  async replace(
    key: ProfileKey,
    draft: ProfileDraft,
    options: QueryOptions & { readonly condition: VersionCondition },
  ): Promise<Profile> {
    const change = { ...normalizeDraft(draft), ...key, condition: options.condition, now: this.#deps.now() };
    return await this.#deps.profiles.update(this.#writer, change, options) ??
      await this.#refuse(key, options);
  }

  /**
   * Changes a profile by a function of what it is now. Without a condition on the version, a change that another
   * writer overtook is made again on what that writer left.
   *
   * @throws {ProfileError} "invalid", "email-taken", "not-found", "version-mismatch", and what `change` throws.
   */
  async modify(
    key: ProfileKey,
    change: (current: Profile) => ProfileDraft,
    options: QueryOptions & { readonly condition: VersionCondition },
  ): Promise<Profile> {
    while (true) {
      const current = await this.#find(this.#writer, key, options);
      if (options.condition !== "any" && !options.condition.includes(current.version)) {
        throw new ProfileError("version-mismatch", { currentVersion: current.version });
      }
      const draft = normalizeDraft(change(current));
      const changed = await this.#deps.profiles.update(
        this.#writer,
        { ...draft, ...key, condition: [current.version], now: this.#deps.now() },
        options,
      );
      if (changed !== undefined) return changed;
      if (options.condition !== "any") return await this.#refuse(key, options);
    }
  }

  /** @throws {ProfileError} "not-found", "version-mismatch". */
  async delete(
    key: ProfileKey,
    options: QueryOptions & { readonly condition: VersionCondition },
  ): Promise<void> {
    const deletion = { ...key, condition: options.condition, now: this.#deps.now() };
    if (!await this.#deps.profiles.softDelete(this.#writer, deletion, options)) {
      await this.#refuse(key, options);
    }
  }

  get #writer(): Querier {
    return this.#deps.connections.writer();
  }

  async #find(db: Querier, key: ProfileKey, options: QueryOptions): Promise<Profile> {
    const profile = await this.#deps.profiles.find(db, key, options);
    if (profile === undefined) throw new ProfileError("not-found");
    return profile;
  }

  /** Says why a conditional write found no row: a missing profile comes before a stale version. */
  async #refuse(key: ProfileKey, options: QueryOptions): Promise<never> {
    const current = await this.#find(this.#writer, key, options);
    throw new ProfileError("version-mismatch", { currentVersion: current.version });
  }
}
