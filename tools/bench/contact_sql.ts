import type { Querier, QueryParameter, QueryResult } from "@archway/db/db.ts";
import { PostgresContactRepository } from "../support/contact_service/persistence/contact_repository.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import type { PagePosition } from "@archway/service_kit/page.ts";

/** One statement as the service sends it. */
export interface Statement {
  readonly text: string;
  /** As many as the text has placeholders, in their order. */
  readonly parameters: readonly QueryParameter[];
}

const ID = "019a0000-0000-7000-8000-000000000000";
const TIME = "2026-01-01T00:00:00.000000Z";

/** What the recorded statements were bound to; {@link CONTACT_SQL} gives the order. */
export const RECORDED = {
  id: ID,
  name: "a name",
  email: "an address",
  age: 36,
  version: 1n,
  time: TIME,
  limit: 20,
} as const;

/**
 * The SQL of the contact service, written down from what its repository sends to the database: whoever runs it
 * beside the service runs the very same text.
 */
export const CONTACT_SQL = {
  find: await record((repository, db) => repository.find(db, { id: RECORDED.id, scope: UNRESTRICTED })),
  insert: await record((repository, db) => {
    const { id, name, email, age, version, time } = RECORDED;
    return repository.insert(db, {
      id,
      name,
      email,
      age,
      version,
      createdAt: time,
      updatedAt: time,
      owner: null,
    });
  }),
  update: await record((repository, db) => {
    const { id, name, email, age, version, time } = RECORDED;
    const input = { name, email, age };
    return repository.update(db, { id, scope: UNRESTRICTED, input, condition: [version], now: time });
  }),
  firstPage: await record((repository, db) => repository.list(db, page(undefined))),
  nextPage: await record((repository, db) => {
    const anchor = { id: RECORDED.id, createdAt: RECORDED.time };
    return repository.list(db, page({ direction: "after", anchor, inclusive: false }));
  }),
} as const;

function page(position: PagePosition | undefined): Parameters<PostgresContactRepository["list"]>[1] {
  return { scope: UNRESTRICTED, filter: {}, page: { limit: RECORDED.limit, position } };
}

async function record(
  run: (repository: PostgresContactRepository, db: Querier) => Promise<unknown>,
): Promise<Statement> {
  const statements: Statement[] = [];
  await run(new PostgresContactRepository(), {
    query<Row>(text: string, parameters: readonly QueryParameter[] = []): Promise<QueryResult<Row>> {
      statements.push({ text, parameters });
      return Promise.resolve({ rows: [], rowCount: 0 });
    },
  });
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0) {
    throw new Error(
      "Recording the service's SQL failed: the bare handler knows one statement for each operation",
    );
  }
  return statement;
}
