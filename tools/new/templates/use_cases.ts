import { isFilter } from "../field_sql.ts";
import { parentProperty } from "../find_parent.ts";
import type { NewService } from "../new_service.ts";
import { parentPort } from "./parent.ts";

/** Returns app.ts, the use cases of a service. */
export function useCasesText({ names, isOwned, parent }: NewService): string {
  const { singular, plural } = names;
  const [Type, type, types, code] = [singular.pascal, singular.camel, plural.camel, singular.kebab];
  const create = parent !== undefined
    ? "{ owner, scope, ...options }: QueryOptions & { readonly owner: string | null; readonly scope: AccessScope },"
    : isOwned
    ? `{ owner, ...options }: QueryOptions & { readonly owner: string | null },`
    : "options: QueryOptions = {},";
  const keep = (input: string): string =>
    parent === undefined ? input : `keep${parent.names.pascal}(current, ${input})`;
  const property = parent === undefined ? "" : parentProperty(parent);
  const known = parent === undefined ? "" : `    const id = normalized.${property};
    if (!await ${parent.names.camel}Directory.isActive(connections.writer(), { id, scope }, options)) {
      throw new DomainError("unknown-${parent.names.kebab}", {
        fieldErrors: [{ field: "${property}", reason: "no such ${parent.names.words}" }],
      });
    }
`;
  return `import type { QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import type { ${
    parent === undefined ? "" : "AccessScope, "
  }ResourceKey } from "@archway/service_kit/access_scope.ts";
import { ConditionalWriter } from "@archway/service_kit/conditional_writer.ts";
${
    parent === undefined
      ? ""
      : 'import { DomainError } from "@archway/service_kit/domain_error.ts";\n'
  }import type { VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { ${
    parent === undefined ? "" : `keep${parent.names.pascal}, `
  }normalizeInput, type ${Type}, type ${Type}Input } from "./domain/${singular.snake}.ts";
import type { ${Type}Filter, ${Type}ServiceDependencies } from "./ports.ts";

type ReadOptions = QueryOptions & ReaderOptions;
type WriteOptions = QueryOptions & { readonly condition: VersionCondition };

/** Use cases of the ${singular.words} service. */
export class ${Type}Service {
  readonly #deps: ${Type}ServiceDependencies;
  readonly #${types}: ConditionalWriter<${Type}, ${Type}Input>;

  constructor(dependencies: ${Type}ServiceDependencies) {
    this.#deps = dependencies;
    this.#${types} = new ConditionalWriter({ resource: "${code}", ...dependencies });
  }

  /** @throws {DomainError} "invalid-${code}"${
    parent === undefined ? "" : `, "unknown-${parent.names.kebab}"`
  }. */
  async create(
    input: ${Type}Input,
    ${create}
  ): Promise<${Type}> {
    const { connections, repository, ${
    parent === undefined ? "" : `${parent.names.camel}Directory, `
  }now, newId } = this.#deps;
${
    parent === undefined
      ? ""
      : `    const normalized = normalizeInput(input);\n${known}`
  }    const createdAt = now();
    const ${type} = { ...${
    parent === undefined ? "normalizeInput(input)" : "normalized"
  }, id: newId(), version: 1n, createdAt, updatedAt: createdAt };
    await repository.insert(connections.writer(), { ...${type}, ${
    isOwned ? "owner" : "owner: null"
  } }, options);
    return ${type};
  }

  /** @throws {DomainError} "${code}-not-found". */
  get(key: ResourceKey, options: ReadOptions = {}): Promise<${Type}> {
    return this.#${types}.get(key, options);
  }

  list(request: ListRequest<${Type}Filter>, options: ReadOptions = {}): Promise<Page<${Type}>> {
    return this.#deps.repository.list(this.#deps.connections.reader(options), request, options);
  }

  /** @throws {DomainError} "invalid-${code}", "${code}-not-found", "${code}-changed". */
  async replace(key: ResourceKey, input: ${Type}Input, options: WriteOptions): Promise<${Type}> {
${
    parent === undefined
      ? `    return await this.#${types}.replace(key, normalizeInput(input), options);`
      : `    const normalized = normalizeInput(input);
    const current = await this.#deps.repository.find(this.#deps.connections.writer(), key, options);
    const kept = current === undefined ? normalized : ${keep("normalized")};
    return await this.#${types}.replace(key, kept, options);`
  }
  }

  /**
   * Replaces the properties of ${names.one} with those that \`change\` returns for the current ones.
   *
   * @throws {DomainError} "invalid-${code}", "${code}-not-found", "${code}-changed". Errors of \`change\` propagate.
   */
  modify(
    key: ResourceKey,
    change: (current: ${Type}) => ${Type}Input,
    options: WriteOptions,
  ): Promise<${Type}> {
    return this.#${types}.modify(key, (current) => ${keep("normalizeInput(change(current))")}, options);
  }

  /** @throws {DomainError} "${code}-not-found", "${code}-changed". */
  delete(key: ResourceKey, options: WriteOptions): Promise<void> {
    return this.#${types}.delete(key, options);
  }
}
`;
}

/** Returns ports.ts, the dependencies of the use cases. */
export function portsText({ names, fields, parent }: NewService): string {
  const { singular, plural } = names;
  const Type = singular.pascal;
  const filters = fields.filter(isFilter).map(({ name }) =>
    `  readonly ${name.camel}?: string | undefined;\n`
  );
  const filterType = filters.length === 0
    ? `/** Filters of a list of ${plural.words}: none. */
export type ${Type}Filter = Readonly<Record<string, never>>;`
    : `/** Filters of a list of ${plural.words}; an undefined property does not filter. */
export type ${Type}Filter = {
${filters.join("")}};`;
  return `import type { ConnectionManager, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
${
    parent === undefined
      ? ""
      : 'import type { ResourceKey } from "@archway/service_kit/access_scope.ts";\n'
  }import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { ${Type}, ${Type}Input } from "./domain/${singular.snake}.ts";

${filterType}

/** Repository of ${plural.words}. */
export interface ${Type}Repository extends VersionedRepository<${Type}, ${Type}Input> {
  /** Lists ${plural.words}, newest first. */
  list(db: Querier, request: ListRequest<${Type}Filter>, options?: QueryOptions): Promise<Page<${Type}>>;
}
${parent === undefined ? "" : parentPort(parent)}
/** Dependencies of the use cases. */
export interface ${Type}ServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ${Type}Repository;
${
    parent === undefined
      ? ""
      : `  readonly ${parent.names.camel}Directory: ${parent.names.pascal}Directory;\n`
  }  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
`;
}
