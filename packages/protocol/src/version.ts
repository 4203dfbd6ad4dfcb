/**
 * Version of what travels. The rule: within a version, fields are only added, and a reader ignores fields that it does not know.
 * Anything else is a new version; a host answers a command of a version that it does not speak with `invalid`, naming those it speaks.
 */
export const protocolVersion = 1;
