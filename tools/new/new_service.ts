import type { Field } from "./field.ts";
import type { Parent } from "./find_parent.ts";
import type { ServiceNames } from "./names.ts";

/** A service to be written. */
export interface NewService {
  readonly names: ServiceNames;
  readonly fields: readonly Field[];
  /** Whether a resource belongs to the caller who created it; otherwise every caller can access all. */
  readonly isOwned: boolean;
  /** Resources that its own belong to, by a field with their id; undefined if to none. */
  readonly parent?: Parent | undefined;
  /** Version of its migration, such as "20261129200000". */
  readonly version: string;
}
