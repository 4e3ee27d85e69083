import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { ChunkPlanner } from '../../../../engine/plan/chunk.ts'
import { DynamicPlanner } from '../../../../engine/plan/dynamic.ts'
import { StridePlanner } from '../../../../engine/plan/stride.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import { Casualties } from '../../../../engine/run/casualties.ts'
import { Dispatcher } from '../../../../engine/run/dispatcher.ts'
import { LeaseBook } from '../../../../engine/run/lease-book.ts'
import type { Lease } from '../../../../engine/worker/protocol.ts'
import { StartsFile } from '../../../../engine/worker/starts-file.ts'
import { seededRandom } from '../../../support/engine/random.ts'
import { SimulatedCrew, type CrewShape } from '../../../support/engine/simulated-crew.ts'
import { makeSlot } from '../../../support/engine/slot.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'interleave-casualties-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const PLANNERS: Record<string, CrewShape['plannerOf']> = {
  dynamic: (supply, settled) => new DynamicPlanner(supply, settled),
  chunk: (supply, _settled, workers) => new ChunkPlanner(supply, workers),
  stride: (supply, _settled, workers) => new StridePlanner(supply, workers),
}

interface Story {
  readonly tasks: number
  readonly processes: number
  readonly threads: number
  readonly permits: number
  readonly partition: string
  readonly poison: readonly number[]
  readonly kills: number
  readonly seed: number
}

/** @returns The crew after every task has settled. */
function play({ tasks, poison, partition, kills, seed, ...shape }: Story): SimulatedCrew {
  const supply = new Supply()
  supply.addIndexes(tasks)
  supply.endAll(tasks)
  const random = seededRandom(seed)
  const crew = new SimulatedCrew({
    ...shape,
    isShared: partition === 'dynamic',
    plannerOf: PLANNERS[partition]!,
    supply,
    poison: new Set(poison),
    random,
    directory,
  })
  let killsLeft = kills
  for (let step = 0; crew.settled.count < tasks; step += 1) {
    if (step > 200_000) throw new Error(`only ${crew.settled.count} of ${tasks} tasks ever settle`)
    crew.step()
    if (killsLeft > 0 && random() < 0.02) {
      crew.killAny()
      killsLeft -= 1
    }
  }
  crew.close()
  return crew
}

const stories = fc.integer({ min: 1, max: 120 }).chain(tasks =>
  fc.record({
    tasks: fc.constant(tasks),
    processes: fc.integer({ min: 1, max: 3 }),
    threads: fc.integer({ min: 1, max: 3 }),
    permits: fc.integer({ min: 1, max: 6 }),
    partition: fc.constantFrom(...Object.keys(PLANNERS)),
    poison: fc.uniqueArray(fc.nat(tasks - 1), { maxLength: 4 }),
    kills: fc.nat(8),
    seed: fc.nat(),
  }),
)

