import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { Problem } from "../problem.ts";
import { createServer } from "../server.ts";
import { withApi, withLogger } from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() maps a module's own errors to problems", async () => {
  const problem = await sendForProblem("/notes/2");
  assertEquals([problem.status, problem.type, problem.title], [409, "/problems/note-locked", "Note locked"]);
});

Deno.test("Server.fetch() hides the message of an unknown error and logs it with its causes", async () => {
  const logged: Record<string, unknown>[] = [];
  const logger = {
    info(): void {},
    warn(): void {},
    error: (_message: string, properties?: Record<string, unknown>): void =>
      void logged.push(properties ?? {}),
  };
  const problem = await sendForProblem("/notes/4", {}, withLogger(logger));
  assertEquals([problem.status, problem.type, problem.detail], [500, "/problems/internal-error", undefined]);
  assertFalse(JSON.stringify(problem).includes("SELECT"));
  assertEquals(logged.map(({ requestId }) => requestId), [problem.requestId]);
  const error = logged[0]?.["error"];
  assert(error instanceof Error && error.cause instanceof Error);
  assertEquals([error.message, error.cause.message], ["Reading the note", "SELECT * FROM notes"]);
  assertEquals([logged[0]?.["method"], logged[0]?.["route"]], ["GET", "/notes/{id}"]);
});

Deno.test("Server.fetch() logs an Error for any thrown value", async () => {
  const logged: unknown[] = [];
  const logger = {
    info(): void {},
    warn(): void {},
    error: (_message: string, properties?: Record<string, unknown>): void =>
      void logged.push(properties?.["error"]),
  };
  const api = noteApi(() => Promise.reject("text"));
  await using server = createServer("127.0.0.1", 0, withApi(api), withLogger(logger));
  assertEquals((await server.fetch(new Request("http://localhost/notes/1"))).status, 500);
  const [error] = logged;
  assert(error instanceof Error);
  assertEquals([error.cause, error.stack], ["text", undefined]);
});

Deno.test("Server.fetch() logs a client disconnect as info, not as an error", async () => {
  const client = new AbortController();
  const infos: string[] = [];
  const errors: string[] = [];
  const logger = {
    info: (message: string): void => void infos.push(message),
    warn(): void {},
    error: (message: string): void => void errors.push(message),
  };
  for (const leaves of [false, true]) {
    const api = noteApi(() => {
      if (leaves) client.abort();
      throw new Problem(503, "unavailable");
    });
    await using server = createServer("127.0.0.1", 0, withApi(api), withLogger(logger));
    const request = new Request("http://localhost/notes/1", { signal: client.signal });
    assertEquals((await server.fetch(request)).status, 503);
  }
  assertEquals(errors, ["Request {requestId} failed with status {status}"]);
  assertEquals(infos.filter((message) => message.includes("disconnected")).length, 1);
});

Deno.test("Server.fetch() gives every problem its own instance, even if a client reuses its request ID", async () => {
  const headers = { "x-request-id": "chosen" };
  const first = await sendForProblem("/nope", { headers });
  const second = await sendForProblem("/nope", { headers });
  assertEquals([first.requestId, second.requestId], ["chosen", "chosen"]);
  assertNotEquals(first.instance, second.instance);
});
