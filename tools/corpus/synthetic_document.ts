/** JSON object of a document. */
type Json = { readonly [key: string]: unknown };

/** Operations of each resource: list, create, get, replace and delete. */
const PER_RESOURCE = 5;

/**
 * Returns a document with about `operations` operations, to measure how time grows with them: five for each resource, with
 * parameters, shared errors, and schemas that refer to each other.
 */
export function syntheticDocument(operations: number): Json {
  const names = Array.from({ length: Math.ceil(operations / PER_RESOURCE) }, (_, index) => `Thing${index}`);
  return {
    openapi: "3.1.0",
    info: { title: `${names.length * PER_RESOURCE} operations`, version: "1" },
    security: [{ token: [] }],
    paths: Object.assign({}, ...names.map(pathsOf)),
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: Object.assign(
        {
          Problem: { type: "object", properties: { title: { type: "string" }, status: { type: "integer" } } },
        },
        ...names.map((name, index) => schemasOf(name, names[index - 1])),
      ),
    },
  };
}

function pathsOf(name: string): Json {
  const body = (schema: Json): Json => ({ content: { "application/json": { schema } } });
  const responses = (status: string, schema: Json): Json => ({
    [status]: { description: "Success", ...body(schema) },
    "404": { description: "Not found", ...body({ $ref: "#/components/schemas/Problem" }) },
  });
  const one = { $ref: `#/components/schemas/${name}` };
  const input = { required: true, ...body({ $ref: `#/components/schemas/New${name}` }) };
  const id = { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } };
  const limit = {
    name: "limit",
    in: "query",
    schema: { type: "integer", minimum: 1, maximum: 100, default: 20 },
  };
  const path = `/${name.toLowerCase()}s`;
  return {
    [path]: {
      get: {
        operationId: `list${name}s`,
        parameters: [limit],
        responses: responses("200", { type: "array", items: one }),
      },
      post: { operationId: `create${name}`, requestBody: input, responses: responses("201", one) },
    },
    [`${path}/{id}`]: {
      parameters: [id],
      get: { operationId: `get${name}`, responses: responses("200", one) },
      put: { operationId: `replace${name}`, requestBody: input, responses: responses("200", one) },
      delete: { operationId: `delete${name}`, responses: { "204": { description: "Deleted" } } },
    },
  };
}

function schemasOf(name: string, previous: string | undefined): Json {
  const properties = {
    name: { type: "string", minLength: 1, maxLength: 100 },
    email: { type: "string", format: "email" },
    state: { type: "string", enum: ["open", "closed", "archived"] },
    size: { type: ["integer", "null"], minimum: 0 },
    labels: { type: "array", uniqueItems: true, items: { type: "string" } },
    ...(previous === undefined ? {} : { previous: { $ref: `#/components/schemas/${previous}` } }),
    detail: {
      oneOf: [
        {
          type: "object",
          required: ["kind"],
          properties: { kind: { const: "text" }, text: { type: "string" } },
        },
        {
          type: "object",
          required: ["kind"],
          properties: { kind: { const: "link" }, url: { type: "string" } },
        },
      ],
    },
  };
  return {
    [`New${name}`]: { type: "object", required: ["name"], additionalProperties: false, properties },
    [name]: {
      allOf: [
        { $ref: `#/components/schemas/New${name}` },
        { type: "object", required: ["name"] },
      ],
    },
  };
}
