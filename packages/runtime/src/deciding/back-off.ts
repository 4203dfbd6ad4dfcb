const longestRestMs = 32;
const shortestYieldMs = 16;
const longestYieldMs = 500;

/**
 * Milliseconds before a command that others overtook so often is decided again: none after the first time, then anything up to 4, 8, 16, 32
 * (`random`: 0–1). Chance lets hosts that fight over one aggregate take turns.
 */
export const restMs = (overtaken: number, random: () => number): number =>
  overtaken < 2 ? 0 : Math.min(longestRestMs, 2 ** overtaken) * random();

/**
 * Milliseconds for which an aggregate is left to another host that keeps being overtaken: time for it to read and to commit, which is some three
 * commits of this host's, from 16 to 500, or up to half of it less by chance (`random`: 0–1).
 */
export const yieldMs = (commitMs: number, random: () => number): number =>
  Math.min(longestYieldMs, Math.max(shortestYieldMs, 3 * commitMs)) * (0.5 + 0.5 * random());
