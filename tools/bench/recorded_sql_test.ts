import { assertEquals } from "@std/assert";
import { StatementRecorder } from "./recorded_sql.ts";

Deno.test("StatementRecorder binds values by name wherever recorded ones stand", async () => {
  const recorder = new StatementRecorder({ first: "a-1", second: "b-2" }, [["row"]]);
  const { rows } = await recorder.query("select", ["a-1", ["a-1", "b-2"], '{"of":"b-2"}', "same", "", null]);
  assertEquals(rows.length, 1);
  const [{ text, bind } = { text: "", bind: () => [] }] = recorder.statements;
  assertEquals(text, "select");
  assertEquals(bind({ first: "x", second: "y" }), ["x", '{"x","y"}', '{"of":"y"}', "same", "", null]);
  assertEquals(bind({ second: "a-1" }), [null, '{"","a-1"}', '{"of":"a-1"}', "same", "", null]);
});
