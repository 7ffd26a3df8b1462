import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CommandError } from "@archway/service_kit/command.ts";
import { exportNumbers, numbersIn, odd } from "../testing/export_numbers.ts";
import { startMoto, testWithMoto } from "../testing/start_moto.ts";
import { S3Client } from "./s3_client.ts";
import { openS3Storage } from "./s3_storage.ts";

testWithMoto("openS3Storage() works with a server that verifies signatures and conditions", async () => {
  await using moto = await startMoto();
  const client = new S3Client("lake", moto);
  const send = async (...request: Parameters<S3Client["send"]>): Promise<Uint8Array> =>
    (await client.send(...request)).body;
  await send({ method: "PUT", key: "" });
  const open = (config = moto.config): ReturnType<typeof openS3Storage> =>
    openS3Storage("s3://lake/a-b/c=d", { name: "numbers", config });
  await exportNumbers(open(), { last: 4_001n });
  await exportNumbers(open(), { last: 5_001n, commitRows: 100 });

  // Of two exports from the same manifest, the second one adds nothing.
  const [one, other] = [open(), open()];
  const manifest = await one.readManifest();
  const text = `${manifest?.text} `;
  await one.replaceManifest(text, manifest);
  const error = await assertRejects(() => other.replaceManifest("other", manifest), CommandError);
  assertStringIncludes(error.message, "Another export has replaced the manifest");
  await assertRejects(() => other.replaceManifest("other", undefined), CommandError);
  assertEquals((await other.readManifest())?.text, text);

  const full = await exportNumbers(open(), { last: 5_001n, full: true });
  assertEquals([full.rows, full.files], [2_501, (await open().list()).length]);
  const prefix = "a-b/c=d/numbers/";
  const stored = new TextDecoder().decode(await send({ method: "GET", key: `${prefix}manifest.json` }));
  assertEquals(await numbersIn(stored, (path) => send({ method: "GET", key: prefix + path })), odd(5_001));

  const wrong = open({ ...moto.config, secretAccessKey: "wrong" });
  const refused = await assertRejects(() => wrong.readManifest(), CommandError);
  assertStringIncludes(refused.message, "failed: 403 SignatureDoesNotMatch");
});
