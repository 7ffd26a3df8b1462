import { assertEquals, assertMatch } from "@std/assert";
import type { InvalidParam } from "../problem.ts";
import { createServer } from "../server.ts";
import { type ServerOption, withApi } from "../server_options.ts";
import { noteApi } from "./note_api.ts";

/** The header of a JSON body. */
export const JSON_TYPE = { "content-type": "application/json" };

/** A problem as a client reads it, with the headers it came with. */
export interface ReceivedProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly invalidParams?: readonly InvalidParam[];
  readonly headers: Headers;
}

/** What a server of notes answers, without a network in between. Every answer has its request id. */
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

/** The same where the answer has to be a problem; what every problem has in common is checked. */
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

/** The errors of a problem, a line each: where, which, and what is wrong. */
export function invalidParamsOf({ invalidParams = [] }: ReceivedProblem): string[] {
  return invalidParams.map((error) => `${error.in} ${error.pointer ?? error.name}: ${error.reason}`);
}
