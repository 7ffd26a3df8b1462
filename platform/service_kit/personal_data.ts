import type { ConnectionPool, Querier, Transaction } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventData, NewEvent, PersonalFieldsOf } from "./event_catalog.ts";

/** Time after which data of a table is deleted or erased: a setting, or a rule in words. */
export type Retention =
  | { readonly setting: string; readonly rule: string }
  | { readonly setting?: undefined; readonly rule: string };

/** Declaration of a table: which of its columns have personal data, and how long they are kept. */
export interface TableDeclaration {
  readonly table: string;
  /** Columns with data about persons; ids, times and amounts are not listed. */
  readonly personal: readonly string[];
  readonly retention: Retention;
  /** Effect of an erasure on these columns. @default nothing, as there are none */
  readonly erasure?: string;
}

/** Encrypts personal fields of events with keys of the persons, which an erasure destroys. */
export interface PersonalDataCipher {
  /**
   * Returns events with their personal fields encrypted, and those fields null. Fields of an erased person are dropped.
   * Events without personal fields cost nothing. The caller must hold a lock that an erasure of the persons waits for.
   */
  encrypt(
    tx: Querier,
    events: readonly NewEvent[],
    fieldsOf: PersonalFieldsOf,
  ): Promise<readonly NewEvent[]>;
  /** Returns data with its fields decrypted; null if the key was destroyed. Data without such fields costs nothing. */
  decrypt(db: Querier, data: readonly EventData[]): Promise<readonly EventData[]>;
}

/** Member of the data of an event that has its encrypted fields. */
export const ENCRYPTED_MEMBER = "$personal";

/** Whether data has encrypted fields. */
export function hasEncrypted(data: EventData): boolean {
  return data[ENCRYPTED_MEMBER] !== undefined;
}

/** A person whose data is exported or erased. */
export interface DataSubject {
  /** Id under which services know the person, such as that of a profile. */
  readonly id: string;
  /** Ids by which rows mention the person: that one, and those that services add, such as of accounts. */
  readonly references: readonly string[];
  /** Undefined if events are not encrypted. */
  readonly cipher: PersonalDataCipher | undefined;
  readonly now: Timestamp;
}

/** A row, an event or a stored response about a person, and where it stands. */
export interface PersonalRecord {
  /** Table, such as "profiles". */
  readonly table: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it has data that an erasure of the person would remove. */
  readonly isPersonal: boolean;
}

/** Number of rows of a table from which personal data was erased. */
export interface ErasedRows {
  readonly table: string;
  readonly rows: number;
}

/** Personal data of a service. Loaded on demand. */
export interface PersonalDataSource {
  /** Returns further ids by which rows mention the person. @default none */
  references?(db: Querier, subjectId: string): Promise<readonly string[]>;
  /** Returns everything about the person. */
  export(db: Querier, subject: DataSubject): AsyncIterable<PersonalRecord>;
  /** Encrypts what was stored before events were encrypted, so that the destruction of the key erases it. */
  prepare?(pool: ConnectionPool, subject: DataSubject): Promise<void>;
  /** Returns documents that concern the person, whose keys an erasure destroys, too; after `erase`. @default none */
  keysOf?(tx: Transaction, subject: DataSubject): Promise<readonly string[]>;
  /**
   * Erases the data, in the transaction of the whole erasure. Idempotent. First locks what writers of further data about
   * the person lock.
   */
  erase(tx: Transaction, subject: DataSubject): Promise<readonly ErasedRows[]>;
  /** Returns what an erasure would strand, such as a balance; an operator has to insist on it. @default nothing */
  stranded?(db: Querier, subject: DataSubject): Promise<readonly string[]>;
  /** Encrypts everything that was stored before, in short transactions, and returns the number of events. */
  encryptStored?(
    pool: ConnectionPool,
    options: {
      readonly cipher: PersonalDataCipher;
      readonly signal: AbortSignal;
      readonly onProgress: (position: bigint) => void;
    },
  ): Promise<number>;
}
