import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { findSocket, liveDirectory } from '../../../../engine/control/live-sockets.ts'
import { Owners } from '../../../../engine/control/owners.ts'
import type { RunDoor } from '../../../../engine/control/run-door.ts'
import { RunListener } from '../../../../engine/control/run-listener.ts'
import { SocketWire } from '../../../../engine/control/socket-wire.ts'
import { connect } from '../../../../shared/contract/connect.ts'
import type { Client, RunPush, StreamPort } from '../../../../shared/contract/contract.ts'
import { makeRunTick } from '../../../support/engine/run-tick.ts'
import { pushAt } from '../../../support/contract/handlers.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const RUN = 'run-1'

/** A run whose door only notes what is asked of it. */
function fakeDoor() {
  const followers: StreamPort<RunPush>[] = []
  const door = {
    stop: vi.fn<RunDoor['stop']>().mockResolvedValue(undefined),
    setPaused: vi.fn<RunDoor['setPaused']>().mockResolvedValue(undefined),
    tune: vi.fn<RunDoor['tune']>().mockResolvedValue(undefined),
    readSpans: vi
      .fn<RunDoor['readSpans']>()
      .mockResolvedValue({ next: 3, dropped: 0, spans: Float64Array.of(1, 2) }),
    follow: (_: number, port: StreamPort<RunPush>) => void followers.push(port),
  }
  return { door, followers }
}

async function listening() {
  const dataDir = temporaryDirectory()
  const { door, followers } = fakeDoor()
  const listener = await RunListener.open(dataDir, RUN, () => door)
  let isClosed = false
  const close = async (): Promise<void> => {
    if (!isClosed) await listener.close()
    isClosed = true
  }
  const owners = new Owners(dataDir)
  onTestFinished(async () => {
    await owners.close()
    await close()
  })
  const follower = (): Promise<StreamPort<RunPush>> =>
    vi.waitUntil(() => followers.at(-1), { timeout: 5_000 })
  return { dataDir, door, follower, owners, close }
}

