import { assertEquals, assertRejects } from "@std/assert";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { ExportColumn, ExportValue } from "@archway/service_kit/export_definition.ts";
import type { FileSink } from "../storage/storage.ts";
import { GROUP_ROWS, ParquetFile } from "./parquet_file.ts";
import { readParquet } from "./read_parquet.ts";

/** Sink in memory, which counts its writes. */
class MemorySink implements FileSink {
  readonly parts: Uint8Array[] = [];

  write(bytes: Uint8Array): Promise<void> {
    this.parts.push(bytes.slice());
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  abort(): Promise<void> {
    return Promise.resolve();
  }

  async buffer(): Promise<ArrayBuffer> {
    return await new Blob(this.parts.map((part) => new Uint8Array(part))).arrayBuffer();
  }
}

const COLUMNS: Readonly<Record<string, ExportColumn>> = {
  flag: { type: "boolean", description: "" },
  small: { type: "int32", description: "" },
  large: { type: "int64", description: "" },
  amount: { type: "decimal", description: "" },
  text: { type: "text", description: "" },
  id: { type: "uuid", description: "" },
  data: { type: "json", description: "" },
  at: { type: "timestamp", description: "" },
};

async function write(
  rows: readonly Readonly<Record<string, ExportValue>>[],
  columns = COLUMNS,
): Promise<MemorySink> {
  const sink = new MemorySink();
  const file = new ParquetFile(sink, columns);
  for (const values of rows) await file.add({ at: "2026-11-30T00:00:00Z", values });
  await file.close();
  return sink;
}

Deno.test("ParquetFile stores values of all types exactly, and nulls", async () => {
  const sink = await write([
    {
      flag: false,
      small: -(2 ** 31),
      large: 2n ** 63n - 1n,
      amount: "-123456789012345678901234567890.0001",
      text: "Ω\u0000",
      id: "0192f021-cc5b-746c-b6cc-6e907196f5d0",
      data: { list: [1, null, "x"], nested: { yes: true } },
      at: "2026-11-30T23:59:59.999999Z",
    },
    Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null])),
    {},
  ]);
  const buffer = await sink.buffer();
  const rows = await parquetReadObjects({ file: buffer, utf8: true });
  const nulls = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null]));
  const { amount, at, ...first } = rows[0] ?? {};
  assertEquals(first, {
    flag: false,
    small: -(2 ** 31),
    large: 2n ** 63n - 1n,
    text: "Ω\u0000",
    id: "0192f021-cc5b-746c-b6cc-6e907196f5d0",
    data: { list: [1, null, "x"], nested: { yes: true } },
  });
  // This reader makes a number and a Date of them.
  assertEquals([typeof amount, at], ["number", new Date("2026-11-30T23:59:59.999Z")]);
  assertEquals(
    rows.slice(1).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value ?? null]),
      )
    ),
    [nulls, nulls],
  );
  const { schema } = parquetMetadata(buffer);
  const timestamp = schema.find(({ name }) => name === "at");
  assertEquals(timestamp?.logical_type, { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" });
  const decimal = schema.find(({ name }) => name === "amount");
  assertEquals([decimal?.precision, decimal?.scale], [38, 4]);
});

Deno.test("ParquetFile writes a row group when it is full, and keeps no earlier one", async () => {
  const columns: Readonly<Record<string, ExportColumn>> = { n: { type: "int64", description: "" } };
  const sink = new MemorySink();
  const file = new ParquetFile(sink, columns);
  for (let n = 0; n < 2 * GROUP_ROWS + 1; n++) {
    await file.add({ at: "2026-11-30T00:00:00Z", values: { n: BigInt(n) } });
  }
  assertEquals([sink.parts.length, file.rows], [2, 2 * GROUP_ROWS + 1]);
  await file.close();
  const buffer = await sink.buffer();
  const { row_groups } = parquetMetadata(buffer);
  assertEquals(row_groups.map(({ num_rows }) => Number(num_rows)), [GROUP_ROWS, GROUP_ROWS, 1]);
  assertEquals(file.bytes, buffer.byteLength);
  const rows = await parquetReadObjects({ file: buffer });
  assertEquals(rows.every(({ n }, index) => n === BigInt(index)), true);
});

Deno.test("ParquetFile refuses values of another type, without quoting them", async () => {
  const wrong: readonly Readonly<Record<string, ExportValue>>[] = [
    { small: 2 ** 31 },
    { small: 1.5 },
    { large: 5 },
    { amount: "1.23456" },
    { amount: 1 },
    { amount: "1e5" },
    { text: 7 },
    { flag: "true" },
    { at: "2026-11-30" },
  ];
  for (const values of wrong) {
    const error = await assertRejects(() => write([values]), Error);
    assertEquals(error.message.includes(String(Object.values(values)[0])), false, error.message);
  }
});

Deno.test("readParquet() returns the values of all types as they were written", async () => {
  const columns = { ...COLUMNS, precise: { type: "decimal", scale: 9, description: "" } } as const;
  const rows = Array.from({ length: 50 }, (_, index): Readonly<Record<string, ExportValue>> => ({
    flag: index % 2 === 0,
    small: index - 25,
    large: BigInt(index - 25) * 2n ** 57n,
    amount: index % 3 === 0 ? null : `${index % 2 === 0 ? "-" : ""}${index}00000000000000000000000000.0001`,
    precise: index % 5 === 0 ? "-0.000000001" : "99999999999999999999999999999.999999999",
    text: index < 40 ? "repeated" : `Ω${index}`,
    id: `0192f021-cc5b-746c-b6cc-6e9071960${100 + index}`,
    data: index === 7 ? null : { index, list: [1.5e300, "x", null], "": { yes: true } },
    at: `1969-12-31T23:59:59.9999${10 + index}Z`,
  }));
  const written = await (await write(rows, columns)).buffer();
  const content = readParquet(new Uint8Array(written));
  assertEquals(content.columns, {
    ...columns,
    amount: { type: "decimal", scale: 4, description: "" },
  });
  const sink = new MemorySink();
  const copy = new ParquetFile(sink, content.columns);
  for await (const group of content.groups()) for (const row of group) await copy.addEncoded(row);
  await copy.close();
  assertEquals(new Uint8Array(await sink.buffer()), new Uint8Array(written));
});
