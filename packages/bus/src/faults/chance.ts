/**
 * Numbers from 0 up to 1 that depend on the seed, on what they are for, and on how often it was asked for that; not on the order of unlike
 * questions. So a run repeats its faults from the seed even where the network shuffles who asks first.
 */
export type Chance = (what: string, key: string) => number;

/** Questions whose count is remembered; after so many others one begins anew. */
const remembered = 100_000;

export function createChance(seed: number): Chance {
  const asked = new Map<string, number>();
  return (what, key) => {
    const question = `${what} ${key}`;
    const times = asked.get(question) ?? 0;
    asked.set(question, times + 1);
    if (asked.size > remembered) asked.clear();
    return mixed(seed, `${question} ${times}`);
  };
}

/** FNV-1a over the text, then the finish of MurmurHash3, so that texts alike give numbers unlike. */
function mixed(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
