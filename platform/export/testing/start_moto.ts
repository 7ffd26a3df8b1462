import { freePort } from "@archway/tools/support/free_port.ts";
import { ManagedProcess } from "@archway/tools/support/managed_process.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { testWith } from "@archway/tools/support/test_with.ts";
import type { S3Config } from "../export_config.ts";

const PROGRAM = await locateProgram("moto_server");

/** Defines a test that needs Moto, a server with the API of AWS. */
export const testWithMoto = testWith({ reason: "no moto_server is installed", program: PROGRAM });

/** Requests that create the user; all later ones must be signed by its key, with its rights. */
const SETUP: readonly Readonly<Record<string, string>>[] = [
  { Action: "CreateUser", UserName: "export" },
  {
    Action: "PutUserPolicy",
    ...{ UserName: "export", PolicyName: "objects" },
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
    }),
  },
  { Action: "CreateAccessKey", UserName: "export" },
];

/** Object store of Moto on loopback. */
export interface Moto extends AsyncDisposable {
  readonly config: S3Config;
}

/** Starts Moto, which verifies the signature of each request. */
export async function startMoto(): Promise<Moto> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "archway_moto_" });
  const port = freePort();
  const variables = [`INITIAL_NO_AUTH_ACTION_COUNT=${SETUP.length}`, "PYTHONDONTWRITEBYTECODE=1"];
  const server = stack.use(
    new ManagedProcess({
      program: "env",
      args: [...variables, PROGRAM ?? "", "-H", "127.0.0.1", "-p", String(port)],
      folder,
      listensAt: { port },
    }),
  );
  if (!await server.start()) throw new Error(`Starting Moto failed: ${await server.log()}`);
  const endpoint = new URL(`http://127.0.0.1:${port}`);
  let text = "";
  for (const body of SETUP) {
    const Authorization =
      "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request, SignedHeaders=host";
    const response = await fetch(endpoint, {
      ...{ method: "POST", headers: { Authorization } },
      body: new URLSearchParams({ Version: "2010-05-08", ...body }),
    });
    text = await response.text();
    if (!response.ok) throw new Error(`${body["Action"]} failed: ${text}`);
  }
  const opened = stack.move();
  return {
    config: {
      ...{ endpoint, region: "us-east-1", sessionToken: undefined },
      accessKeyId: elementOf(text, "AccessKeyId"),
      secretAccessKey: elementOf(text, "SecretAccessKey"),
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function elementOf(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
}
