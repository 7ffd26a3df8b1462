import { comparedSql, isFilter } from "../field_sql.ts";
import type { Field } from "../field.ts";
import { capitalized } from "../names.ts";
import type { NewService } from "../new_service.ts";
import { linkComponents, schemaComponents } from "./document_components.ts";

/** Texts up to this sum of lengths fit into a body of 16 KiB, even if each character is an escape. */
const MAX_SMALL_TEXT = 1200;

/** Returns the OpenAPI document of a service. */
export function documentText(service: NewService): string {
  const { names, fields } = service;
  const { plural, singular, one, path } = names;
  const [Type, Types] = [singular.pascal, plural.pascal];
  const length = fields.reduce((sum, { type }) => sum + (type.kind === "text" ? type.max : 64), 0);
  const limit = length <= MAX_SMALL_TEXT ? "\n      x-max-body-bytes: 16384" : "";
  const security = (scope: string): string => `security: [{ bearerAuth: [${plural.kebab}:${scope}] }]`;
  const content = (schema: string): string =>
    `content: { application/json: { schema: { $ref: "#/components/schemas/${schema}" } } }`;
  const newBody = `requestBody:
        required: true
        ${content(`New${Type}`)}`;
  const ifMatch = `parameters:
        - $ref: "common.yaml#/components/parameters/IfMatch"`;
  const changed = `responses:
        "200": { $ref: "#/components/responses/Changed${Type}" }`;
  return `openapi: 3.1.0
info:
  title: ${capitalized(singular.words)} API
  version: 1.0.0
  description: |-
    Create, read, list, change and delete ${plural.words}.

    Errors are problem details (RFC 9457). Every ${singular.words} has a strong ETag, which a change requires in
    \`If-Match\`.
  license:
    name: MIT
    identifier: MIT
servers:
  - url: http://127.0.0.1:8080
tags:
  - name: ${plural.kebab}
    description: ${capitalized(plural.words)}
  - name: health
    description: Health checks, served for every API
x-operation-defaults: { $ref: "common.yaml#/x-operation-defaults" }
paths:
  ${path}:
    get:
      operationId: list${Types}
      summary: List ${plural.words}, newest first
      description: |-
        Uses cursor pagination unless \`page\` or \`pageSize\` is present; the two cannot be combined. Cursor pagination is
        stable under concurrent changes: ${one} that exists throughout the iteration is returned exactly once.
      tags: [${plural.kebab}]
      ${security("read")}
      parameters:
        - $ref: "common.yaml#/components/parameters/Limit"
        - $ref: "common.yaml#/components/parameters/After"
        - $ref: "common.yaml#/components/parameters/Before"
        - $ref: "common.yaml#/components/parameters/Page"
        - $ref: "common.yaml#/components/parameters/PageSize"
${fields.filter(isFilter).map((field) => filterParameter(field)).join("")}      responses:
        "200":
          description: One page of ${plural.words}
          ${content(`Success${Type}List`)}
          links:
            nextPage:
              operationId: list${Types}
              description: Present if there is a next page
              parameters: { after: $response.body#/meta/nextCursor }
            previousPage:
              operationId: list${Types}
              description: Present if there is a previous page
              parameters: { before: $response.body#/meta/prevCursor }
            first${Type}:
              operationId: get${Type}
              parameters: { id: $response.body#/data/0/id }
    post:
      operationId: create${Type}
      summary: Create ${one}
      tags: [${plural.kebab}]
      ${security("write")}${limit}
      ${newBody}
      responses:
        "201":
          description: The ${singular.words} as stored
          headers:
            Location: { $ref: "common.yaml#/components/headers/Location" }
            ETag: { $ref: "common.yaml#/components/headers/ETag" }
          ${content(`Success${Type}`)}
${links(10, "Created")}  ${path}/{id}:
    parameters:
      - $ref: "common.yaml#/components/parameters/Id"
        description: ID of the ${singular.words}
    get:
      operationId: get${Type}
      summary: Get ${one}
      tags: [${plural.kebab}]
      ${security("read")}
      responses:
        "200":
          description: The ${singular.words}
          ${content(`Success${Type}`)}
${links(10)}    put:
      operationId: replace${Type}
      summary: Replace ${one}
      description: Clears the properties that the body omits.
      tags: [${plural.kebab}]
      ${security("write")}
      ${ifMatch}${limit}
      ${newBody}
      ${changed}
    patch:
      operationId: patch${Type}
      summary: Update ${one}
      description: |-
        Takes a JSON Merge Patch (RFC 7396; null clears a property) or a JSON Patch (RFC 6902; all operations or none).
        Plain \`application/json\` is treated as a merge patch.
      tags: [${plural.kebab}]
      ${security("write")}
      ${ifMatch}${limit}
      requestBody:
        required: true
        content:
          application/merge-patch+json:
            schema: { $ref: "#/components/schemas/${Type}MergePatch" }
          application/json-patch+json:
            schema: { $ref: "common.yaml#/components/schemas/JsonPatch" }
          application/json:
            schema: { $ref: "#/components/schemas/${Type}MergePatch" }
      ${changed}
    delete:
      operationId: delete${Type}
      summary: Delete ${one}
      description: Removes the ${singular.words} from all reads.
      tags: [${plural.kebab}]
      ${security("write")}
      ${ifMatch}
      responses:
        "204": { description: The ${singular.words} is deleted }
  /healthz: { $ref: "common.yaml#/components/pathItems/Health" }
  /livez: { $ref: "common.yaml#/components/pathItems/Liveness" }
  /readyz: { $ref: "common.yaml#/components/pathItems/Readiness" }
components:
  securitySchemes:
    bearerAuth:
      $ref: "common.yaml#/components/securitySchemes/bearerAuth"
      description: |-
        Access token (RFC 6750) with the scopes \`${plural.kebab}:read\` and \`${plural.kebab}:write\`. ${
    accessText(service)
  }
        Authentication can be disabled when the service is deployed.
  links:
${linkComponents(service)}  responses:
    Changed${Type}:
      description: The ${singular.words} after the change
      headers:
        ETag: { $ref: "common.yaml#/components/headers/ETag" }
        Consistency-Token: { $ref: "common.yaml#/components/headers/ConsistencyToken" }
        X-Request-Id: { $ref: "common.yaml#/components/headers/RequestId" }
      ${content(`Success${Type}`)}
${links(6)}    NotFound:
      $ref: "common.yaml#/components/responses/NotFound"
      description: No such ${singular.words}
  schemas:
${schemaComponents(service)}`;
}

