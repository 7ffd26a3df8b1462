/** Returns a valid document; tests replace a member of it. */
export function acceptedDocument(): Record<string, unknown> {
  return {
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    paths: {
      "/things/{id}": {
        get: {
          operationId: "getThing",
          security: [],
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          responses: {
            "200": {
              description: "It",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
            },
          },
        },
      },
      "/things": {
        post: {
          operationId: "createThing",
          security: [{ token: ["things:write"] }],
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
          },
          responses: { "204": { description: "Done" } },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Thing: { type: "object", properties: { name: { type: "string" } } } },
    },
  };
}

/** Replaces the member at a JSON Pointer of a document; undefined deletes it. */
export function setMember(
  document: Record<string, unknown>,
  { at, value }: { readonly at: string; readonly value: unknown },
): void {
  const tokens = at.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = tokens.pop() ?? "";
  let here: object = document;
  for (const token of tokens) {
    const next: unknown = Reflect.get(here, token);
    const child = typeof next === "object" && next !== null ? next : {};
    Reflect.set(here, token, child);
    here = child;
  }
  if (value === undefined) Reflect.deleteProperty(here, last);
  else Reflect.set(here, last, value);
}
