/** What lists of games read of a game (MSSP): names such as `NAME`, `PLAYERS`, `UPTIME`, each with a value or several. */
export type GameStatus = Readonly<Record<string, string | number | readonly string[]>>;

const [variable, value] = [1, 2];
const encoder = new TextEncoder();

/** The payload of an MSSP subnegotiation, without IAC escaping. */
export function formatStatus(status: GameStatus): Uint8Array {
  const bytes: number[] = [];
  const put = (mark: number, text: string): void => {
    // 0, 1 and 2 are marks of the format itself.
    bytes.push(mark, ...encoder.encode(text).filter((byte) => byte > value));
  };
  for (const [name, given] of Object.entries(status)) {
    put(variable, name);
    for (const one of typeof given === "object" ? given : [String(given)]) put(value, one);
  }
  return Uint8Array.from(bytes);
}