describe('a run whose workers die', () => {
  it('settles every task once, quarantines what kills and nothing else, and nothing is out twice', () => {
    fc.assert(
      fc.property(stories, story => {
        const crew = play(story)
        expect(crew.quarantined.toSorted((a, b) => a - b)).toEqual(story.poison.toSorted((a, b) => a - b))
        expect([...crew.reported.values()].every(times => times === 1)).toBe(true)
        expect(crew.reported.size).toBe(story.tasks)
      }),
      { numRuns: 150 },
    )
  })

  it('costs at most four deaths for each task that kills, the last two of them alone', () => {
    fc.assert(
      fc.property(stories, story => {
        const crew = play({ ...story, kills: 0 })
        for (const index of story.poison) {
          const manners = crew.deaths.filter(death => death.index === index).map(({ manner }) => manner)
          expect(manners.slice(-2)).toEqual(['alone', 'alone'])
          expect(manners.slice(0, -2)).not.toContain('alone')
          expect(manners.length).toBeLessThanOrEqual(4)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('knows a single task that kills after four deaths, whatever runs beside it', () => {
    fc.assert(
      fc.property(stories, fc.nat(), (story, which) => {
        const poison = which % story.tasks
        const crew = play({ ...story, poison: [poison], kills: 0 })
        expect(crew.deaths.map(({ manner }) => manner)).toEqual(['plain', 'careful', 'alone', 'alone'])
        expect(crew.strikes.filter(({ deaths }) => deaths > 0)).toEqual([{ index: poison, deaths: 2 }])
      }),
      { numRuns: 100 },
    )
  })

  it('refuses reports for leases that are not their sender’s any more', () => {
    const supply = new Supply()
    supply.addIndexes(40)
    supply.endAll(40)
    const random = seededRandom(7)
    const crew = new SimulatedCrew({
      processes: 3,
      threads: 1,
      permits: 3,
      isShared: true,
      plannerOf: PLANNERS.dynamic!,
      supply,
      poison: new Set(),
      random,
      directory,
    })
    while (crew.settled.count < 40) {
      for (let step = 0; step < 10; step += 1) crew.step()
      if (random() < 0.2) crew.killAny()
      const before = crew.settled.count
      expect(crew.forge(Math.floor(random() * 3), Math.floor(random() * 40))).toBe(true)
      expect(crew.settled.count).toBe(before)
    }
    crew.close()
  })
})

describe('Casualties', () => {
  function setUp(strikes: readonly { index: number; deaths: number }[] = []) {
    const settled = new SettledBitmap()
    const book = new LeaseBook(settled)
    const grants: Lease[] = []
    const supply = new Supply()
    supply.addIndexes(10)
    const dispatcher: Dispatcher = new Dispatcher({
      planner: new DynamicPlanner(supply, settled),
      book,
      workers: () => 1,
      sizes: () => ({ busyMs: 100, least: 10, leastShare: 1, most: 65_536 }),
      isShared: true,
      isOrdered: false,
      throughputOf: () => 0,
      suspicions: {
        struckWithin: span => casualties.struckWithin(span),
        isKept: index => casualties.isKept(index),
      },
      grant: (_slot, lease) => grants.push(lease),
    })
    const startsPath = join(directory, 'starts')
    const parts = { book, dispatcher, startsPathOf: () => startsPath, onStruck: () => undefined }
    const casualties: Casualties = new Casualties(parts, strikes)
    const commit = (): void => {
      casualties.compose()
      casualties.committed()
    }
    const settle = (index: number): void => {
      const { id, attempt } = grants.at(-1)!
      book.apply(0, [{ id, attempt, settled: Uint32Array.of(index), endIndex: null }])
      dispatcher.serveAll()
    }
    const slot = makeSlot(0)
    const die = (...started: readonly number[]): { isExplained: boolean; next: Lease } => {
      const starts = new StartsFile(startsPath)
      for (const [lane, index] of started.entries()) starts.note(lane, index)
      starts.close()
      dispatcher.forget(slot)
      const isExplained = casualties.onLost(slot, 'SIGABRT')
      dispatcher.want(slot)
      return { isExplained, next: grants.at(-1)! }
    }
    dispatcher.want(slot)
    return { casualties, dispatcher, grants, slot, die, commit, settle }
  }

  it('calls a death explained once it names suspects, which then run alone', () => {
    const { die } = setUp()
    expect(die()).toMatchObject({
      isExplained: false,
      next: { first: 0, end: 10, careful: true, attempt: 2 },
    })
    expect(die(3, 5)).toMatchObject({ isExplained: true, next: { first: 3, end: 4, careful: true } })
    expect(die(3)).toMatchObject({ isExplained: true, next: { first: 5, end: 6, careful: true } })
  })

  it('blames nobody when a worker leaves in order, not even the task it ran alone', () => {
    const { casualties, dispatcher, grants, slot, die } = setUp()
    casualties.onLeft(slot)
    dispatcher.want(slot)
    expect(grants.at(-1)).toMatchObject({ first: 0, end: 10, careful: false, attempt: 1 })
    die()
    die(3)
    casualties.onLeft(slot)
    dispatcher.forget(slot)
    dispatcher.want(slot)
    expect(grants.at(-1)).toMatchObject({ first: 3, end: 4, quarantine: null })
    expect(casualties.strikes).toEqual([])
  })

  it('goes on being careful when nothing was started before the second death', () => {
    const { die } = setUp()
    die()
    expect(die()).toMatchObject({
      isExplained: false,
      next: { first: 0, end: 10, careful: true, attempt: 3 },
    })
  })

  it('leaves what was not started to everybody, as careful spans between the suspects', () => {
    const { die, settle, dispatcher, grants, slot } = setUp()
    die()
    die(0, 4, 4)
    settle(0)
    settle(4)
    dispatcher.want(slot)
    expect(grants.slice(-2)).toMatchObject([
      { first: 1, end: 4, careful: true },
      { first: 5, end: 10, careful: true },
    ])
  })

  it('says why a task is quarantined, and keeps to it when a worker dies of something else meanwhile', () => {
    const { die, casualties, commit, grants } = setUp([{ index: 3, deaths: 1 }])
    die()
    die(3)
    commit()
    const next = grants.at(-1)!
    expect(next).toMatchObject({
      first: 3,
      end: 4,
      quarantine: '2 workers died of it while it ran alone (SIGABRT)',
    })
    expect(die()).toMatchObject({
      isExplained: false,
      next: { first: 3, end: 4, quarantine: next.quarantine },
    })
    expect(casualties.strikes).toEqual([{ index: 3, deaths: 2 }])
  })

  it('runs a task alone from the start that killed a worker before the run was interrupted', () => {
    const { settle, dispatcher, grants, slot } = setUp([{ index: 3, deaths: 1 }])
    expect(grants).toMatchObject([{ first: 0, end: 3, careful: false }])
    for (const index of [0, 1, 2]) settle(index)
    dispatcher.want(slot)
    expect(grants.slice(1)).toMatchObject([{ first: 3, end: 4, careful: true, quarantine: null }])
    settle(3)
    dispatcher.want(slot)
    expect(grants.slice(2)).toMatchObject([{ first: 4, end: 10, careful: false }])
  })

  it('runs it even when nothing else is left', () => {
    const { grants } = setUp(Array.from({ length: 10 }, (_, index) => ({ index, deaths: 1 })))
    expect(grants).toMatchObject([{ first: 0, end: 1, careful: true, quarantine: null }])
  })

  it('does not run again what was to be quarantined when the run was interrupted', () => {
    const { grants, settle, dispatcher, slot } = setUp([{ index: 0, deaths: 2 }])
    dispatcher.want(slot)
    for (let index = 1; index < 10; index += 1) settle(index)
    dispatcher.want(slot)
    expect(grants.at(-1)).toMatchObject({
      first: 0,
      end: 1,
      quarantine: '2 workers died of it while it ran alone',
    })
  })

  it('lets a quarantine be recorded only when the journal knows of it', () => {
    const { die, commit, casualties, grants } = setUp([{ index: 3, deaths: 1 }])
    die()
    const before = grants.length
    die(3)
    expect(casualties.strikes).toEqual([{ index: 3, deaths: 2 }])
    expect(grants.slice(before).filter(({ quarantine }) => quarantine !== null)).toEqual([])
    casualties.compose()
    expect(grants.at(-1)!.quarantine).toBeNull()
    casualties.committed()
    commit()
    expect(grants.at(-1)).toMatchObject({ first: 3, end: 4 })
    expect(grants.at(-1)!.quarantine).not.toBeNull()
  })
})
