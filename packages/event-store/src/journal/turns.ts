/** Runs one piece of work after another, in the order in which they were given. */
export type Turns = {
  <T>(work: () => Promise<T>): Promise<T>;
};

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
