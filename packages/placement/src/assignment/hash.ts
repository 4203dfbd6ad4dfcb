const offset = 0x811c9dc5;
const prime = 0x01000193;

/** Mixes the bits of a 32-bit number, so that neighbours end far apart. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function fnv(text: string, seed: number): number {
  let hash = (offset ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  return mixed(hash);
}

/** A number between 0 and 1, neither of them, that only depends on the text. */
export function fractionOf(text: string): number {
  const [high, low] = [fnv(text, 0), fnv(text, 0x9e3779b9)];
  return ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) / 2 ** 52;
}
