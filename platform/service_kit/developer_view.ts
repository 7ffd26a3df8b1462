import type { ApiModule } from "@archway/server/api_module.ts";

/** Place in a view. */
export interface ViewPlace {
  /** Parts of the address behind the name of the view. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Target of a link: a place in a view, rows of a table by the values of their columns, or a URL. */
export type ViewLink =
  | ({ readonly view: string } & Partial<ViewPlace>)
  | { readonly table: string; readonly where: Readonly<Record<string, string>> }
  | { readonly url: string };

/** Text with a link, or one that reports a failure. */
export interface ViewText {
  readonly text: string;
  readonly link?: ViewLink;
  /** @default {false} */
  readonly isBad?: boolean;
}

/** Value of a view: a text, a number, a time (RFC 3339), or null as the database has it. */
export type ViewCell = string | number | bigint | null | ViewText | { readonly time: string };

/** Action of a view with its arguments. */
export interface ViewAction {
  readonly action: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Button that runs an action. */
export interface ViewButton extends ViewAction {
  readonly label: string;
}

/** Row of a table. */
export interface ViewRow {
  readonly cells: readonly ViewCell[];
  /** Shown in a column of their own, behind the others. @default [] */
  readonly buttons?: readonly ViewButton[];
}

/** Heading of a column, such as one with its type. */
export type ViewColumn = string | { readonly name: string; readonly detail: string };

/** Table. */
export interface ViewTable {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly ViewColumn[];
  readonly rows: readonly ViewRow[];
  /** Sentence in place of a table without rows. */
  readonly empty: string;
}

/** Names and values. */
export interface ViewFacts {
  readonly kind: "facts";
  readonly title?: string;
  readonly facts: readonly (readonly [name: string, value: ViewCell])[];
}

/** Text of several lines, such as a file. */
export interface ViewLines {
  readonly kind: "lines";
  readonly title: string;
  readonly lines: readonly string[];
  /** Number of the first line, if they are numbered. @default none */
  readonly first?: number;
  /** Number of the line that is marked. @default none */
  readonly marked?: number;
}

/** Links and buttons, such as filters and further pages. */
export interface ViewBar {
  readonly kind: "bar";
  readonly links?: readonly ViewText[];
  readonly buttons?: readonly ViewButton[];
}

/** Sentence. */
export interface ViewNote {
  readonly kind: "note";
  readonly text: string;
}

/** Part of a page. */
export type ViewSection = ViewTable | ViewFacts | ViewLines | ViewBar | ViewNote;

/** Page of a view. */
export interface ViewPage {
  /** @default the title of the view */
  readonly title?: string;
  readonly sections: readonly ViewSection[];
  /** Whether it is read again while it is shown. @default {false} */
  readonly isLive?: boolean;
}

/** Data of a service for developers, as pages that a tool shows. */
export interface DeveloperView {
  /** Returns the page at a place; undefined if there is none. */
  show(place: ViewPlace): Promise<ViewPage | undefined>;
  /**
   * Runs an action of a button and returns a sentence about its result.
   *
   * @throws {Error} with the reason for the page.
   */
  act?(action: ViewAction): Promise<string>;
}

/** View that is loaded when it is shown. */
export interface OfferedView {
  /** Name in addresses, such as "jobs". */
  readonly name: string;
  readonly title: string;
  open(): Promise<DeveloperView>;
}

/** Message as its receiver got it. */
export interface ReceivedMessage {
  /** URL that it was sent to. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Parts of a service that a tool for developers uses. */
export interface DeveloperParts {
  readonly views: readonly OfferedView[];
  /**
   * Returns whether the signature of a message is that of a sender that the service knows; undefined if it knows none for
   * the URL.
   *
   * @default knows none
   */
  readonly verifySignature?: (message: ReceivedMessage) => Promise<boolean | undefined>;
}

/** Service of a running program, as commands and a tool for developers see it. */
export interface InspectedService {
  /** Routes, OpenAPI document and error table. @default no HTTP API */
  readonly api?: ApiModule;
  /** Views of its data for a tool for developers. @default none */
  readonly developer?: DeveloperParts;
}
