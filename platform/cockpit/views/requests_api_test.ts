import { assertEquals, assertRejects } from "@std/assert";
import { DATABASES } from "@archway/tools/support/databases.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { Recorder } from "../recorder/recorder.ts";
import { cockpitState } from "../testing/cockpit_state.ts";
import { requestEndpoints } from "./requests_api.ts";
import { ViewError } from "./view_endpoint.ts";

/** Adds a request with a token. */
function record(recorder: Recorder): void {
  recorder.request({
    ...{
      requestId: "1",
      traceId: undefined,
      method: "POST",
      path: "/v1/notes",
      query: "a=b",
      route: "/v1/notes",
    },
    ...{ status: 500, startMs: 1, endMs: 2, problem: undefined, subject: "ada", responseBody: undefined },
    requestBody: new TextEncoder().encode("{}"),
    requestBodyState: "whole",
    requestHeaders: new Headers({
      authorization: "Bearer secret",
      "content-type": "application/json",
      te: "trailers",
    }),
    responseHeaders: new Headers(),
    fault: undefined,
  });
}

/** Sends the only request of a recorder again, and returns what the program got. */
async function resend(
  recorder: Recorder,
  { state: { program, ...state }, tokenOf }: {
    readonly state: CockpitState;
    readonly tokenOf?: (subject: string) => Promise<string>;
  },
): Promise<readonly unknown[]> {
  let sent: Request | undefined;
  const send = (request: Request): Promise<Response> => {
    sent = request;
    return Promise.resolve(new Response());
  };
  if (program === undefined) throw new Error("The state has a program");
  const [row] = await Array.fromAsync(recorder.summaries());
  await requestEndpoints.find(({ path }) => path.endsWith("/resend"))?.handle({
    state: { ...state, recorder, program: { ...program, send, ...(tokenOf && { tokenOf }) } },
    parameters: { id: String(row?.id) },
    query: new URLSearchParams(),
    body: {},
  });
  const { method, url, headers } = sent ?? new Request("http://nothing");
  return [method, url, headers.get("authorization"), headers.get("te"), await sent?.text()];
}

Deno.test("resend() sends requests of an earlier run with a development token of their subject, and else none", async () => {
  const open = DATABASES["PostgreSQL"];
  if (open === undefined) throw new Error("There is always PostgreSQL");
  await using database = await open();
  const state = cockpitState(database);
  const directory = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
  try {
    const expected = ["POST", "http://127.0.0.1/v1/notes?a=b"];
    {
      await using recorder = new Recorder({ directory });
      record(recorder);
      assertEquals(await resend(recorder, { state }), [...expected, "Bearer secret", null, "{}"]);
    }
    await using recorder = new Recorder({ directory });
    const tokenOf = (subject: string): Promise<string> => Promise.resolve(`token of ${subject}`);
    assertEquals(await resend(recorder, { state, tokenOf }), [
      ...expected,
      "Bearer token of ada",
      null,
      "{}",
    ]);
    await assertRejects(() => resend(recorder, { state }), ViewError, "its credentials are not stored");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
