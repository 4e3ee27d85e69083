import { performance } from 'node:perf_hooks'

// performance.now() counts from each process's own start; hrtime is the machine's monotonic clock but costs three
// times as much to read. One offset, taken once, gives the cheap read the common zero.
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** @returns Milliseconds on the machine's monotonic clock: comparable between the processes and threads of one machine. */
export const nowMs = (): number => performance.now() + offsetMs
