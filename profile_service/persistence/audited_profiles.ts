import type { Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import { actorOf, type AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { WriteCondition } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Profile, ProfileInput } from "../domain/profile.ts";
import type { ProfileFilter, ProfileRepository } from "../ports.ts";

const resource = "profile";

/** Records reads and changes of profiles in the audit log. Changes need a transaction, whose last statement is the record. */
export class AuditedProfiles implements ProfileRepository {
  readonly #profiles: ProfileRepository;
  readonly #audit: AuditTrail;

  constructor(profiles: ProfileRepository, audit: AuditTrail) {
    this.#profiles = profiles;
    this.#audit = audit;
  }

  async insert(
    tx: Querier,
    profile: Profile & { readonly owner: string | null },
    options?: QueryOptions,
  ): Promise<void> {
    const inserted = this.#profiles.insert(tx, profile, options);
    // Both, and the COMMIT, leave together. If the profile is refused, this fails too, and its error says less.
    const entry = { actor: profile.owner, action: "create", resource, ids: [profile.id] } as const;
    const recorded = this.#audit.changed(tx, entry, { last: true });
    recorded.catch(() => undefined);
    await inserted;
    await recorded;
  }

  async find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Profile | undefined> {
    const found = await this.#profiles.find(db, key, options);
    if (found !== undefined) this.#read(key.scope, [found]);
    return found;
  }

  async findMany(db: Querier, keys: ResourceKeys, options?: QueryOptions): Promise<readonly Profile[]> {
    return this.#read(keys.scope, await this.#profiles.findMany(db, keys, options));
  }

  async list(
    db: Querier,
    request: ListRequest<ProfileFilter>,
    options?: QueryOptions,
  ): Promise<Page<Profile>> {
    const page = await this.#profiles.list(db, request, options);
    this.#read(request.scope, page.items);
    return page;
  }

  async update(
    tx: Querier,
    change: ResourceKey & WriteCondition & { readonly input: ProfileInput },
    options?: QueryOptions,
  ): Promise<Profile | undefined> {
    const changed = await this.#profiles.update(tx, change, options);
    if (changed !== undefined) {
      const actor = actorOf(change.scope);
      await this.#audit.changed(tx, { actor, action: "update", resource, ids: [change.id] }, { last: true });
    }
    return changed;
  }

  async softDelete(
    tx: Querier,
    deletion: ResourceKey & WriteCondition,
    options?: QueryOptions,
  ): Promise<boolean> {
    const deleted = await this.#profiles.softDelete(tx, deletion, options);
    if (deleted) {
      const actor = actorOf(deletion.scope);
      await this.#audit.changed(tx, { actor, action: "delete", resource, ids: [deletion.id] }, {
        last: true,
      });
    }
    return deleted;
  }

  eraseDeleted(
    db: TxManager,
    times: { readonly before: Timestamp; readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<number> {
    return this.#profiles.eraseDeleted(db, times, options);
  }

  #read(scope: AccessScope, profiles: readonly Profile[]): readonly Profile[] {
    this.#audit.read({ actor: actorOf(scope), resource, ids: profiles.map(({ id }) => id) });
    return profiles;
  }
}
