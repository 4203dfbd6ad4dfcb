// Whether the process of this container can do its work, for the engine: exit code 0 or 1.
try {
  const address = `http://127.0.0.1:${process.env["AETHYR_STATUS_PORT"] ?? "9100"}/readyz`;
  const response = await fetch(address, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) throw new Error(await response.text());
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
