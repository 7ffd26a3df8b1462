import {
  DockerfileParser,
  From,
  type Instruction,
  JSONInstruction,
  ModifiableInstruction,
  PropertyInstruction,
} from "dockerfile-ast";

/** Copy of a folder of a build stage into an image. */
export interface ImageCopy {
  readonly stage: string;
  readonly source: string;
  readonly target: string;
  /** Numeric user and group of the copied files. @default "0:0" */
  readonly owner: string;
}

/** Configuration of an image, from its final stage and the stages that this one continues. */
export interface Image {
  /** Base image of the first of these stages. */
  readonly base: string;
  readonly copies: readonly ImageCopy[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
}

interface Stage {
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** Returns the stages of a Dockerfile by name, in order, each with the instructions of the stages that it continues. */
export function readStages(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, { readonly base: string; readonly instructions: Instruction[] }>();
  let instructions: Instruction[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (!(instruction instanceof From)) {
      instructions.push(instruction);
      continue;
    }
    const [name, base] = [instruction.getBuildStage(), instruction.getImage()];
    if (name === null || base === null || stages.has(name)) {
      throw new Error(`FROM ${base} has no name of its own`);
    }
    const continued = stages.get(base);
    instructions = [...continued?.instructions ?? []];
    stages.set(name, { base: continued?.base ?? base, instructions });
  }
  return stages;
}

/** Returns the commands of the RUN instructions of a stage. */
export function commandsOf({ instructions }: Stage): readonly string[] {
  const runs = instructions.filter((each) => each.getKeyword() === "RUN");
  return runs.flatMap((each) =>
    (each.getArgumentsContent() ?? "").split("&&").map((command) => command.trim())
  );
}

/**
 * Returns the configuration of the image that a stage builds.
 *
 * @throws {Error} if the stage has an instruction that is not known here
 */
export function imageOf({ base, instructions }: Stage): Image {
  const of = (...keywords: readonly string[]): readonly Instruction[] =>
    instructions.filter((each) => keywords.includes(each.getKeyword()));
  const known = [
    "ARG",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "USER",
    "VOLUME",
    "WORKDIR",
  ];
  const unknown = instructions.find((each) => !known.includes(each.getKeyword()));
  if (unknown !== undefined) throw new Error(`${unknown.getKeyword()} in a final stage is not tested`);
  const [, healthcheck = "[]"] =
    /^CMD\s+(.+)$/s.exec(of("HEALTHCHECK").at(-1)?.getArgumentsContent() ?? "") ?? [];
  return {
    base,
    copies: of("COPY").map(copyOf),
    environment: propertiesOf(of("ENV")),
    labels: propertiesOf(of("LABEL")),
    user: of("USER").at(-1)?.getArgumentsContent() ?? "",
    ports: of("EXPOSE").flatMap((each) => each.getArgumentsContent()?.split(/\s+/) ?? []),
    volumes: of("VOLUME").flatMap(wordsOf),
    entrypoint: wordsOf(of("ENTRYPOINT").at(-1)),
    healthcheck: JSON.parse(healthcheck),
  };
}

/** Returns the words of an instruction in the exec form, which needs no shell. */
function wordsOf(instruction: Instruction | undefined): readonly string[] {
  return instruction instanceof JSONInstruction
    ? instruction.getJSONStrings().map((word) => word.getJSONValue())
    : [];
}

function propertiesOf(instructions: readonly Instruction[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    instructions.flatMap((each) => each instanceof PropertyInstruction ? each.getProperties() : [])
      .map((
        property,
      ) => [property.getName(), (property.getUnescapedValue() ?? "").replace(/^"(.*)"$/s, "$1")]),
  );
}

function copyOf(instruction: Instruction): ImageCopy {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  const values = Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ""]));
  const { from = "", chown = "0:0", ...others } = values;
  const [source = "", target = "", ...more] = instruction.getArguments().map((word) => word.getValue());
  if (from === "" || more.length > 0 || Object.keys(others).length > 0) {
    throw new Error(`COPY ${instruction.getArgumentsContent()} in a final stage is not tested`);
  }
  return { stage: from, source, target, owner: chown };
}
