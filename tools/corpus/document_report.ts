/** Result of one operation's requests. */
export interface OperationProbe {
  readonly operationId: string;
  /** Kinds of wrong requests that were sent, e.g. "missing credentials". */
  readonly refused: readonly string[];
  /** Reason why no request can be valid, such as a format and a length that exclude each other. */
  readonly contradiction?: string;
  /** Responses that differ from what the document and the server's rules say. */
  readonly failures: readonly CorpusError[];
}

/** Error of a document. */
export interface CorpusError {
  /** Description without names and places, by which errors are counted. */
  readonly kind: string;
  readonly detail: string;
}

/** Result of the generation. */
export interface GenerationReport {
  readonly seconds: number;
  /** Highest resident memory of the process until then, in MB. */
  readonly megabytes: number;
  readonly lines: number;
  readonly warnings: readonly string[];
}

/** Operation by method and path, and parts of it. */
export interface OperationParts {
  readonly operation: string;
  readonly parts: readonly string[];
}

/** Number of operations in a document, and of those with complete types. */
export interface OperationCounts {
  readonly version: string;
  readonly operations: number;
  readonly typed: number;
  /** Operations that are not typed or not generated, and their parts that have no type. */
  readonly untyped: readonly OperationParts[];
  /** Typed operations with bodies that are texts by design, such as XML, whatever their schemas say. */
  readonly texts: readonly OperationParts[];
  /** Whether an operation has its security from the cfg. */
  readonly defaultSecurity: boolean;
}

/** Everything that is known about a document; a stage that was not reached is undefined. */
export interface DocumentReport {
  readonly name: string;
  readonly counts?: OperationCounts;
  readonly generation?: GenerationReport;
  readonly probes?: readonly OperationProbe[];
  readonly check?: { readonly ok: boolean; readonly seconds: number };
  readonly errors: readonly CorpusError[];
}

/** Message of the process that examines a document: a part of its report, one per line of its output. */
export type ReportPart = Partial<Omit<DocumentReport, "name">>;
