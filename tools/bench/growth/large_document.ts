/** Operations of one resource. */
const PER_RESOURCE = 5;

/** Returns the path of the first or last resource of a document with so many operations. */
export function resourcePath(operations: number, place: "first" | "last"): string {
  return `/v1/things${place === "first" ? 0 : Math.floor(operations / PER_RESOURCE) - 1}`;
}

/** Returns an OpenAPI document with so many operations, five for each resource, with schemas of their own. */
export function largeDocument(operations: number): string {
  const resources = Array.from({ length: Math.floor(operations / PER_RESOURCE) }, (_, index) => index);
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title: "Large", version: "1.0.0" },
    security: [],
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(resources.flatMap(schemasOf)) },
  });
}

function pathsOf(index: number): readonly (readonly [string, object])[] {
  const one = content(`#/components/schemas/Thing${index}`);
  const input = { required: true, content: content(`#/components/schemas/ThingInput${index}`).content };
  const id = { name: "id", in: "path", required: true, schema: { type: "integer", minimum: 1 } };
  const limit = { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 200 } };
  const missing = { description: "No such thing" };
  return [
    [`/v1/things${index}`, {
      get: {
        operationId: `listThings${index}`,
        parameters: [limit],
        responses: { 200: content(`#/components/schemas/Things${index}`) },
      },
      post: { operationId: `createThing${index}`, requestBody: input, responses: { 201: one } },
    }],
    [`/v1/things${index}/{id}`, {
      parameters: [id],
      get: { operationId: `getThing${index}`, parameters: [limit], responses: { 200: one, 404: missing } },
      put: {
        operationId: `replaceThing${index}`,
        requestBody: input,
        responses: { 200: one, 404: missing },
      },
      delete: {
        operationId: `deleteThing${index}`,
        responses: { 204: { description: "Deleted" }, 404: missing },
      },
    }],
  ];
}

function schemasOf(index: number): readonly (readonly [string, object])[] {
  const properties = {
    name: { type: "string", minLength: 1, maxLength: 100 },
    size: { type: "integer", minimum: 0 },
    tags: { type: "array", maxItems: 20, items: { type: "string", maxLength: 40 } },
    state: { type: "string", enum: ["new", `used-${index}`, "broken"] },
  };
  return [
    [`ThingInput${index}`, object(properties, ["name"])],
    [`Thing${index}`, object({ id: { type: "integer" }, ...properties }, ["id", "name"])],
    [
      `Things${index}`,
      object({
        data: { type: "array", items: { $ref: `#/components/schemas/Thing${index}` } },
      }, ["data"]),
    ],
  ];
}

function object(properties: object, required: readonly string[]): object {
  return { type: "object", additionalProperties: false, required, properties };
}

function content($ref: string): { readonly description: string; readonly content: object } {
  return { description: "Success", content: { "application/json": { schema: { $ref } } } };
}
