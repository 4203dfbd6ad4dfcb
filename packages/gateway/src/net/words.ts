/** What a person reads when a bound is reached, or the game fails. */
export const words = {
  tooLong: (limit: number) => `That line is longer than ${limit} characters, so nothing of it was read.\n`,
  tooFast: "You are typing faster than this game reads: some of your lines were dropped.\n",
  flooded: "\nToo much at once. Goodbye.\n",
  fault: "\nSomething went wrong here. Please connect again.\n",
};
