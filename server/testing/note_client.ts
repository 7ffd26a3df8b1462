import { assertEquals, assertMatch } from "@std/assert";
import type { ProblemDetails } from "../operation_calls.ts";
import { createServer } from "../server.ts";
import { type ServerOption, withApi } from "../server_options.ts";
import { noteApi } from "./note_api.ts";

/** Headers of a JSON body. */
export const JSON_TYPE = { "content-type": "application/json" };

/** Problem as received, with the response headers. */
export interface ReceivedProblem extends ProblemDetails {
  readonly headers: Headers;
}

/** Sends a request to an in-process server of notes, and checks that the response has a request ID. */
export async function send(
  path: string,
  init: RequestInit = {},
  ...options: ServerOption[]
): Promise<Response> {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), ...options);
  const response = await server.fetch(new Request(`http://localhost${path}`, init));
  assertMatch(response.headers.get("x-request-id") ?? "", /./);
  return response;
}

/** Sends a request and checks that the response is a well-formed problem. */
export async function sendForProblem(
  path: string,
  init: RequestInit = {},
  ...options: ServerOption[]
): Promise<ReceivedProblem> {
  const response = await send(path, init, ...options);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(response.headers.get("cache-control"), "no-store, no-transform");
  const problem: ReceivedProblem = { ...await response.json(), headers: response.headers };
  assertEquals(problem.status, response.status);
  assertEquals(problem.requestId, response.headers.get("x-request-id"));
  assertMatch(problem.instance, /^urn:uuid:[0-9a-f-]{36}$/);
  return problem;
}

/** Returns the errors of a problem, as lines of location, name and reason. */
export function invalidParamsOf({ invalidParams = [] }: ReceivedProblem): string[] {
  return invalidParams.map((error) => `${error.in} ${error.pointer ?? error.name}: ${error.reason}`);
}
