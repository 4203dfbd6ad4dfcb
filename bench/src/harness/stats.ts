/** The middle one; of an even number, halfway between the two in the middle. Throws `RangeError` for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which a share (0 to 1) of the values lie, linear between two of them. Throws `RangeError` for none or for another share. */
export function percentile(values: readonly number[] | Float64Array, share: number): number {
  if (values.length === 0) throw new RangeError("there are no values to take a percentile of");
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share lies between 0 and 1: ${share}`);
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}
