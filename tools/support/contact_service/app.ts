import type { QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { ConditionalWriter } from "@archway/service_kit/conditional_writer.ts";
import type { VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { type Contact, type ContactInput, normalizeInput } from "./domain/contact.ts";
import type { ContactFilter, ContactServiceDependencies } from "./ports.ts";

type ReadOptions = QueryOptions & ReaderOptions;
type WriteOptions = QueryOptions & { readonly condition: VersionCondition };

/** Use cases of the contact service. */
export class ContactService {
  readonly #deps: ContactServiceDependencies;
  readonly #contacts: ConditionalWriter<Contact, ContactInput>;

  constructor(dependencies: ContactServiceDependencies) {
    this.#deps = dependencies;
    this.#contacts = new ConditionalWriter({ resource: "contact", ...dependencies });
  }

  /** @throws {DomainError} "invalid-contact", "email-taken". */
  async create(
    input: ContactInput,
    { owner, ...options }: QueryOptions & { readonly owner: string | null },
  ): Promise<Contact> {
    const { connections, repository, now, newId } = this.#deps;
    const createdAt = now();
    const contact = { ...normalizeInput(input), id: newId(), version: 1n, createdAt, updatedAt: createdAt };
    await repository.insert(connections.writer(), { ...contact, owner }, options);
    return contact;
  }

  /** @throws {DomainError} "contact-not-found". */
  get(key: ResourceKey, options: ReadOptions = {}): Promise<Contact> {
    return this.#contacts.get(key, options);
  }

  list(request: ListRequest<ContactFilter>, options: ReadOptions = {}): Promise<Page<Contact>> {
    return this.#deps.repository.list(this.#deps.connections.reader(options), request, options);
  }

  /** @throws {DomainError} "invalid-contact", "email-taken", "contact-not-found", "contact-changed". */
  async replace(key: ResourceKey, input: ContactInput, options: WriteOptions): Promise<Contact> {
    return await this.#contacts.replace(key, normalizeInput(input), options);
  }

  /** @throws {DomainError} "invalid-contact", "email-taken", "contact-not-found", "contact-changed", and what `change` throws. */
  modify(
    key: ResourceKey,
    change: (current: Contact) => ContactInput,
    options: WriteOptions,
  ): Promise<Contact> {
    return this.#contacts.modify(key, (current) => normalizeInput(change(current)), options);
  }

  /** @throws {DomainError} "contact-not-found", "contact-changed". */
  delete(key: ResourceKey, options: WriteOptions): Promise<void> {
    return this.#contacts.delete(key, options);
  }
}
