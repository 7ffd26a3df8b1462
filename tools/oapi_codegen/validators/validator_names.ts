import { pascalCase } from "../types/identifiers.ts";
import type { MediaModel, OperationModel } from "../operations/model.ts";

/** Names of an operation's validators. */
export interface ValidatorNames {
  readonly parameters: string;
  readonly body: ReadonlyMap<MediaModel, string>;
  readonly responses: ReadonlyMap<MediaModel, string>;
}

/** E.g. `createProfileParameters`, `createProfileBodyApplicationJson`, `createProfileResponse201ApplicationJson`. */
export function validatorNames(operation: OperationModel): ValidatorNames {
  const taken = new Set<string>();
  const unique = (name: string): string => {
    const found = taken.has(name) ? unique(`${name}_`) : name;
    taken.add(found);
    return found;
  };
  const { operationId } = operation;
  return {
    parameters: `${operationId}Parameters`,
    body: new Map(
      (operation.body?.content ?? [])
        .map((media) => [media, unique(`${operationId}Body${pascalCase(media.mediaType)}`)]),
    ),
    responses: new Map(
      operation.responses.flatMap(({ status, content }) =>
        content.map((
          media,
        ) => [media, unique(`${operationId}Response${status}${pascalCase(media.mediaType)}`)])
      ),
    ),
  };
}
