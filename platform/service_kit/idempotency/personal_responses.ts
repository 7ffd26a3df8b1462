import type { Querier, Transaction } from "@archway/db/db.ts";
import type { DataSubject, ErasedRows, PersonalDataSource, PersonalRecord } from "../personal_data.ts";

// Reads the whole table, which has the keys of a day or two: requests pay nothing for erasures.
const MENTIONS = `body is not null and exists (
  select from unnest($1::text[]) as mentioned (id) where position(convert_to(mentioned.id, 'UTF8') in body) > 0
)`;

const FIND =
  `select id, operation, status, convert_from(body, 'UTF8') as body, created_at, expires_at from idempotency_keys
  where ${MENTIONS} and id > $2 order by id limit 100`;

// The key stays, so that a repetition of its request is refused and not executed.
const ERASE =
  `update idempotency_keys set body = null, headers = '[]', erased_at = $2 where erased_at is null and ${MENTIONS}`;

interface ResponseRow extends Readonly<Record<string, unknown>> {
  readonly id: Uint8Array<ArrayBuffer>;
}

/** Stored responses to requests with an Idempotency-Key that mention a person. */
export const storedResponses: PersonalDataSource = {
  async *export(db: Querier, { references }: DataSubject): AsyncIterable<PersonalRecord> {
    for (let after = new Uint8Array();;) {
      const { rows } = await db.query<ResponseRow>(FIND, [references, after]);
      for (const { id: _id, ...data } of rows) yield { table: "idempotency_keys", data, isPersonal: true };
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  },

  async erase(tx: Transaction, { references, now }: DataSubject): Promise<readonly ErasedRows[]> {
    return [{ table: "idempotency_keys", rows: (await tx.query(ERASE, [references, now])).rowCount }];
  },
};
