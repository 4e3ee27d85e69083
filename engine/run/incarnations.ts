import { join } from 'node:path'
import type { Slot } from '../pool/pool.ts'
import { segmentName, type OpenedRun } from '../records/protocol.ts'

/** One life of a worker. */
export interface Incarnation {
  readonly segment: number
  /** Absolute path of {@link segment}. */
  readonly segmentPath: string
  /** Where it notes its careful starts. */
  readonly startsPath: string
  /** A worker that dies before it settled anything since its start says little about the work. */
  hasProgress: boolean
  expectedSeq: number
}

/** The lives of a run's workers: each has a segment of its own, whose number is never used again. */
export class Incarnations {
  readonly #directory: string
  readonly #bySlot = new Map<Slot, Incarnation>()
  #nextSegment: number

  constructor({ directory, nextSegment }: Pick<OpenedRun, 'directory' | 'nextSegment'>) {
    this.#directory = directory
    this.#nextSegment = nextSegment
  }

  begin(slot: Slot): Incarnation {
    const segment = this.#nextSegment
    this.#nextSegment += 1
    const segmentPath = join(this.#directory, segmentName(segment))
    const startsPath = `${segmentPath}.starts`
    const begun = { segment, segmentPath, startsPath, hasProgress: false, expectedSeq: 1 }
    this.#bySlot.set(slot, begun)
    return begun
  }

  /** @returns The latest life. @throws Error for a worker that was never started. */
  of(slot: Slot): Incarnation {
    const incarnation = this.#bySlot.get(slot)
    if (incarnation === undefined) throw new Error(`worker ${slot.worker} was never started`)
    return incarnation
  }

  /** @returns Segments of those that live, and of those that may be started while a lease is on its way. */
  livingOf(slots: readonly Slot[]): number[] {
    const living = slots
      .filter(({ state }) => state !== 'dead' && state !== 'cooling')
      .map(slot => this.of(slot).segment)
    return [...living, ...slots.map((_, at) => this.#nextSegment + at)]
  }
}
