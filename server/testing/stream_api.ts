import type { ApiModule } from "../api_module.ts";
import type {
  DecodedRequest,
  Operation,
  ParameterDescriptor,
  ResponseHeader,
  StrictResponse,
} from "../operation.ts";
import type { RequestContext } from "../request_context.ts";
import { objectValidator } from "./object_validator.ts";

/** Handler of one of the operations. */
export type StreamHandler = (request: DecodedRequest, context: RequestContext) => Promise<StrictResponse>;

/** Handlers by operationId; the others respond 204. */
export type StreamHandlers = Readonly<
  Partial<Record<"readFile" | "readText" | "watch" | "listRows" | "upload" | "importRows", StreamHandler>>
>;

const item = objectValidator({ required: ["name"], types: { name: "string" } });
const textHeader = (name: string): ParameterDescriptor => ({
  name,
  in: "header",
  required: false,
  style: "simple",
  explode: false,
  shape: { kind: "string" },
});
const optional = (name: string): ResponseHeader => ({ name, required: false });
const empty = { content: [], headers: [] };
const done = { content: [{ mediaType: "application/json", codec: "json" }], headers: [] } as const;

function operation(part: Pick<Operation, "operationId" | "method" | "path"> & Partial<Operation>): Operation {
  return { parameters: [], responses: {}, security: [], extensions: {}, ...part };
}

const binary = {
  content: [{ mediaType: "application/octet-stream", codec: "binary" }],
  headers: ["ETag", "Accept-Ranges", "Content-Range"].map(optional),
} as const;

const OPERATIONS = {
  readFile: operation({
    operationId: "readFile",
    method: "GET",
    path: "/file",
    parameters: [textHeader("Range"), textHeader("If-Range")],
    responses: { "200": binary, "206": binary, "304": { content: [], headers: [optional("ETag")] } },
  }),
  readText: operation({
    operationId: "readText",
    method: "GET",
    path: "/text",
    responses: { "200": { content: [{ mediaType: "text/csv", codec: "text" }], headers: [] } },
  }),
  watch: operation({
    operationId: "watch",
    method: "GET",
    path: "/events",
    parameters: [textHeader("Last-Event-ID")],
    responses: {
      "200": {
        content: [{
          mediaType: "text/event-stream",
          codec: "events",
          validate: objectValidator({ required: ["data"], types: { id: "string" } }),
        }],
        headers: [],
      },
    },
  }),
  listRows: operation({
    operationId: "listRows",
    method: "GET",
    path: "/rows",
    responses: {
      "200": {
        content: [
          { mediaType: "application/x-ndjson", codec: "lines", validate: item },
          { mediaType: "application/json-seq", codec: "sequence", validate: item },
        ],
        headers: [],
      },
    },
  }),
  upload: operation({
    operationId: "upload",
    method: "POST",
    path: "/file",
    requestBody: {
      required: true,
      content: [{ mediaType: "application/octet-stream", codec: "binary", stream: true }],
    },
    responses: { "200": done, "201": binary, "204": empty },
  }),
  importRows: operation({
    operationId: "importRows",
    method: "POST",
    path: "/rows",
    requestBody: {
      required: true,
      content: [
        { mediaType: "application/x-ndjson", codec: "lines", validate: item },
        { mediaType: "application/json-seq", codec: "sequence", validate: item },
      ],
    },
    responses: { "200": done, "204": empty },
  }),
} satisfies Record<keyof StreamHandlers, Operation>;

/** Creates an API whose bodies are streams. */
export function streamApi(handlers: StreamHandlers): ApiModule {
  return {
    name: "stream",
    document: '{"openapi":"3.1.0"}',
    problemTypes: [],
    problemOf: () => undefined,
    routes: Object.values(OPERATIONS).map((operation) => ({
      operation,
      handle: handler(handlers, operation.operationId) ?? (() => Promise.resolve({ status: 204 })),
    })),
  };
}

function handler(handlers: StreamHandlers, operationId: string): StreamHandler | undefined {
  return new Map(Object.entries(handlers)).get(operationId);
}
