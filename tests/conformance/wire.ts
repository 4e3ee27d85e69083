import { afterEach, describe, expect, it } from 'vitest'

import { connect } from '../../shared/contract/connect.ts'
import { serve } from '../../shared/contract/serve.ts'
import { FRAME_BYTES, type Wire } from '../../shared/contract/wire.ts'
import { makeHandlers, pushAt } from '../support/contract/handlers.ts'

export interface WirePair {
  /** The end of the host and the end of the view, open. */
  readonly host: Wire
  readonly view: Wire
  /** Frees what carries the wires. */
  dispose(): Promise<void>
}

const bytes = (length: number, seed = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 256)

/** @returns A promise of the first `count` frames, and of the moment when the wire closes. */
function listen(wire: Wire, count: number) {
  const frames: Uint8Array[] = []
  const arrived = Promise.withResolvers<readonly Uint8Array[]>()
  wire.onFrame(frame => {
    frames.push(frame)
    if (frames.length === count) arrived.resolve(frames)
  })
  return { frames, arrived: arrived.promise }
}

const closing = (wire: Wire): Promise<void> => new Promise(resolve => wire.onClose(resolve))

/** What every wire must do, whatever carries it. */
export function describeWire(name: string, makePair: () => Promise<WirePair>): void {
  describe(`the ${name} wire`, () => {
    const opened: WirePair[] = []
    const open = async (): Promise<WirePair> => {
      const pair = await makePair()
      opened.push(pair)
      return pair
    }
    afterEach(async () => {
      for (const pair of opened.splice(0)) {
        pair.host.close()
        pair.view.close()
        await pair.dispose()
      }
    })

    it('delivers frames whole and in order, in both directions at once', async () => {
      const { host, view } = await open()
      const toView = listen(view, 50)
      const toHost = listen(host, 50)
      const sent = Array.from({ length: 50 }, (_, at) => bytes(1 + at * 97, at))
      for (const frame of sent) {
        host.send(frame)
        view.send(frame)
      }
      expect((await toView.arrived).map(frame => Uint8Array.from(frame))).toEqual(sent)
      expect((await toHost.arrived).map(frame => Uint8Array.from(frame))).toEqual(sent)
    })

    it('carries the longest frame', async () => {
      const { host, view } = await open()
      const { arrived } = listen(view, 1)
      const longest = bytes(FRAME_BYTES)
      host.send(longest)
      const [frame] = await arrived
      expect(Buffer.compare(frame!, longest)).toBe(0)
    })

    it('never delivers before send or onFrame has returned', async () => {
      const { host, view } = await open()
      let isInside = true
      const arrived = new Promise<boolean>(resolve => view.onFrame(() => resolve(isInside)))
      host.send(bytes(3))
      isInside = false
      expect(await arrived).toBe(false)
    })

    it('keeps frames that arrive before anybody listens', async () => {
      const { host, view } = await open()
      const { arrived: answered } = listen(host, 1)
      host.send(bytes(3, 1))
      host.send(bytes(3, 2))
      // The answer proves that the carrier had time to deliver to an end without a listener.
      view.send(bytes(1))
      await answered
      expect(await listen(view, 2).arrived).toEqual([bytes(3, 1), bytes(3, 2)])
    })

    it('copies: what the sender or the receiver does to the bytes afterwards is its own affair', async () => {
      const { host, view } = await open()
      const { arrived } = listen(view, 2)
      const buffer = bytes(8)
      host.send(buffer)
      buffer.fill(255)
      host.send(buffer.subarray(2, 4))
      const [first, second] = await arrived
      first!.fill(1)
      expect([Uint8Array.from(second!), buffer]).toEqual([
        Uint8Array.of(255, 255),
        new Uint8Array(8).fill(255),
      ])
    })

    it('delivers what was sent before closing, then tells both ends once', async () => {
      const { host, view } = await open()
      const { frames } = listen(view, 3)
      let closes = 0
      for (const wire of [host, view]) wire.onClose(() => (closes += 1))
      const isClosed = Promise.all([closing(host), closing(view)])
      for (const seed of [1, 2, 3]) host.send(bytes(5, seed))
      host.close()
      host.close()
      await isClosed
      view.close()
      expect(frames.map(frame => Uint8Array.from(frame))).toEqual([1, 2, 3].map(seed => bytes(5, seed)))
      expect(closes).toBe(2)
    })

    it('tells a listener that comes after the closing', async () => {
      const { host, view } = await open()
      const isClosed = closing(view)
      host.close()
      await isClosed
      await closing(view)
      await closing(host)
    })

    it('does nothing with frames sent after the closing', async () => {
      const { host, view } = await open()
      const { frames } = listen(view, 1)
      const isClosed = Promise.all([closing(host), closing(view)])
      host.close()
      host.send(bytes(3))
      await isClosed
      view.send(bytes(3))
      expect(frames).toEqual([])
    })

    it('has nothing buffered once everything has arrived', async () => {
      const { host, view } = await open()
      const { arrived } = listen(view, 20)
      for (let at = 0; at < 20; at += 1) host.send(bytes(FRAME_BYTES))
      expect(host.bufferedBytes).toBeGreaterThanOrEqual(0)
      await arrived
      const { arrived: answered } = listen(host, 1)
      view.send(bytes(1))
      await answered
      expect(host.bufferedBytes).toBe(0)
    })

    it('carries the contract: calls, long answers and streams', async () => {
      const { host, view } = await open()
      const spans = Float64Array.from({ length: 40_960 }, (_, at) => at)
      serve(
        makeHandlers({
          'run.spans': async ({ from }) => ({ next: from + 1, dropped: 0, spans }),
          'run.events': ({ cursor }, port) => {
            for (let at = cursor + 1; at <= cursor + 100; at += 1) port.push(pushAt(at))
            port.end()
          },
        }),
        host,
      )
      const client = connect(view)
      const cursors: number[] = []
      const ended = new Promise(resolve =>
        client.on('run.events', { runId: 'a', cursor: 0 }, push => cursors.push(push.cursor), resolve),
      )
      expect(await client.call('run.spans', { runId: 'a', from: 1 })).toEqual({ next: 2, dropped: 0, spans })
      expect(await ended).toBe(null)
      expect(cursors).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
      client.close()
      await Promise.all([closing(host), closing(view)])
    })
  })
}
