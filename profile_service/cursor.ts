import type { KeysetPosition, Pivot } from "@archway/service_kit/paging/keyset.ts";
import {
  type ListIdentity,
  PageCursors,
  type PageCursorsOptions,
} from "@archway/service_kit/paging/page_cursors.ts";
import { TIME_AND_ID } from "@archway/service_kit/paging/pivot_format.ts";
import type { ProfileFilter } from "./ports.ts";

/** What a codec is made with. */
export type CursorCodecOptions = Omit<PageCursorsOptions<Pivot>, "pivot">;

/** Writes places in the list as opaque text, and reads them back only unchanged, in time, for the same filter. */
export class CursorCodec {
  readonly cursors: PageCursors<Pivot>;

  constructor(options: CursorCodecOptions) {
    this.cursors = new PageCursors({ ...options, pivot: TIME_AND_ID });
  }

  encode(position: KeysetPosition, filter: ProfileFilter): string {
    return this.cursors.encode(position, listIdentity(filter));
  }

  /** @throws {CursorError} when it is none, was changed, has expired, or was given for another filter. */
  decode(text: string, filter: ProfileFilter): KeysetPosition {
    return this.cursors.decode(text, listIdentity(filter));
  }
}

/** The filter, with the name of the order it stands for, and whose list it is. */
export function listIdentity({ viewer, namePrefix, email }: ProfileFilter): ListIdentity {
  const owner = viewer.kind === "owner" ? [viewer.subject] : [];
  return ["profiles, newest first", namePrefix ?? null, email ?? null, ...owner];
}
