import { assertEquals } from "@std/assert";
import type { Operation, Validator } from "@archway/server/operation.ts";
import { DiagnosticList } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { readOperations } from "../oapi_codegen/operations/operations.ts";
import { References } from "../oapi_codegen/document/references.ts";
import { probeOperation } from "./probe_operation.ts";
import { serveGenerated } from "./serve_generated.ts";

const DOCUMENT = {
  paths: {
    "/pets": {
      post: {
        operationId: "addPet",
        security: [{ token: [] }],
        requestBody: { required: true, content: { "application/json": { schema: { type: "object" } } } },
        responses: { "204": { description: "Done" } },
      },
    },
  },
  components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
};

Deno.test("probeOperation() reports wrong requests that reach the handler, and valid ones that do not", async () => {
  const references = new References(DOCUMENT, new DiagnosticList("t.yaml"));
  const [model] = readOperations(references, { defaultSecurity: undefined });
  if (model === undefined) throw new Error("The document has an operation");
  const validateBody = (isValid: (value: unknown) => boolean): Validator =>
    Object.assign(isValid, { errors: [] });
  const operation = (fields: Partial<Operation>, validate: Validator): Operation => ({
    ...{
      operationId: "addPet",
      method: "POST",
      path: "/pets",
      parameters: [],
      responses: {},
      extensions: {},
    },
    security: [[{ kind: "bearer", scheme: "token", scopes: [] }]],
    requestBody: { required: true, content: [{ mediaType: "application/json", codec: "json", validate }] },
    ...fields,
  });
  const kinds = async (served: Operation, described = served): Promise<readonly string[]> => {
    await using server = serveGenerated({
      spec: "{}",
      operationDescriptors: { addPet: served },
      routes: (handlers) => [{ operation: served, handle: Reflect.get(handlers, "addPet") }],
    });
    const { url } = await server.listen();
    const { failures } = await probeOperation({ model, operation: described, references }, url);
    return failures.map(({ kind }) => kind);
  };
  const strict = operation({}, validateBody((value) => !Array.isArray(value)));
  assertEquals(await kinds(operation({ security: [] }, validateBody(() => true)), strict), [
    "invalid body: 501 instead of 422",
    "missing credentials: 501 instead of 401",
  ]);
  assertEquals(await kinds(operation({ path: "/cats" }, validateBody(() => true))), [
    "valid request refused with 404",
    "unknown query parameter: 404 instead of 400",
    "malformed body: 404 instead of 400",
    "undeclared media type: 404 instead of 415",
    "missing body: 404 instead of 400",
    "missing credentials: 404 instead of 401",
  ]);
});
