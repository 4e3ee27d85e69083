import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  findSocket,
  liveDirectory,
  makePlace,
  publish,
  removeSocket,
  runsWithSockets,
  type SocketPlace,
} from '../../../../engine/control/live-sockets.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const RUN = '20261122-124556-7f3a9c'
const isRoot = getuid?.() === 0

/** Listens as the owner of a run does. */
async function listen(place: SocketPlace): Promise<void> {
  const boundPath = `${place.path.slice(0, -8)}.b`
  const server = createServer().listen(boundPath)
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  publish(boundPath, place)
}

/** A data folder whose sockets would have names that are too long. */
function deepFolder(): string {
  const folder = join(temporaryDirectory(), 'x'.repeat(90))
  mkdirSync(folder)
  vi.stubEnv('TMPDIR', temporaryDirectory())
  onTestFinished(() => void vi.unstubAllEnvs())
  return folder
}

describe.skipIf(process.platform === 'win32')('sockets of living runs', () => {
  it('lie in a folder of this user alone, and only this user may use them', async () => {
    const dataDir = temporaryDirectory()
    const place = makePlace(dataDir, RUN)
    expect(place).toEqual({ path: join(liveDirectory(dataDir), `${RUN}.sock`), pointer: null })
    await listen(place)
    expect(lstatSync(liveDirectory(dataDir)).mode & 0o777).toBe(0o700)
    expect(lstatSync(place.path).mode & 0o777).toBe(0o600)
    expect(findSocket(dataDir, RUN)).toBe(place.path)
  })

  it('are shut against others again where the folder was opened to them', () => {
    const dataDir = temporaryDirectory()
    mkdirSync(liveDirectory(dataDir))
    chmodSync(liveDirectory(dataDir), 0o755)
    makePlace(dataDir, RUN)
    expect(lstatSync(liveDirectory(dataDir)).mode & 0o777).toBe(0o700)
  })

  it('lie elsewhere under a short name where theirs would be too long, and are found from there', async () => {
    const dataDir = deepFolder()
    const place = makePlace(dataDir, RUN)
    expect(place.path).toMatch(/\/interleave-\d+\/[0-9a-f]{16}\.sock$/)
    expect(Buffer.byteLength(place.path)).toBeLessThanOrEqual(100)
    await listen(place)
    expect(findSocket(dataDir, RUN)).toBe(place.path)
    expect(runsWithSockets(dataDir)).toEqual([RUN])
    expect(makePlace(`${dataDir}y`, RUN).path).not.toBe(place.path)
    removeSocket(dataDir, RUN)
    expect([findSocket(dataDir, RUN), readdirSync(liveDirectory(dataDir))]).toEqual([null, []])
  })

  it('are nobody’s where there is none', () => {
    const dataDir = temporaryDirectory()
    expect(findSocket(dataDir, RUN)).toBeNull()
    expect(runsWithSockets(dataDir)).toEqual([])
    makePlace(dataDir, RUN)
    writeFileSync(join(liveDirectory(dataDir), `${RUN}.sock`), 'a file')
    expect(findSocket(dataDir, RUN)).toBeNull()
  })

  it.each([
    'relative/0123456789abcdef.sock',
    '/tmp/../etc/0123456789abcdef.sock',
    '/var/run/docker.sock',
    '',
  ])('are not looked for where a pointer says %j', target => {
    const dataDir = temporaryDirectory()
    makePlace(dataDir, RUN)
    writeFileSync(join(liveDirectory(dataDir), `${RUN}.at`), target)
    expect(findSocket(dataDir, RUN)).toBeNull()
  })

  it('are not trusted in a folder that others may enter', async () => {
    const dataDir = temporaryDirectory()
    await listen(makePlace(dataDir, RUN))
    chmodSync(liveDirectory(dataDir), 0o770)
    expect(() => findSocket(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_AUTH' }))
  })

  it('are not trusted behind a symbolic link', async () => {
    const dataDir = temporaryDirectory()
    await listen(makePlace(dataDir, RUN))
    renameSync(liveDirectory(dataDir), join(dataDir, 'elsewhere'))
    symlinkSync(join(dataDir, 'elsewhere'), liveDirectory(dataDir))
    expect(() => findSocket(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_AUTH' }))
    expect(() => makePlace(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
  })

  it.skipIf(!isRoot)('are neither trusted nor made in a folder of another user', async () => {
    const dataDir = temporaryDirectory()
    const { path } = makePlace(dataDir, RUN)
    await listen({ path, pointer: null })
    chownSync(liveDirectory(dataDir), 65_534, 65_534)
    expect(() => findSocket(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_AUTH' }))
    expect(() => makePlace(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    chownSync(liveDirectory(dataDir), 0, 0)
    chownSync(path, 65_534, 65_534)
    expect(findSocket(dataDir, RUN)).toBeNull()
  })

  it.skipIf(!isRoot)(
    'under a short name are not trusted in a folder that another user made before',
    async () => {
      const dataDir = deepFolder()
      const place = makePlace(dataDir, RUN)
      await listen(place)
      chownSync(join(place.path, '..'), 65_534, 65_534)
      expect(() => findSocket(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_AUTH' }))
      expect(() => makePlace(dataDir, RUN)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    },
  )
})
