import { describe, expect, it } from 'vitest'
import type { DestinationControl, DestinationKind } from '../../engine/destination/destination.ts'
import { dryRunOf } from '../../engine/destination/dry-run.ts'
import type { LoadOptions } from '../../shared/model/fields/load.ts'
import { NO_SECRETS } from '../../shared/model/job.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { makeLoadOptions } from '../support/engine/load-records.ts'
import { RecordLoader } from '../support/load/record-loader.ts'

export interface DestinationProbe {
  readonly kind: DestinationKind
  /** @returns A destination with nothing in it, gone after the test. */
  readonly make: () => Promise<MadeDestination>
  /** Options under which {@link MadeDestination.spoil} has an effect; absent where a destination takes every record. */
  readonly spoiled?: Partial<LoadOptions>
}

interface MadeDestination {
  readonly to: string
  /** Makes what stands in the way of the record of task 1 when it is loaded. */
  readonly spoil?: () => Promise<void>
  /**
   * @param outputs What the workers kept for a destination that follows their segments.
   * @returns Values by key, and nothing else but what a run keeps for itself; `null` where nothing is kept.
   */
  readonly read: (outputs: readonly string[]) => Promise<Record<string, string> | null>
}

const texts = (from: number, end: number): string[] =>
  Array.from({ length: end - from }, (_, at) => `value ${from + at}`)

const expected = (end: number): Record<string, string> =>
  Object.fromEntries(texts(0, end).map((text, index) => [String(index), text]))

/** What every destination of a load must do. */
export function describeDestination(name: string, { kind, make, spoiled }: DestinationProbe): void {
  /** A run whose destination has begun, with one worker. */
  async function begin(given: Partial<LoadOptions> = {}) {
    const made = await make()
    const request = {
      runId: 'run-1',
      options: makeLoadOptions({ to: made.to, ...given }),
      pass: 'write' as const,
      secrets: NO_SECRETS,
    }
    const control = kind.openControl === null ? null : await kind.openControl(request)
    const identity = (await control?.begin()) ?? null
    const open = (segment = 1) => RecordLoader.open(kind, request, segment)
    const spans = async () => (await control?.reconcile(identity))?.spans ?? null
    return { made, request, control, open, spans }
  }

  const finish = async (control: DestinationControl | null): Promise<void> => {
    await control?.end()
    await control?.close()
  }

  describe(`destination ${name}`, () => {
    it('settles batches in their order, when their records and their position are there', async () => {
      const { made, control, open, spans } = await begin()
      await using loader = await open()
      await loader.openLease(0)
      for (let at = 0; at < 10; at += 1) loader.send(texts(at * 10, at * 10 + 10))
      await loader.done()
      expect(loader.ended.map(({ from, next, ending }) => [from, next, ending])).toEqual(
        Array.from({ length: 10 }, (_, at) => [at * 10, at * 10 + 10, 'settled']),
      )
      if (control !== null) expect(await spans()).toEqual([{ first: 0, step: 1, next: 100 }])
      const held = await made.read(loader.outputs)
      if (held !== null) expect(held).toEqual(expected(100))
      await finish(control)
    })

    it('keeps leases with gaps, and several of them, apart', async () => {
      const { made, control, open, spans } = await begin()
      await using loader = await open()
      for (const first of [0, 1]) {
        await loader.openLease(first, { step: 2 })
        loader.send(texts(0, 6).filter((_, index) => index % 2 === first))
        await loader.done()
      }
      if (control !== null)
        expect((await spans())!.toSorted((a, b) => a.first - b.first)).toEqual([
          { first: 0, step: 2, next: 5 },
          { first: 1, step: 2, next: 6 },
        ])
      const held = await made.read(loader.outputs)
      if (held !== null) expect(held).toEqual(expected(6))
      await finish(control)
    })

    it('refuses a record that does not fill its templates, and keeps nothing of it', async () => {
      const { made, control, open } = await begin({ key: '{index}{field:x}', value: '{line}' })
      await using loader = await open()
      await loader.openLease(0)
      const before = loader.writer.openBytes
      loader.send(['no field'])
      await loader.done()
      const isKept = (await made.read(loader.outputs)) !== null
      if (isKept) expect(loader.refused).toEqual({ 0: 'E_SCHEMA' })
      expect([loader.writer.openBytes, loader.ended.length]).toEqual([before, 1])
      await finish(control)
    })

    it('moves its position over records that were all refused before', async () => {
      const { made, control, open, spans } = await begin()
      await using loader = await open()
      await loader.openLease(0)
      loader.send(texts(0, 3))
      loader.send([])
      await loader.done()
      expect(loader.ended.map(({ ending }) => ending)).toEqual(['settled', 'settled'])
      if (control !== null) expect(await spans()).toEqual([{ first: 0, step: 1, next: 3 }])
      const held = await made.read(loader.outputs)
      if (held !== null) expect(held).toEqual(expected(3))
      await finish(control)
    })

    if (spoiled !== undefined)
      it('names the record that the destination refused, and takes all others', async () => {
        const { made, control, open } = await begin(spoiled)
        await made.spoil!()
        await using loader = await open()
        await loader.openLease(0)
        loader.send(texts(0, 5))
        await loader.done()
        expect(loader.ended).toEqual([
          { from: 0, next: 5, ending: 'settled', failures: { 1: 'E_DEST_DATA' } },
        ])
        await finish(control)
      })

    it('ends every batch soon when it is told to give up, and the next worker makes it whole', async () => {
      const { made, control, open } = await begin()
      const outputs: string[] = []
      {
        await using loader = await open(1)
        await loader.openLease(0)
        loader.send(texts(0, 500))
        await loader.done()
        for (let at = 1; at < 6; at += 1) loader.send(texts(at * 500, at * 500 + 500))
        loader.writer.abort()
        await loader.done()
        expect(loader.ended.length).toBe(6)
        outputs.push(...loader.outputs)
      }
      await using next = await open(2)
      // A destination that cannot say what it holds follows what settled: that is where the next lease begins then.
      const from = control === null ? outputs.length : 0
      const applied = await next.openLease(from, { living: [] })
      if (control !== null && applied !== null) expect(applied.isApplied(499)).toBe(true)
      next.send(texts(from, 3_000))
      await next.done()
      const held = await made.read([...outputs, ...next.outputs])
      if (held !== null) expect(held).toEqual(expected(3_000))
      await finish(control)
    })

    it('writes nothing in a dry run, but says what is wrong with a record', async () => {
      const made = await make()
      const before = await made.read([])
      const { target } = parseTarget(made.to)
      const options = makeLoadOptions({ to: made.to, dryRun: true, key: '{field:x}', value: '{line}' })
      await using loader = await RecordLoader.open(dryRunOf(target), {
        runId: 'run-1',
        options,
        pass: 'write',
        secrets: NO_SECRETS,
      })
      await loader.openLease(0)
      loader.send(texts(0, 3))
      await loader.done()
      expect([loader.refused, loader.outputs]).toEqual([{ 0: 'E_SCHEMA', 1: 'E_SCHEMA', 2: 'E_SCHEMA' }, []])
      expect(loader.ended.map(({ ending }) => ending)).toEqual(['settled'])
      expect(await made.read([])).toEqual(before)
    })

    it('leaves nothing but the records when the run ends, also when that is said twice', async () => {
      const { made, control, open } = await begin()
      await using loader = await open()
      await loader.openLease(0)
      loader.send(texts(0, 3))
      await loader.done()
      await loader.writer.close()
      await control?.end()
      await finish(control)
      const held = await made.read(loader.outputs)
      if (held !== null) expect(held).toEqual(expected(3))
    })
  })
}
