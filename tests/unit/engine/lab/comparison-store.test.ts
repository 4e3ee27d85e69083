import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ComparisonStore } from '../../../../engine/lab/comparison-store.ts'
import type { Comparison } from '../../../../shared/model/comparison.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../../shared/model/fields/cpu.ts'
import { JOB_SCHEMA } from '../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

const comparison = (comparisonId: string): Comparison => ({
  schema: 'interleave/comparison@1',
  comparisonId,
  startedAt: '2026-11-22T00:00:00.000Z',
  state: 'done',
  reason: null,
  plan: {
    job: {
      schema: JOB_SCHEMA,
      kind: 'cpu',
      cpu: defaultsOf(cpuFields),
      parallelism: parallelismDefaultsOf('cpu'),
    },
    points: [{ name: 'loop', parallelism: parallelismDefaultsOf('cpu') }],
    repeats: 1,
    warmUps: 0,
    seed: 1,
  },
  environment: {
    cpu: '',
    cpus: 2,
    cpuQuota: 2,
    memoryBytes: 1,
    system: '',
    node: '',
    busyRatio: 0,
    loadAverage: 0,
  },
  runsDone: 1,
  runsPlanned: 1,
  cells: [],
  ratios: [],
  scalability: [],
  notes: [],
})

const OLDER = '20261121-000000-000000'
const NEWER = '20261122-000000-000000'

describe('kept comparisons', () => {
  let dataDir: string
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'interleave-lab-'))
  })
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

  it('are read as they were put, and listed with the newest first', async () => {
    const store = new ComparisonStore(dataDir)
    expect(await store.list()).toEqual([])
    await store.put(comparison(OLDER))
    await store.put(comparison(NEWER))
    expect(await store.read(OLDER)).toEqual(comparison(OLDER))
    expect((await store.list()).map(({ comparisonId }) => comparisonId)).toEqual([NEWER, OLDER])
    expect(readdirSync(join(dataDir, 'comparisons')).toSorted()).toEqual([`${OLDER}.json`, `${NEWER}.json`])
  })

  it('are removed, and missed then', async () => {
    const store = new ComparisonStore(dataDir)
    await store.put(comparison(NEWER))
    await store.remove(NEWER)
    await expect(store.read(NEWER)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await expect(store.remove(NEWER)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('are not believed when their file holds something else, which hides no other', async () => {
    const store = new ComparisonStore(dataDir)
    await store.put(comparison(NEWER))
    await store.put(comparison(OLDER))
    for (const text of ['', '{}', '{"schema":', JSON.stringify(comparison(NEWER))]) {
      writeFileSync(join(dataDir, 'comparisons', `${OLDER}.json`), text)
      await expect(store.read(OLDER)).rejects.toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
    }
    expect((await store.list()).map(({ comparisonId }) => comparisonId)).toEqual([NEWER])
  })
})
