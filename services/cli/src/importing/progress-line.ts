const barColumns = 24;

/** `rooms  [#####-------------------]  1234/5678  3210/s` */
export function progressLine({
  phase,
  done,
  total,
  perSecond,
}: {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
}): string {
  const filled = total === 0 ? barColumns : Math.floor((barColumns * done) / total);
  return `${phase}  [${"#".repeat(filled)}${"-".repeat(barColumns - filled)}]  ${done}/${total}  ${Math.round(perSecond)}/s`;
}
