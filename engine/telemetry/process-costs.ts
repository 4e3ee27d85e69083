/** CPU seconds and resident memory of the processes of a run, from what their workers report. */
export class ProcessCosts {
  readonly #processes = new Map<number, { cpuSec: number; rssBytes: number }>()
  readonly #cpuSecBefore: number
  #peakRssBytes: number

  /** @param cpuSec What earlier sessions of the run used. */
  constructor(cpuSec: number, peakRssBytes: number) {
    this.#cpuSecBefore = cpuSec
    this.#peakRssBytes = peakRssBytes
  }

  /** @param cpuSec Of the whole process since it began; the threads of one process may tell theirs out of order. */
  note(pid: number, cpuSec: number, rssBytes: number): void {
    const before = this.#processes.get(pid)?.cpuSec ?? 0
    this.#processes.set(pid, { cpuSec: Math.max(before, cpuSec), rssBytes })
    let rss = 0
    for (const process of this.#processes.values()) rss += process.rssBytes
    if (rss > this.#peakRssBytes) this.#peakRssBytes = rss
  }

  /** A worker of this process is gone; the process may live on for the others, and be noted again. */
  lost(pid: number): void {
    const process = this.#processes.get(pid)
    if (process !== undefined) process.rssBytes = 0
  }

  get cpuSec(): number {
    let sum = this.#cpuSecBefore
    for (const process of this.#processes.values()) sum += process.cpuSec
    return sum
  }

  /** Largest sum over the run's processes that was seen at once. */
  get peakRssBytes(): number {
    return this.#peakRssBytes
  }
}
