import type { Querier } from "@archway/db/db.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import type { PagePosition } from "@archway/service_kit/page.ts";
import { PostgresContactRepository } from "../support/contact_service/persistence/contact_repository.ts";
import { type RecordedStatement, StatementRecorder } from "./recorded_sql.ts";

/** Values that are bound by name. */
const RECORDED = {
  id: "019a0000-0000-7000-8000-000000000000",
  name: "a name",
  email: "an address",
  age: "88",
  version: "40000000001",
  time: "2026-01-01T00:00:00.000000Z",
} as const;

/** Number of contacts on a page; the statements read one more. */
export const LIMIT = 20;

const { id, name, email, time } = RECORDED;
const [age, version, scope] = [Number(RECORDED.age), BigInt(RECORDED.version), UNRESTRICTED];

/** SQL of the contact service as its repository sends it, so that the bare handler runs the very same text. */
export const CONTACT_SQL = {
  find: await record((repository, db) => repository.find(db, { id, scope })),
  insert: await record((repository, db) =>
    repository.insert(db, { id, name, email, age, version, createdAt: time, updatedAt: time, owner: null })
  ),
  update: await record((repository, db) =>
    repository.update(db, { id, scope, input: { name, email, age }, condition: [version], now: time })
  ),
  firstPage: await record((repository, db) => repository.list(db, page())),
  nextPage: await record((repository, db) =>
    repository.list(db, page({ direction: "after", anchor: { id, createdAt: time }, inclusive: false }))
  ),
} as const;

function page(position?: PagePosition): Parameters<PostgresContactRepository["list"]>[1] {
  return { scope, filter: {}, page: { limit: LIMIT, position } };
}

async function record(
  run: (repository: PostgresContactRepository, db: Querier) => Promise<unknown>,
): Promise<RecordedStatement<keyof typeof RECORDED>> {
  const recorder = new StatementRecorder(RECORDED);
  await run(new PostgresContactRepository(), recorder);
  const [statement, ...others] = recorder.statements;
  if (statement !== undefined && others.length === 0) return statement;
  throw new Error("Recording SQL failed: the bare handler runs one statement for each operation");
}
