import { filterMember, fromJsonMembers, parsedMoney, toJsonMember } from "../field_code.ts";
import { isFilter } from "../field_sql.ts";
import type { NewService } from "../new_service.ts";
import { parentProblem } from "./parent.ts";

/** Returns the conversions between representations and the domain. */
export function dtoText({ names, fields }: NewService): string {
  const { singular, plural } = names;
  const [Type, type] = [singular.pascal, singular.camel];
  const money = fields.filter((field) => field.type.kind === "money");
  const optional = fields.some(({ isOptional }) => isOptional) ? "; absent properties become null" : "";
  const inputComment = money.length === 0 ? `/** Converts a request body to input${optional}. */` : `/**
 * Converts a request body to input${optional}.
 *
 * @throws {DomainError} "unknown-currency", "invalid-amount".
 */`;
  return `import type * as api from "@archway/api/${plural.snake}api/server.gen.ts";
import { replace${Type}BodyApplicationJson } from "@archway/api/${plural.snake}api/validators.gen.js";
${
    money.length > 0
      ? 'import { formatMoney, parseMoney } from "@archway/service_kit/money.ts";\n'
      : ""
  }import { resourcePatch } from "@archway/service_kit/resource_patch.ts";
import type { ${Type}, ${Type}Input } from "../domain/${singular.snake}.ts";

/** Converts ${names.one} to its representation, with only the properties listed here. */
export function ${type}ToJson(${type}: ${Type}): api.${Type} {
  return {
    id: ${type}.id,
${fields.map((field) => `    ${toJsonMember(field, type)},\n`).join("")}    createdAt: ${type}.createdAt,
    updatedAt: ${type}.updatedAt,
  };
}

${inputComment}
export function ${type}Input(body: api.New${Type}): ${Type}Input {
${money.length > 0 ? `  const money = { ${money.map(parsedMoney).join(", ")} };\n` : ""}  return {
${fields.flatMap(fromJsonMembers).map((member) => `    ${member},\n`).join("")}  };
}

/** Applies the patch of a request to the representation of ${names.one}. */
export const patch${Type} = resourcePatch<api.New${Type}>({
  resource: "${singular.kebab}",
  readOnly: ["id", "createdAt", "updatedAt"],
  validate: replace${Type}BodyApplicationJson,
});
`;
}

/** Returns the handlers of a service. */
export function handlersText({ names, fields, isOwned, parent }: NewService): string {
  const { singular, plural } = names;
  const [Type, type, Types, types] = [singular.pascal, singular.camel, plural.pascal, plural.camel];
  const filters = fields.filter(isFilter);
  const filter = filters.length === 0
    ? "() => ({})"
    : `({ query }) => ({ ${filters.map(filterMember).join(", ")} })`;
  const access = isOwned
    ? 'import { accessScopeOf, ownerOf, type ResourceKey } from "@archway/service_kit/access_scope.ts";'
    : 'import { type ResourceKey, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";';
  const key = isOwned ? "keyOf(path, context)" : "keyOf(path)";
  return `import type * as api from "@archway/api/${plural.snake}api/server.gen.ts";
${isOwned ? 'import type { RequestContext } from "@archway/server/request_context.ts";\n' : ""}${access}
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import { numberedListEndpoint } from "@archway/service_kit/list_endpoint.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { ${Type}Service } from "../app.ts";
import { patch${Type}, ${type}Input, ${type}ToJson } from "./${singular.snake}_dto.ts";

/** Dependencies of the HTTP adapter, in addition to the use cases. */
export interface ${Type}HandlersDependencies {
  readonly cursors: PageCursors;
  readonly tokens: ConsistencyTokens;
}

${
    isOwned
      ? `const scopeOf = accessScopeOf("${plural.kebab}:admin");\n\n`
      : ""
  }/** Creates the HTTP adapter, which maps requests to use cases and their results to responses. */
export function ${type}Handlers(
  ${types}: ${Type}Service,
  { cursors, tokens }: ${Type}HandlersDependencies,
): api.StrictServerInterface {
  const responses = new ResourceResponses({
    tokens,
    toJson: ${type}ToJson,
    versionOf: ({ version }) => version,
    pathOf: ({ id }) => \`${names.path}/\${id}\`,
  });
  return {
    list${Types}: numberedListEndpoint({
      name: "${plural.words}, newest first",
      cursors,
      tokens,
      ${isOwned ? "scopeOf" : "scopeOf: () => UNRESTRICTED"},
      filter: ${filter},
      read: (request, options) => ${types}.list(request, options),
      toJson: ${type}ToJson,
      anchorOf: (${type}) => ${type},
      tagOf: (${type}) => ${type},
    }),
    create${Type}: async ({ body }, context) => {
      const options = { ${isOwned ? "owner: ownerOf(context), " : ""}${
    parent === undefined ? "" : "scope: scopeOf(context), "
  }signal: context.signal };
      return await responses.created(await ${types}.create(${type}Input(body), options), context);
    },
    get${Type}: async ({ path, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await ${types}.get(${key}, options), context);
    },
    replace${Type}: async ({ path, headers, body }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const ${type} = await ${types}.replace(${key}, ${type}Input(body), options);
      return await responses.written(${type}, context);
    },
    patch${Type}: async ({ path, headers, ...patch }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const ${type} = await ${types}.modify(
        ${key},
        (current) => ${type}Input(patch${Type}({ ...${type}ToJson(current) }, patch)),
        options,
      );
      return await responses.written(${type}, context);
    },
    delete${Type}: async ({ path, headers }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      await ${types}.delete(${key}, options);
      return await responses.deleted(context);
    },
  };
}

${
    isOwned
      ? `function keyOf({ id }: { readonly id: string }, context: RequestContext): ResourceKey {
  return { id, scope: scopeOf(context) };
}`
      : `function keyOf({ id }: { readonly id: string }): ResourceKey {
  return { id, scope: UNRESTRICTED };
}`
  }
`;
}

/** Returns the problem types of a service. */
export function problemsText({ names: { singular }, fields, parent }: NewService): string {
  const [Type, type, code] = [singular.pascal, singular.camel, singular.kebab];
  const hasMoney = fields.some((field) => field.type.kind === "money");
  const money = hasMoney
    ? `import type { MoneyErrorCode } from "@archway/service_kit/money.ts";
import { MONEY_PROBLEMS } from "@archway/service_kit/money_problems.ts";
`
    : "";
  return `${money}import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { ${Type}ErrorCode } from "../domain/${singular.snake}.ts";

/** Problem types of the ${singular.words} service, by error code. */
export const ${type}Problems = problemTable<${Type}ErrorCode${hasMoney ? " | MoneyErrorCode" : ""}>({
  "${code}-not-found": notFound("${singular.words}"),
  "${code}-changed": changed("${singular.words}"),
  "invalid-${code}": invalid("${singular.words}"),
${parent === undefined ? "" : parentProblem(parent)}${hasMoney ? "  ...MONEY_PROBLEMS,\n" : ""}});
`;
}
