/** CPU seconds and resident memory of the processes of a run, from what their workers report. */
export class ProcessCosts {
  readonly #processes = new Map<number, { cpuSec: number; rssBytes: number }>()
  #cpuSecOfDead = 0
  #peakRssBytes: number

  /** @param cpuSec What earlier sessions of the run used. */
  constructor(cpuSec: number, peakRssBytes: number) {
    this.#cpuSecOfDead = cpuSec
    this.#peakRssBytes = peakRssBytes
  }

  note(pid: number, cpuSec: number, rssBytes: number): void {
    this.#processes.set(pid, { cpuSec, rssBytes })
    let rss = 0
    for (const process of this.#processes.values()) rss += process.rssBytes
    if (rss > this.#peakRssBytes) this.#peakRssBytes = rss
  }

  lost(pid: number): void {
    this.#cpuSecOfDead += this.#processes.get(pid)?.cpuSec ?? 0
    this.#processes.delete(pid)
  }

  get cpuSec(): number {
    let sum = this.#cpuSecOfDead
    for (const process of this.#processes.values()) sum += process.cpuSec
    return sum
  }

  /** Largest sum over the run's processes that was seen at once. */
  get peakRssBytes(): number {
    return this.#peakRssBytes
  }
}
