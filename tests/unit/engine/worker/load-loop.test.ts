import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type {
  DestinationKind,
  DestinationWriter,
  WriterContext,
} from '../../../../engine/destination/destination.ts'
import { loadDestination } from '../../../../engine/destination/registry.ts'
import type { Lease } from '../../../../engine/worker/protocol.ts'
import type { LoadOptions } from '../../../../shared/model/fields/load.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { PHASE } from '../../../../shared/model/run.ts'
import { LOAD_LAYOUT, positionsOf } from '../../../../shared/model/record-layout.ts'
import { FakeWriter } from '../../../support/engine/fake-writer.ts'
import { LINES, makeLoadOptions } from '../../../support/engine/load-records.ts'
import { makeLease } from '../../../support/engine/waiting-task.ts'
import { WorkerBench } from '../../../support/engine/worker-bench.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

vi.mock('../../../../engine/destination/registry.ts', { spy: true })

const OUTPUT = positionsOf(LOAD_LAYOUT).strings.output
const MESSAGE = positionsOf(LOAD_LAYOUT).strings.errorMessage

const startWorker = (given: Partial<LoadOptions> = {}) =>
  new WorkerBench({ work: { kind: 'load', options: makeLoadOptions(given), pass: 'write' } })

/** @returns Leases over the lines of a new file, the last of which knows no end. */
function leasesOf(lines: readonly string[], perLease: number): Lease[] {
  const path = join(temporaryDirectory(), 'input.txt')
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
  writeFileSync(path, bytes)
  const input = { path, sizeBytes: bytes.length, records: LINES }
  return Array.from({ length: Math.ceil(lines.length / perLease) }, (_, at) => {
    const first = at * perLease
    const byteStart = Buffer.byteLength(
      lines
        .slice(0, first)
        .map(line => `${line}\n`)
        .join(''),
    )
    return makeLease({
      id: at + 1,
      first,
      end: first + perLease < lines.length ? first + perLease : null,
      data: { type: 'range', input, byteStart, indexAtStart: first, lineAtStart: first + 1 },
    })
  })
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${at}`)

describe('a worker that loads', () => {
  it('reads the leases it is granted, moves every record, and ends when it is told', async () => {
    const bench = startWorker()
    const lines = numbered(20_000)
    for (const lease of leasesOf(lines, 7_000)) bench.grant(lease)
    await bench.until(() => bench.settled.length === lines.length)
    await bench.stop()
    expect(bench.settled.toSorted((a, b) => a - b)).toEqual(lines.map((_, at) => at))
    expect(bench.counted()).toEqual({
      ok: 20_000,
      recordsRead: 20_000,
      recordsSent: 20_000,
      bytesRead: expect.any(Number) as number,
    })
    expect(bench.types()[0]).toBe('ready')
    expect(bench.types().at(-1)).toBe('drained')
    const ends = bench.reports().flatMap(({ leases }) => leases.map(({ id, endIndex }) => [id, endIndex]))
    expect(ends).toContainEqual([3, 20_000])
  })

  it('keeps the lines of a destination that follows its segment', async () => {
    const bench = startWorker({ to: 'jsonl:/tmp/copy.jsonl', key: 'k{index}' })
    for (const lease of leasesOf(['a', ' b ', '"c"'], 3)) bench.grant(lease)
    await bench.until(() => bench.settled.length === 3)
    await bench.stop()
    expect(bench.strings(OUTPUT)).toEqual([
      '{"key":"k0","value":"a"}',
      '{"key":"k1","value":"b"}',
      '{"key":"k2","value":"\\"c\\""}',
    ])
  })

  it('writes to no destination in a dry run, and says what would be wrong', async () => {
    const bench = startWorker({ to: 'redis://127.0.0.1:1/0', dryRun: true, command: 'incrby' })
    for (const lease of leasesOf(['1', 'two', '3'], 3)) bench.grant(lease)
    await bench.until(() => bench.settled.length === 3)
    await bench.stop()
    expect(bench.counted()).toMatchObject({ ok: 2, failed: 1 })
    expect(bench.strings(MESSAGE)).toEqual(['line 2: "two" is no integer of 64 bits'])
    expect(loadDestination).not.toHaveBeenCalled()
  })
})

describe('a worker and its destination', () => {
  let writer: FakeWriter
  let context: WriterContext
  let open: () => Promise<DestinationWriter>

  beforeEach(() => {
    writer = new FakeWriter()
    open = () => Promise.resolve(writer)
    const kind: DestinationKind = {
      kind: 'redis',
      openControl: null,
      openWriter: async (_, given) => {
        context = given
        return await open()
      },
    }
    vi.mocked(loadDestination).mockResolvedValue(kind)
  })

  it('is ready before the destination is, and ends while it is still waited for', async () => {
    const never = Promise.withResolvers<DestinationWriter>()
    open = () => never.promise
    const bench = startWorker()
    for (const lease of leasesOf(['a'], 1)) bench.grant(lease)
    await bench.until(() => bench.types().includes('ready'))
    await bench.stop()
    expect(bench.settled).toEqual([])
    never.resolve(writer)
    await vi.waitFor(() => expect(writer.closes).toBe(1))
  })

  it('tells how long the destination has not been written', async () => {
    const bench = startWorker()
    for (const lease of leasesOf(['a'], 1)) bench.grant(lease)
    await vi.waitFor(() => expect(writer.sent.length).toBe(1))
    const failure = { code: 'E_DEST_DOWN', message: 'connection refused', retryable: true } as const
    context.onStalled(failure, 2_500)
    expect(bench.posted.filter(({ type }) => type === 'stalled')).toEqual([
      { type: 'stalled', failure, sinceMs: 2_500 },
    ])
    writer.settle()
    await bench.until(() => bench.settled.length === 1)
    await bench.stop()
    expect(writer.closes).toBe(1)
  })

  it('asks once to go back, and settles nothing after it', async () => {
    const bench = startWorker()
    for (const lease of leasesOf(['a', 'b'], 2)) bench.grant(lease)
    await vi.waitFor(() => expect(writer.sent.length).toBe(1))
    context.onRewind('the server was started anew')
    context.onRewind('the server was started anew')
    context.onFailed(new JobError('E_DEST_DOWN', 'not the server that was compared'))
    writer.settle()
    await bench.stop(PHASE.abort)
    expect(bench.posted.filter(({ type }) => type === 'rewind')).toEqual([
      { type: 'rewind', reason: 'the server was started anew' },
    ])
    expect([bench.settled, writer.aborts, bench.types().includes('fatal')]).toEqual([[], 1, false])
  })

  it('ends with the reason when the destination cannot be written at all', async () => {
    const bench = startWorker()
    await bench.until(() => bench.types().includes('ready'))
    await vi.waitFor(() => expect(context).toBeDefined())
    context.onFailed(new JobError('E_DEST_DATA', 'the table is gone'))
    await bench.exited.promise
    expect(bench.posted.at(-1)).toEqual({
      type: 'fatal',
      code: 'E_DEST_DATA',
      message: 'the table is gone',
    })
    await bench.stop()
  })

  it('ends with the reason when the destination cannot be opened', async () => {
    open = () => Promise.reject(new JobError('E_CONFIG', '--verify: nothing to compare'))
    const bench = startWorker()
    await bench.exited.promise
    expect(bench.posted.at(-1)).toEqual({
      type: 'fatal',
      code: 'E_CONFIG',
      message: '--verify: nothing to compare',
    })
    await bench.stop()
  })
})
