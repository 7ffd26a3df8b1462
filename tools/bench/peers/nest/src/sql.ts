const COLUMNS = `id, name, email, age, version, created_at as "createdAt", updated_at as "updatedAt"`;

/** Statements; the name of each is that of the prepared one. */
export const SQL = {
  find: `select ${COLUMNS} from contacts where id = $1 and deleted_at is null`,
  insert: `insert into contacts (id, name, email, age, version, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
  update: `update contacts set name = $2, email = $3, age = $4, version = version + 1,
      updated_at = greatest(updated_at, $5)
    where id = $1 and deleted_at is null and version = $6 returning ${COLUMNS}`,
  firstPage: `select ${COLUMNS} from contacts where deleted_at is null
    order by created_at desc, id desc limit $1`,
  nextPage: `select ${COLUMNS} from contacts where deleted_at is null
      and (created_at, id) < ((select created_at from contacts where id = $1), $1::uuid)
    order by created_at desc, id desc limit $2`,
} as const;