/** Returns the links of a response, in lines that begin with a number of spaces. */
function links(indent: number, suffix: "" | "Created" = ""): string {
  const names = ["Read", "Replace", "Patch", "Delete"];
  const lines = names.map((name) =>
    `  ${name.toLowerCase()}: { $ref: "#/components/links/${name}${suffix}" }`
  );
  return ["links:", ...lines].map((line) => `${" ".repeat(indent)}${line}\n`).join("");
}

function filterParameter(field: Field): string {
  const { name, type } = field;
  const exact = comparedSql(field) === name.snake ? "Exact" : "Case-insensitive";
  const schemas: Partial<Record<typeof type.kind, string>> = {
    boolean: '{ type: string, enum: ["true", "false"] }',
    email: "{ type: string, format: email, minLength: 3, maxLength: 254 }",
    date: '{ type: string, format: date, pattern: "^[1-9]" }',
    uuid: "{ type: string, format: uuid }",
  };
  const own = type.kind === "enum"
    ? `{ type: string, enum: [${type.values.map((value) => JSON.stringify(value)).join(", ")}] }`
    : `{ type: string, minLength: 1, maxLength: ${type.kind === "text" ? type.max : 254} }`;
  return `        - name: ${name.camel}
          in: query
          description: ${exact} ${name.words}
          schema: ${schemas[type.kind] ?? own}
`;
}

function accessText({ names: { plural }, isOwned }: NewService): string {
  return isOwned
    ? `Callers can access
        only the ${plural.words} they created, unless the token also has \`${plural.kebab}:admin\`.`
    : `Every caller with
        the scope can access all ${plural.words}.`;
}
