import { Buffer } from "node:buffer";
import type { Querier } from "@archway/db/db.ts";
import type { EventData, NewEvent } from "@archway/service_kit/event_catalog.ts";
import { isObject, textOf } from "@archway/service_kit/json_object.ts";
import {
  ENCRYPTED_MEMBER,
  hasEncrypted,
  type PersonalDataCipher,
  type PersonalFieldsOf,
} from "@archway/service_kit/personal_data.ts";
import type { KeysBySubject, SubjectKeys } from "./subject_keys.ts";

const NONCE_BYTES = 12;
const INFO = new TextEncoder().encode("archway personal data");

/** Encrypted fields, as they are stored. */
interface Envelope {
  readonly version: 1;
  /** Persons whose keys are needed, all of them, in ascending order. */
  readonly subjects: readonly string[];
  /** Base64 of nonce, ciphertext and tag. */
  readonly text: string;
}

/**
 * Encrypts personal fields with AES-256-GCM (NIST SP 800-38D). The key is derived from those of all persons that an event
 * is about (HKDF-SHA-256, RFC 5869), so that the destruction of any of them makes the fields unreadable.
 */
export class EventCipher implements PersonalDataCipher {
  readonly #keys: SubjectKeys;

  constructor(keys: SubjectKeys) {
    this.#keys = keys;
  }

  async encrypt(
    tx: Querier,
    events: readonly NewEvent[],
    fieldsOf: PersonalFieldsOf,
  ): Promise<readonly NewEvent[]> {
    const plans = events.map((event) => planOf(event, fieldsOf));
    const subjects = [...new Set(plans.flatMap((plan) => plan?.subjects ?? []))].toSorted();
    if (subjects.length === 0) return events;
    const keys = await this.#keys.findOrCreate(tx, subjects);
    return await Promise.all(events.map(async (event, index): Promise<NewEvent> => {
      const plan = plans[index];
      return plan === undefined ? event : { ...event, data: await encrypted(event.data, { ...plan, keys }) };
    }));
  }

  async decrypt(db: Querier, data: readonly EventData[]): Promise<readonly EventData[]> {
    if (!data.some(hasEncrypted)) return data;
    const envelopes = data.map(envelopeOf);
    const subjects = [...new Set(envelopes.flatMap((envelope) => envelope?.subjects ?? []))];
    const keys = await this.#keys.find(db, subjects);
    return await Promise.all(data.map(async (one, index): Promise<EventData> => {
      const envelope = envelopes[index];
      if (envelope === undefined) return one;
      const { [ENCRYPTED_MEMBER]: _, ...rest } = one;
      const key = await deriveKey(envelope.subjects, keys);
      return key === undefined ? rest : { ...rest, ...await decrypted(envelope, key) };
    }));
  }
}

interface Plan {
  readonly fields: readonly string[];
  readonly subjects: readonly string[];
}

/** Returns what to encrypt of an event; undefined if its personal fields have no values. */
function planOf(event: NewEvent, fieldsOf: PersonalFieldsOf): Plan | undefined {
  const { fields = [], subjects = [] } = fieldsOf(event) ?? {};
  const present = fields.filter((field) => (event.data[field] ?? null) !== null);
  if (present.length === 0) return undefined;
  if (subjects.length === 0) throw new Error(`Event ${event.type} has personal fields of no person`);
  return { fields: present, subjects: [...new Set(subjects)].toSorted() };
}

async function encrypted(
  data: EventData,
  { fields, subjects, keys }: Plan & { readonly keys: KeysBySubject },
): Promise<EventData> {
  const rest = { ...data, ...Object.fromEntries(fields.map((field) => [field, null])) };
  const key = await deriveKey(subjects, keys);
  // A person was erased.
  if (key === undefined) return rest;
  const values = Object.fromEntries(fields.map((field) => [field, data[field]]));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: contextOf(subjects) };
  const plain = new TextEncoder().encode(JSON.stringify(values));
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain));
  const text = Buffer.concat([nonce, ciphertext]).toString("base64");
  return { ...rest, [ENCRYPTED_MEMBER]: { version: 1, subjects, text } };
}

/** @throws {Error} for a text that was changed. */
async function decrypted({ subjects, text }: Envelope, key: CryptoKey): Promise<EventData> {
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  const iv = bytes.subarray(0, NONCE_BYTES);
  const parameters = { name: "AES-GCM", iv, additionalData: contextOf(subjects) };
  const plain = await crypto.subtle.decrypt(parameters, key, bytes.subarray(NONCE_BYTES));
  const values: EventData = JSON.parse(new TextDecoder().decode(plain));
  return values;
}

/** Returns the key of persons together; undefined if the key of one is destroyed or missing. */
async function deriveKey(subjects: readonly string[], keys: KeysBySubject): Promise<CryptoKey | undefined> {
  const parts: Uint8Array[] = [];
  for (const subject of subjects) {
    const key = keys.get(subject);
    if (key === undefined) return undefined;
    parts.push(key);
  }
  const secret = new Uint8Array(Buffer.concat(parts));
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return await crypto.subtle.deriveKey(parameters, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

function contextOf(subjects: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(subjects));
}

/** @throws {Error} for a form that a newer program has written. */
function envelopeOf(data: EventData): Envelope | undefined {
  const member: unknown = data[ENCRYPTED_MEMBER];
  if (member === undefined) return undefined;
  const { version, subjects, text } = isObject(member) ? member : {};
  const ids = Array.isArray(subjects) ? subjects.flatMap((subject) => textOf(subject) ?? []) : [];
  const encoded = textOf(text);
  if (version !== 1 || ids.length === 0 || encoded === undefined) {
    throw new Error("Personal fields of an event are encrypted in a form that this program does not know");
  }
  return { version, subjects: ids, text: encoded };
}
