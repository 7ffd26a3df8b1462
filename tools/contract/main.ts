import { join } from "node:path";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { parseArguments, USAGE } from "./arguments.ts";
import { contract } from "./contract.ts";

/** `deno task contract`: reports changes of the documents as breaking, risky or safe. */
async function run(): Promise<void> {
  const options = parseArguments(Deno.args);
  if (options === undefined) {
    await write(Deno.stderr, [USAGE]);
    Deno.exitCode = 2;
    return;
  }
  try {
    const root = join(import.meta.dirname ?? ".", "../..");
    const { reports, lines, exitCode } = await contract(root, options);
    if (options.json) {
      await write(Deno.stdout, [JSON.stringify(reports.map(({ used: _, ...report }) => report), null, 2)]);
    } else await write(options.check ? Deno.stderr : Deno.stdout, lines);
    if (options.json && exitCode === 2) await write(Deno.stderr, lines);
    Deno.exitCode = exitCode;
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    await write(Deno.stderr, [error.message]);
    Deno.exitCode = 2;
  }
}

async function write(stream: typeof Deno.stdout, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await stream.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

if (import.meta.main) await run();
