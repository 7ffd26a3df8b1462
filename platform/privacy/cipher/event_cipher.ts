import { Buffer } from "node:buffer";
import type { Querier } from "@archway/db/db.ts";
import type {
  EventData,
  NewEvent,
  PersonalFields,
  PersonalFieldsOf,
} from "@archway/service_kit/event_catalog.ts";
import { isObject, textOf } from "@archway/service_kit/json_object.ts";
import {
  ENCRYPTED_MEMBER,
  hasEncrypted,
  type PersonalDataCipher,
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
 * Encrypts personal fields with AES-256-GCM (NIST SP 800-38D). The key is derived from those of all persons that fields
 * are about (HKDF-SHA-256, RFC 5869), so that the destruction of any of them makes the fields unreadable.
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
    const plans = events.map((event) => plansOf(event, fieldsOf));
    const all = plans.flat();
    if (all.length === 0) return events;
    const subjects = distinct(all.flatMap((plan) => plan.subjects));
    const created = distinct(all.flatMap((plan) => plan.created ?? []));
    const keys = await this.#keys.findOrCreate(tx, subjects, created);
    return await Promise.all(events.map(async (event, index): Promise<NewEvent> => {
      const own = plans[index] ?? [];
      return own.length === 0 ? event : { ...event, data: await encrypted(event.data, own, keys) };
    }));
  }

  async decrypt(db: Querier, data: readonly EventData[]): Promise<readonly EventData[]> {
    if (!data.some(hasEncrypted)) return data;
    const envelopes = data.map(envelopesOf);
    const keys = await this.#keys.find(db, distinct(envelopes.flat().flatMap(({ subjects }) => subjects)));
    return await Promise.all(data.map(async (one, index): Promise<EventData> => {
      const { [ENCRYPTED_MEMBER]: _, ...rest } = one;
      const fields = await Promise.all(
        (envelopes[index] ?? []).map(async (envelope): Promise<EventData> => {
          const key = await deriveKey(envelope.subjects, keys);
          return key === undefined ? {} : await decrypted(envelope, key);
        }),
      );
      return Object.assign({}, rest, ...fields);
    }));
  }
}

/** Returns what to encrypt of an event: those of its personal fields that have values. */
function plansOf(event: NewEvent, fieldsOf: PersonalFieldsOf): readonly PersonalFields[] {
  return fieldsOf(event).flatMap(({ fields, subjects, created }) => {
    const present = fields.filter((field) => (event.data[field] ?? null) !== null);
    if (present.length === 0) return [];
    if (subjects.length === 0) throw new Error(`Event ${event.type} has personal fields of no person`);
    return [{ fields: present, subjects: distinct(subjects).toSorted(), created }];
  });
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

async function encrypted(
  data: EventData,
  plans: readonly PersonalFields[],
  keys: KeysBySubject,
): Promise<EventData> {
  const envelopes = [...envelopesOf(data)];
  for (const { fields, subjects } of plans) {
    const key = await deriveKey(subjects, keys);
    // A person was erased.
    if (key === undefined) continue;
    const values = Object.fromEntries(fields.map((field) => [field, data[field]]));
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const parameters = { name: "AES-GCM", iv: nonce, additionalData: contextOf(subjects) };
    const plain = new TextEncoder().encode(JSON.stringify(values));
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain));
    envelopes.push({ version: 1, subjects, text: Buffer.concat([nonce, ciphertext]).toString("base64") });
  }
  const nulls = plans.flatMap(({ fields }) => fields).map((field) => [field, null]);
  const rest = { ...data, ...Object.fromEntries(nulls) };
  return envelopes.length === 0 ? rest : { ...rest, [ENCRYPTED_MEMBER]: envelopes };
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

/** Returns the envelopes of an event: one for the fields of the same persons. */
function envelopesOf(data: EventData): readonly Envelope[] {
  const member: unknown = data[ENCRYPTED_MEMBER];
  if (member === undefined) return [];
  return (Array.isArray(member) ? member : [member]).map(envelopeOf);
}

/** @throws {Error} for a form that a newer program has written. */
function envelopeOf(value: unknown): Envelope {
  const { version, subjects, text } = isObject(value) ? value : {};
  const ids = Array.isArray(subjects) ? subjects.flatMap((subject) => textOf(subject) ?? []) : [];
  const encoded = textOf(text);
  if (version !== 1 || ids.length === 0 || encoded === undefined) {
    throw new Error("Personal fields of an event are encrypted in a form that this program does not know");
  }
  return { version, subjects: ids, text: encoded };
}
