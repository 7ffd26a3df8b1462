import type { CommandProgram } from "@archway/service_kit/command_program.ts";
import type { JsonObject } from "@archway/service_kit/json_object.ts";
import type { ToolDefinition } from "../tools/tool.ts";

/** A tool that shows the program to a developer's agent. It changes nothing. */
export interface DeveloperTool {
  readonly definition: Omit<ToolDefinition, "outputSchema">;
  /** @throws {ToolInputError} for arguments that cannot be used. */
  run(input: JsonObject, program: CommandProgram): Promise<JsonObject>;
}

/** Arguments of a tool that its caller can correct; the message says how. */
export class ToolInputError extends Error {
  override readonly name = "ToolInputError";
}

/** Definition of a {@link DeveloperTool}. */
export interface DeveloperToolOptions extends Pick<DeveloperTool, "run"> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Schemas of the arguments by name: texts and integers, none of which is required. @default {{}} */
  readonly input?: Readonly<Record<string, JsonObject>>;
}

/** Creates a tool. It refuses unknown arguments, and those of another type. */
export function developerTool(
  { name, title, description, input: properties = {}, run }: DeveloperToolOptions,
): DeveloperTool {
  return {
    definition: {
      ...{ name, title, description },
      inputSchema: { type: "object", properties, additionalProperties: false },
      annotations: {
        ...{ readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      },
    },
    async run(input, program): Promise<JsonObject> {
      for (const [argument, value] of Object.entries(input)) {
        const schema = Object.hasOwn(properties, argument) ? properties[argument] : undefined;
        if (schema === undefined) {
          const known = Object.keys(properties).join(", ") || "none";
          throw new ToolInputError(`Unknown argument ${JSON.stringify(argument)}. ${name} takes ${known}.`);
        }
        const isInteger = schema["type"] === "integer";
        const isValid = isInteger ? Number.isSafeInteger(value) : typeof value === "string";
        if (!isValid) throw new ToolInputError(`${argument} must be of type ${schema["type"]}.`);
      }
      return await run(input, program);
    },
  };
}
