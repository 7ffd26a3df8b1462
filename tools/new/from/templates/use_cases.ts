import type { Collection } from "../collection.ts";
import { hasKeyColumn, listStyles } from "./code.ts";

/** Returns the use cases of a resource. */
export function useCasesText(collection: Collection): string {
  const { names: { singular, plural, one }, key, isOwned, read, replace, patch, remove } = collection;
  const [Type, type, types, code] = [singular.pascal, singular.camel, plural.camel, singular.kebab];
  const { cursor, offset } = listStyles(collection);
  const isNamed = key.namedBy !== "server";
  const input = isNamed ? `{ key: named, ...input }: New${Type}` : `input: ${Type}Input`;
  const options = isOwned
    ? "{ owner, ...options }: QueryOptions & { readonly owner: string | null }"
    : "options: QueryOptions = {}";
  const made = key.kind === "uuid"
    ? "newId()"
    : key.kind === "bigint"
    ? "await repository.nextKey(connections.writer(), options)"
    : "newId()";
  const chosen = key.namedBy === "client" ? "named" : key.namedBy === "either" ? `named ?? ${made}` : made;
  const identity = hasKeyColumn(collection) ? `id: newId(), key: ${chosen}` : `id: ${chosen}`;
  const check = isNamed && hasKeyColumn(collection)
    ? key.namedBy === "client" ? "    checkKey(named);\n" : "    if (named !== undefined) checkKey(named);\n"
    : "";
  const changes = replace !== undefined || patch !== undefined;
  const writes = changes || remove !== undefined;
  const reads = read !== undefined || remove?.response.representation !== undefined;
  const usesWriter = reads || writes;
  const domain = [
    ...(check === "" ? [] : ["checkKey"]),
    `check${Type}`,
    ...(isNamed ? [`type New${Type}`] : []),
    `type ${Type}`,
    ...(isNamed && !usesWriter ? [] : [`type ${Type}Input`]),
  ].toSorted((one, other) =>
    one.replace("type ", "").toLowerCase() < other.replace("type ", "").toLowerCase() ? -1 : 1
  );
  const methods = [
    `  /** @throws {DomainError} "invalid-${code}"${isNamed ? `, "${code}-exists"` : ""}. */
  async create(${input}, ${options}): Promise<${Type}> {
    const { connections, repository, now, newId } = this.#deps;
    const checked = check${Type}(input);
${check}    const createdAt = now();
    const ${type} = { ...checked, ${identity}, version: 1n, createdAt, updatedAt: createdAt };
    await repository.insert(connections.writer(), { ...${type}, ${
      isOwned ? "owner" : "owner: null"
    } }, options);
    return ${type};
  }`,
    ...(!reads ? [] : [`  /** @throws {DomainError} "${code}-not-found". */
  get(key: ResourceKey, options: QueryOptions & ReaderOptions = {}): Promise<${Type}> {
    return this.#${types}.get(key, options);
  }`]),
    ...(offset
      ? [
        `  range(request: ${Type}RangeRequest, options: QueryOptions & ReaderOptions = {}): Promise<OffsetPage<${Type}>> {
    return this.#deps.repository.range(this.#deps.connections.reader(options), request, options);
  }`,
      ]
      : []),
    ...(cursor
      ? [
        `  list(request: ListRequest<${Type}Filter>, options: QueryOptions & ReaderOptions = {}): Promise<Page<${Type}>> {
    return this.#deps.repository.list(this.#deps.connections.reader(options), request, options);
  }`,
      ]
      : []),
    ...(changes
      ? [`  /**
   * Replaces the properties of ${one} with those that \`change\` returns for the current ones.
   *
   * @throws {DomainError} "invalid-${code}", "${code}-not-found", "${code}-changed".
   */
  modify(
    key: ResourceKey,
    change: (current: ${Type}) => ${Type}Input,
    options: WriteOptions,
  ): Promise<${Type}> {
    return this.#${types}.modify(key, (current) => check${Type}(change(current)), options);
  }`]
      : []),
    ...(remove === undefined ? [] : [`  /** @throws {DomainError} "${code}-not-found", "${code}-changed". */
  delete(key: ResourceKey, options: WriteOptions): Promise<void> {
    return this.#${types}.delete(key, options);
  }`]),
  ];
  const ports = [
    ...(cursor ? [`${Type}Filter`] : []),
    ...(offset ? [`${Type}RangeRequest`] : []),
    `${Type}ServiceDependencies`,
  ];
  const needsReader = reads || offset || cursor;
  return `import type { QueryOptions${needsReader ? ", ReaderOptions" : ""} } from "@archway/db/db.ts";
${
    usesWriter
      ? 'import type { ResourceKey } from "@archway/service_kit/access_scope.ts";\nimport { ConditionalWriter } from "@archway/service_kit/conditional_writer.ts";\n'
      : ""
  }${writes ? 'import type { VersionCondition } from "@archway/service_kit/entity_version.ts";\n' : ""}${
    offset ? 'import type { OffsetPage } from "@archway/service_kit/offset_page.ts";\n' : ""
  }${cursor ? 'import type { ListRequest, Page } from "@archway/service_kit/page.ts";\n' : ""}import { ${
    domain.join(", ")
  } } from "../domain/${singular.snake}.ts";
import type { ${ports.join(", ")} } from "../ports/${singular.snake}_repository.ts";

${
    writes
      ? "type WriteOptions = QueryOptions & { readonly condition: VersionCondition };\n\n"
      : ""
  }/** Use cases of ${plural.words}. */
export class ${Type}Service {
  readonly #deps: ${Type}ServiceDependencies;
${usesWriter ? `  readonly #${types}: ConditionalWriter<${Type}, ${Type}Input>;\n` : ""}
  constructor(dependencies: ${Type}ServiceDependencies) {
    this.#deps = dependencies;
${
    usesWriter
      ? `    this.#${types} = new ConditionalWriter({ resource: "${code}", ...dependencies });\n`
      : ""
  }  }

${methods.join("\n\n")}
}
`;
}