/** Connects as any process of this user could. */
async function rawSocket(dataDir: string): Promise<Socket> {
  const socket = connectSocket(findSocket(dataDir, RUN)!)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function client(dataDir: string): Promise<Client> {
  const connected = connect(new SocketWire(await rawSocket(dataDir)))
  onTestFinished(() => connected.close())
  return connected
}

const tickPush = (cursor: number): RunPush => ({
  cursor,
  elapsedMs: cursor,
  event: { type: 'tick', tick: makeRunTick({ runId: 'x'.repeat(200), elapsedMs: cursor }) },
})

describe('a living run', () => {
  it('is steered and watched by way of its socket', async () => {
    const { door, follower, owners } = await listening()
    const there = (await owners.doorTo(RUN))!
    await there.stop(2)
    await there.setPaused(true)
    await there.tune({ inFlight: 7, ratePerSec: null })
    expect(await there.readSpans(1)).toEqual({ next: 3, dropped: 0, spans: Float64Array.of(1, 2) })
    expect([door.stop.mock.calls, door.setPaused.mock.calls]).toEqual([[[2]], [[true]]])
    expect([door.tune.mock.calls, door.readSpans.mock.calls]).toEqual([
      [[{ inFlight: 7, ratePerSec: null }]],
      [[1]],
    ])

    const pushes: number[] = []
    const ended = new Promise<void>(resolve => {
      const port = {
        push: (push: RunPush) => pushes.push(push.cursor),
        end: resolve,
        onClosed: () => undefined,
      }
      there.follow(0, port as unknown as StreamPort<RunPush>, () => undefined)
    })
    const host = await follower()
    host.push(pushAt(1))
    host.push(pushAt(2))
    host.end()
    await ended
    expect(pushes).toEqual([1, 2])
  })

  it('answers nothing else, and nothing about other runs', async () => {
    const { dataDir, door } = await listening()
    const view = await client(dataDir)
    for (const name of [
      'runs.list',
      'settings.get',
      'host.storage',
      'host.inspect',
      'sessions.list',
    ] as const)
      await expect(view.call(name, {})).rejects.toMatchObject({ code: 'E_AUTH' })
    await expect(view.call('runs.delete', { runId: RUN })).rejects.toMatchObject({ code: 'E_AUTH' })
    await expect(view.call('run.stop', { runId: 'run-2', phase: 4 })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
    await expect(view.call('run.stop', { runId: RUN, phase: 9 as 4 })).rejects.toMatchObject({
      code: 'E_IPC_SCHEMA',
    })
    expect(door.stop).not.toHaveBeenCalled()
    const ended = await new Promise<Error | null>(resolve =>
      view.on('runs.watch', {}, () => undefined, resolve),
    )
    expect(ended).toMatchObject({ code: 'E_AUTH' })
  })

  it.each([
    ['noise', () => randomBytes(2 ** 20)],
    ['zeros', () => Buffer.alloc(2 ** 20)],
    ['frames of noise', () => framesOf(8_000, 128)],
    ['a frame that never ends', () => Buffer.concat([Buffer.from([0, 0, 2, 0]), Buffer.alloc(100_000)])],
  ])('is not disturbed by a megabyte of junk: %s', async (_, junk) => {
    const { dataDir, owners, door } = await listening()
    const socket = await rawSocket(dataDir)
    const closed = new Promise(resolve => socket.once('close', resolve))
    socket.write(junk())
    await (await owners.doorTo(RUN))!.setPaused(true)
    expect(door.setPaused).toHaveBeenCalledOnce()
    socket.end()
    socket.resume()
    await closed
  })

  it('is not slowed by a view that never reads, which gets the newest tick when it does', async () => {
    const { dataDir, follower, owners, door } = await listening()
    const socket = await rawSocket(dataDir)
    const wire = new SocketWire(socket)
    const view = connect(wire)
    const seen: number[] = []
    view.on('run.events', { runId: RUN, cursor: 0 }, push => seen.push(push.cursor))
    const port = await follower()
    socket.pause()
    const rssBefore = process.memoryUsage().rss
    const COUNT = 100_000
    for (let at = 1; at <= COUNT; at += 1) {
      port.push(tickPush(at), 'tick')
      if (at % 10_000 === 0) await new Promise(setImmediate)
    }
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(100 * 2 ** 20)
    await (await owners.doorTo(RUN))!.setPaused(true)
    expect(door.setPaused).toHaveBeenCalledOnce()

    socket.resume()
    await vi.waitUntil(() => seen.at(-1) === COUNT, { timeout: 10_000 })
    expect(seen.length).toBeLessThan(COUNT / 2)
    view.close()
  })

  it('takes so many connections and no more', async () => {
    const { dataDir, owners, door } = await listening()
    const sockets = await Promise.all(Array.from({ length: 40 }, () => rawSocket(dataDir)))
    // Those beyond are closed again at once.
    await vi.waitUntil(() => sockets.filter(socket => socket.destroyed || socket.readableEnded).length >= 8, {
      timeout: 5_000,
      interval: 10,
    })
    for (const socket of sockets) socket.destroy()
    await vi.waitFor(async () => (await owners.doorTo(RUN))!.setPaused(true), { timeout: 5_000 })
    expect(door.setPaused).toHaveBeenCalled()
  })

  it('leaves nothing behind, and followers are told what was pushed before', async () => {
    const { dataDir, follower, close, owners } = await listening()
    const view = await client(dataDir)
    const seen: number[] = []
    const ended = new Promise<Error | null>(resolve =>
      view.on('run.events', { runId: RUN, cursor: 0 }, push => seen.push(push.cursor), resolve),
    )
    const port = await follower()
    port.push(pushAt(1))
    await close()
    expect(await ended).toMatchObject({ code: 'E_CANCELLED' })
    expect(seen).toEqual([1])
    expect(readdirSync(liveDirectory(dataDir))).toEqual([])
    expect(await owners.doorTo(RUN)).toBeNull()
  })

  it('leaves the socket of whoever goes on with it', async () => {
    const { dataDir, close } = await listening()
    const { door } = fakeDoor()
    const next = await RunListener.open(dataDir, RUN, () => door)
    await close()
    const owners = new Owners(dataDir)
    await (await owners.doorTo(RUN))!.setPaused(false)
    expect(door.setPaused).toHaveBeenCalledOnce()
    await owners.close()
    await next.close()
    expect(readdirSync(liveDirectory(dataDir))).toEqual([])
  })

  it('is told of as gone by those who were connected', async () => {
    const { owners, close, door } = await listening()
    const there = (await owners.doorTo(RUN))!
    const never = Promise.withResolvers<void>()
    door.tune.mockReturnValue(never.promise)
    const tuned = there.tune({ inFlight: 1 }).catch((error: unknown) => error)
    const lost = new Promise<number>(resolve => {
      const port = { push: () => undefined, onClosed: () => undefined }
      there.follow(5, port as unknown as StreamPort<RunPush>, resolve)
    })
    await vi.waitUntil(() => door.tune.mock.calls.length > 0)
    await close()
    expect(await tuned).toMatchObject({ code: 'E_NOT_FOUND' })
    expect(await lost).toBe(5)
    never.resolve()
  })
})

/** Frames with the right lengths and nothing right in them. */
function framesOf(count: number, bytes: number): Buffer {
  const frames = randomBytes(count * (bytes + 4))
  for (let at = 0; at < frames.length; at += bytes + 4) frames.writeUInt32LE(bytes, at)
  return frames
}
