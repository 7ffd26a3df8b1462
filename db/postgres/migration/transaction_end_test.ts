import { assertEquals } from "@std/assert";
import { findTransactionEnd } from "./transaction_end.ts";

Deno.test("findTransactionEnd() finds the statements that end a transaction", () => {
  const texts: readonly (readonly [sql: string, statement: string, offset: number])[] = [
    ["COMMIT", "COMMIT", 0],
    ["SELECT 1;\ncommit ;\nSELECT 2;", "COMMIT", 10],
    ["select 1; End Work;", "END", 10],
    ["select 1; rollback;", "ROLLBACK", 10],
    ["rollback and chain;", "ROLLBACK", 0],
    ["abort transaction", "ABORT", 0],
    ["/* why */ -- because\nCOMMIT", "COMMIT", 21],
    ["prepare transaction 'x';", "PREPARE TRANSACTION", 0],
    [String.raw`select 'it''s', E'\'', "a;b"; commit`, "COMMIT", 30],
    [
      "create function f() returns int begin atomic select case when true then 1 end; end; commit;",
      "COMMIT",
      84,
    ],
    ["select $$;$$; commit;", "COMMIT", 14],
  ];
  for (const [sql, statement, offset] of texts) {
    assertEquals(findTransactionEnd(sql), { statement, offset }, sql);
  }
});

Deno.test("findTransactionEnd() ignores savepoints, quotations, comments and bodies", () => {
  const texts = [
    "savepoint a; rollback to a; rollback work to savepoint a; release a;",
    "-- commit;\nselect 1;",
    "/* commit; /* nested */ commit; */ select 1;",
    "select 'a; commit;', E'\\'; commit;', \"; commit;\" from t;",
    "do $$ begin commit; end $$;",
    "create function f() returns int language sql as $body$ select 1; commit; $body$;",
    "create function f() returns int begin atomic select case when true then 1 end; select 2; end;",
    "create or replace procedure p() begin atomic insert into t values (1); end;",
    "create rule r as on insert to t do also (insert into u values (1); select 1);",
    "prepare transaction_1 as select 1; prepare transaction as select 1;",
    "rollback prepared 'x'; commit prepared 'y'",
    "begin; create table commits (end_ int); select a$commit$ from t; comment on table t is 'commit'",
    "create table t (id int) on commit drop;",
    "select 1 as end; select case when true then 1 end;",
  ];
  for (const sql of texts) assertEquals(findTransactionEnd(sql), undefined, sql);
});
