import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import type { Querier } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { StrictResponse } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withLogger, withResponseValidation } from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { configureLogging, type LoggingOptions } from "../logging.ts";

const SOURCE = import.meta.filename ?? "";

/** Returns the line of this file that ends with a comment. */
function lineOf(mark: string): number {
  const line = Deno.readTextFileSync(SOURCE).split("\n").findIndex((text) => text.endsWith(`// ${mark}`));
  assert(line >= 0, mark);
  return line + 1;
}

/** Returns the place in the log of the line that ends with a comment. */
function placeOf(mark: string): string {
  return `platform/observability/logging/failed_request_test.ts:${lineOf(mark)}:`;
}

function brokenHandler(): never {
  throw new TypeError('No such name: "planted"'); // thrown
}

async function readNote(db: Querier): Promise<void> {
  await db.query("SELECT id, text FROM missing WHERE id = $1 AND owner = $2", [1, "planted"]); // missing table
}

async function readOwner(db: Querier): Promise<void> {
  await db.query("SELECT ownr FROM notes WHERE text = $1", ["planted"]); // missing column
}

async function causes(): Promise<void> {
  try {
    await Promise.reject(new RangeError("Too far")); // cause
  } catch (cause) {
    throw new Error("The note cannot be read", { cause }); // caused
  }
}

async function several(): Promise<void> {
  const one = (): Promise<never> => Promise.reject(new Error("Not here")); // first of several
  await Promise.any([one(), Promise.reject(new Error("Nor there"))]);
}

/** Returns the log of requests that fail, one per note, and their responses. */
async function logOf(ids: readonly number[], options: Omit<LoggingOptions, "stdout" | "stderr">): Promise<{
  readonly text: string;
  readonly responses: readonly { readonly text: string; readonly requestId: string }[];
}> {
  const { stackTraceLimit } = Error;
  const decoder = new TextDecoder();
  let text = "";
  const stderr = {
    write(bytes: Uint8Array): Promise<number> {
      text += decoder.decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  const stdout = { write: (bytes: Uint8Array): Promise<number> => Promise.resolve(bytes.length) };
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE notes (id int, owner text, text text)");
  const responses: { text: string; requestId: string }[] = [];
  {
    await using logging = await configureLogging("info", { ...options, stdout, stderr });
    const api = noteApi(async ({ path }): Promise<StrictResponse> => {
      switch (path["id"]) {
        case 1:
          return brokenHandler();
        case 2:
          await readNote(pool.reader());
          break;
        case 3:
          return { status: 200, headers: { ETag: '"1"' }, body: { planted: "planted" } };
        case 4:
          await causes();
          break;
        case 5:
          await several();
          break;
        case 6:
          await pool.withTx((tx) => readOwner(tx));
          break;
      }
      throw { planted: true };
    });
    const { logger } = logging;
    await using server = createServer(
      "127.0.0.1",
      0,
      withApi(api),
      withLogger(logger),
      withResponseValidation(true),
    );
    const { url } = await server.listen();
    for (const id of ids) {
      const response = await fetch(`${url}/notes/${id}`, { headers: { cookie: "planted" } });
      assertEquals(response.status, 500);
      responses.push({ text: await response.text(), requestId: response.headers.get("X-Request-Id") ?? "" });
    }
  }
  Error.stackTraceLimit = stackTraceLimit;
  return { text, responses };
}

const ALL = [1, 2, 3, 4, 5, 6, 7];

Deno.test("A failed request is in the JSON log with its error, causes and places, without values", async () => {
  const { text, responses } = await logOf(ALL, { terminal: false });
  assertFalse(text.includes("planted"), text);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line).attributes);
  assertEquals(lines.map(({ requestId }) => requestId), responses.map(({ requestId }) => requestId));
  const [thrown, missing, breach, caused, several, column, odd] = lines.map(({ error }) => error);

  assertEquals([thrown.name, thrown.message], ["TypeError", 'No such name: "…"']);
  assertStringIncludes(thrown.frames[0], placeOf("thrown"));

  const { frames, cause, ...rest } = missing;
  assertEquals(rest, {
    name: "DatabaseError",
    code: "internal",
    message: "The statement failed",
    sqlState: "42P01",
    statement: "SELECT missing",
    position: 22,
    near: "SELECT id, text FROM ▸missing WHERE id = $1 AND owner = $2",
  });
  assertEquals(cause.message, 'relation "missing" does not exist (42P01)');
  assert(frames.some((frame: string) => frame.includes(placeOf("missing table"))), frames.join("\n"));

  assertEquals(breach.name, "ResponseValidationError");
  assertEquals([breach.operation, breach.status, breach.pointer, breach.reason], [
    "readNote",
    200,
    "/text",
    "is required",
  ]);

  assertEquals([caused.message, caused.cause.message], ["The note cannot be read", "Too far"]);
  assertStringIncludes(caused.frames[0], placeOf("caused"));
  assertStringIncludes(caused.cause.frames[0], placeOf("cause"));

  assertEquals(several.errors.map(({ message }: { message: string }) => message), ["Not here", "Nor there"]);
  assertStringIncludes(several.errors[0].frames[0], placeOf("first of several"));

  assertEquals([column.sqlState, column.near], ["42703", "SELECT ▸ownr FROM notes WHERE text = $1"]);
  assertMatch(column.hint, /reference the column "notes.owner"/);
  assert(column.frames.some((frame: string) => frame.includes(placeOf("missing column"))));

  assertEquals([odd.cause.name, odd.cause.message], ["object", "not an Error"]);
});

Deno.test("A failed request is unredacted on a developer's terminal, and not in the response", async () => {
  const { text, responses } = await logOf(ALL, { terminal: true, development: true });
  // deno-lint-ignore no-control-regex
  const plain = text.replaceAll(/\x1b\[\d*m/g, "");
  for (const { requestId, text: body } of responses) {
    assertStringIncludes(plain, `Request ${requestId} failed with status 500\n  `);
    assertFalse(/\.ts|planted|stack|does not exist/.test(body), body);
  }
  for (const mark of ["thrown", "missing table", "caused", "cause", "first of several", "missing column"]) {
    assertStringIncludes(plain, `(file://${SOURCE}:${lineOf(mark)}:`);
  }
  for (
    const expected of [
      '  TypeError: No such name: "planted"\n      at brokenHandler (file:///',
      '  caused by PostgresError [42P01]: relation "missing" does not exist (42P01)\n',
      "      statement: SELECT missing\n",
      "      near: SELECT id, text FROM ▸missing WHERE id = $1 AND owner = $2\n",
      "  ResponseValidationError: The response of readNote with status 200 violates the OpenAPI document at /text: is required\n",
      "      pointer: /text\n      reason: is required\n",
      "  caused by RangeError: Too far\n      at causes (file:///",
      "  caused by object: { planted: true }\n",
      "method=GET route=/notes/{id} ",
    ]
  ) assertStringIncludes(plain, expected);
  // Parameters of statements are not logged.
  assertFalse(/planted.*(?:owner|\$2)/.test(plain));
});

Deno.test("A failed request is redacted on other terminals", async () => {
  const { text } = await logOf(ALL, { terminal: true });
  assertFalse(text.includes("planted"), text);
  for (const mark of ["thrown", "missing table", "cause", "missing column"]) {
    // deno-lint-ignore no-control-regex
    assertStringIncludes(text.replaceAll(/\x1b\[\d*m/g, ""), `(file://${SOURCE}:${lineOf(mark)}:`);
  }
});
