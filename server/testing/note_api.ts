import type { ApiModule } from "../api_module.ts";
import { parseIfMatch } from "../representation/conditional.ts";
import type {
  DecodedRequest,
  Operation,
  ParameterDescriptor,
  ResponseDescriptor,
  StrictResponse,
} from "../operation.ts";
import { Problem } from "../problem.ts";
import type { RequestContext } from "../request_context.ts";
import { objectValidator } from "./object_validator.ts";

/** Domain error that the module maps to a problem. */
class NoteLockedError extends Error {
  override readonly name = "NoteLockedError";
}

/** Replacement for the handler of `readNote`. */
export type OnRead = (request: DecodedRequest, context: RequestContext) => Promise<StrictResponse>;

const json: ResponseDescriptor = {
  content: [{
    mediaType: "application/json",
    codec: "json",
    validate: objectValidator({ required: ["text"] }),
  }],
  headers: [{ name: "ETag", required: true }],
};
const empty: ResponseDescriptor = { content: [], headers: [] };
const id: ParameterDescriptor = {
  name: "id",
  in: "path",
  required: true,
  style: "simple",
  explode: false,
  shape: { kind: "integer" },
};
const ifMatch: ParameterDescriptor = {
  name: "If-Match",
  in: "header",
  required: true,
  style: "simple",
  explode: false,
  shape: { kind: "string" },
};
const limit: ParameterDescriptor = {
  name: "limit",
  in: "query",
  required: false,
  style: "form",
  explode: true,
  shape: { kind: "integer" },
  default: 20,
};
const noteBody = {
  required: true,
  maxBytes: 2048,
  content: [{
    mediaType: "application/json",
    codec: "json",
    validate: objectValidator({ required: ["text"], types: { text: "string", stars: "integer" } }),
  }],
} as const;

function operation(part: Pick<Operation, "operationId" | "method" | "path"> & Partial<Operation>): Operation {
  return { parameters: [], responses: {}, security: [], extensions: {}, ...part };
}

const readNote = operation({
  operationId: "readNote",
  method: "GET",
  path: "/notes/{id}",
  parameters: [id],
  validateParameters: objectValidator({ inside: { path: { types: { id: "integer" } } } }),
  responses: { "200": json, "304": empty },
});
const listNotes = operation({
  operationId: "listNotes",
  method: "GET",
  path: "/notes",
  parameters: [limit],
  validateParameters: objectValidator({ inside: { query: { types: { limit: "integer" } } } }),
  responses: { "200": { content: [{ mediaType: "application/json", codec: "json" }], headers: [] } },
});
const createNote = operation({
  operationId: "createNote",
  method: "POST",
  path: "/notes",
  parameters: [limit],
  validateParameters: objectValidator({ inside: { query: { types: { limit: "integer" } } } }),
  requestBody: noteBody,
  responses: { "201": json },
});
const replaceNote = operation({
  operationId: "replaceNote",
  method: "PUT",
  path: "/notes/{id}",
  parameters: [id, ifMatch],
  validateParameters: objectValidator({
    inside: { path: { types: { id: "integer" } }, headers: { required: ["If-Match"] } },
  }),
  requestBody: noteBody,
  responses: { "200": json },
});
const deleteNote = operation({
  operationId: "deleteNote",
  method: "DELETE",
  path: "/notes/{id}",
  parameters: [id, { ...ifMatch, required: false }],
  responses: { "204": empty },
});

/** Creates a small API about notes: number 1 exists in version 7, 2 is locked, 3 violates the document. */
export function noteApi(onRead: OnRead = read): ApiModule {
  return {
    name: "note",
    document: '{"openapi":"3.1.0"}',
    problemTypes: [{
      slug: "note-locked",
      title: "Note locked",
      status: 409,
      detail: "Another <client> holds the lock.",
    }],
    problemOf: (error) => error instanceof NoteLockedError ? new Problem(409, "note-locked") : undefined,
    routes: [
      { operation: readNote, handle: onRead },
      { operation: listNotes, handle: ({ query }) => Promise.resolve({ status: 200, body: { query } }) },
      { operation: createNote, handle: ({ body }) => Promise.resolve(note(201, body)) },
      { operation: replaceNote, handle: replace },
      { operation: deleteNote, handle: remove },
    ],
  };
}

function read({ path }: DecodedRequest): Promise<StrictResponse> {
  switch (path["id"]) {
    case 1:
      return Promise.resolve(note(200, { text: "é" }));
    case 2:
      return Promise.reject(new NoteLockedError("The note is locked"));
    case 3:
      return Promise.resolve({ status: 200, headers: { ETag: '"7"' }, body: { secret: "s3cret" } });
    case 4:
      return Promise.reject(new Error("Reading the note", { cause: new Error("SELECT * FROM notes") }));
    default:
      return Promise.reject(new Problem(404, "not-found"));
  }
}

function replace({ headers, body }: DecodedRequest): Promise<StrictResponse> {
  return change(headers, note(200, body));
}

function remove({ headers }: DecodedRequest): Promise<StrictResponse> {
  return change(headers, { status: 204 });
}

function change(headers: DecodedRequest["headers"], success: StrictResponse): Promise<StrictResponse> {
  const condition = parseIfMatch(String(headers["If-Match"] ?? "*"));
  if (condition !== "*" && !condition.includes("7")) {
    return Promise.reject(new Problem(412, "precondition-failed", { headers: { ETag: '"7"' } }));
  }
  return Promise.resolve(success);
}

function note(status: number, body: unknown): StrictResponse {
  return { status, headers: { ETag: '"7"' }, body };
}
