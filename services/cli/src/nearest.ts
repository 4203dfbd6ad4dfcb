/** Which of the names was probably meant; undefined if none is near. Case, dashes and the like count for nothing. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = plain(name);
  const [best] = [...names]
    .map((each) => ({ each, distance: distanceOf(wanted, plain(each)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return best?.each;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** How many letters have to be put in, left out or changed. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of one.split("").entries()) {
    const next = [index + 1];
    for (const [at, against] of other.split("").entries()) {
      const changed = (row[at] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
