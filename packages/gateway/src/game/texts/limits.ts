/** Things that one `all` means at most. */
export const atOnce = 50;
