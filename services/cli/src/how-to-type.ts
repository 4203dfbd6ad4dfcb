/** A line of this command as a person types it, wherever the package managers have put it: every line that we show can be copied. */
export const typed = (line: string): string => `npx -y pnpm aethyr ${line}`;
