/** A collector that costs as little as one can: it reads exports and discards them. */
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
  await request.arrayBuffer();
  return new Response();
});
await Deno.stdout.write(new TextEncoder().encode(`http://127.0.0.1:${server.addr.port}\n`));
