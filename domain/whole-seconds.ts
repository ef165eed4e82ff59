/** A duration as everybody sees it, on every screen and in every file: seconds that have passed whole. @param ms milliseconds */
export const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000);
