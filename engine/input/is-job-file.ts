/** Whether a file is a saved job: its name says so, or its first object does. */
export const isJobFile = (path: string, head: Buffer): boolean =>
  /\.ilv\.json$/i.test(path) ||
  (/^(?:\ufeff)?\s*\{/.test(head.toString('utf8', 0, 16)) &&
    /^[^{]*\{\s*"schema"\s*:\s*"interleave\/job@/.test(head.toString('utf8', 0, 1_024)))
