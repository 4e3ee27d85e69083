import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { getuid, platform } from 'node:process'
import { JobError } from '../../shared/model/error.ts'
import { isMissing } from '../journal/storage-error.ts'

/** Longest path of a UNIX socket that every system takes. */
const PATH_BYTES = 100
const SOCKET = '.sock'
/** A file that holds the path of a socket whose own place has too long a name. */
const POINTER = '.at'
const SHORT_NAME = /^[0-9a-f]{16}\.sock$/

/** Where a living run listens. */
export interface SocketPlace {
  readonly path: string
  /** File in the data folder that leads to `path`; `null` when the socket is there itself, or is a named pipe. */
  readonly pointer: string | null
}

export const liveDirectory = (dataDir: string): string => join(dataDir, 'live')

/**
 * @returns Where the owner of a run is to listen; its directory is there and belongs to this user alone.
 * @throws JobError `E_CONFIG` when there is no such place.
 */
export function makePlace(dataDir: string, runId: string): SocketPlace {
  if (platform === 'win32') return { path: pipeOf(dataDir, runId), pointer: null }
  const live = liveDirectory(dataDir)
  makePrivate(live)
  const direct = join(live, `${runId}${SOCKET}`)
  if (Buffer.byteLength(direct) <= PATH_BYTES) return { path: direct, pointer: null }
  const short = join(tmpdir(), `interleave-${getuid?.()}`)
  const path = join(short, `${hashOf(dataDir, runId)}${SOCKET}`)
  if (Buffer.byteLength(path) > PATH_BYTES)
    throw new JobError('E_CONFIG', `${path} is too long a name for a socket; set TMPDIR to a shorter one`)
  makePrivate(short)
  return { path, pointer: join(live, `${runId}${POINTER}`) }
}

/** Names the socket that listens at `boundPath` as the run's, in one step: whoever looks finds the old one or this. */
export function publish(boundPath: string, { path, pointer }: SocketPlace): void {
  chmodSync(boundPath, 0o600)
  renameSync(boundPath, path)
  if (pointer === null) return
  writeFileSync(`${pointer}.tmp`, path, { mode: 0o600 })
  renameSync(`${pointer}.tmp`, pointer)
}

/**
 * @returns The path under which the run's owner may listen; `null` when nobody can.
 * @throws JobError `E_AUTH` when the place does not belong to this user alone.
 */
export function findSocket(dataDir: string, runId: string): string | null {
  if (platform === 'win32') return pipeOf(dataDir, runId)
  const live = liveDirectory(dataDir)
  const direct = join(live, `${runId}${SOCKET}`)
  if (isSocket(direct)) {
    assertPrivate(live)
    return direct
  }
  const path = readPointer(join(live, `${runId}${POINTER}`))
  if (path === null) return null
  assertPrivate(live)
  if (!isSocket(path)) return null
  assertPrivate(dirname(path))
  return path
}

/** @returns Ids of the runs that have, or had, a socket. */
export function runsWithSockets(dataDir: string): string[] {
  try {
    const names = readdirSync(liveDirectory(dataDir))
    const found = names.flatMap(name =>
      [SOCKET, POINTER].flatMap(ending => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])),
    )
    return [...new Set(found)]
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Removes what leads to a run's socket. Nobody may own the run. */
export function removeSocket(dataDir: string, runId: string): void {
  const live = liveDirectory(dataDir)
  const pointer = join(live, `${runId}${POINTER}`)
  const path = readPointer(pointer)
  if (path !== null && isSocket(path)) rmSync(path, { force: true })
  rmSync(pointer, { force: true })
  rmSync(join(live, `${runId}${SOCKET}`), { force: true })
}

/** @returns What tells one socket of a path from the next one; `null` when there is none. */
export const inodeOf = (path: string): number | null =>
  lstatSync(path, { throwIfNoEntry: false })?.ino ?? null

/** Makes a directory that nobody else can enter. @throws JobError `E_CONFIG` when somebody else owns it. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const { uid, mode, isDirectory } = lookAt(directory)
  if (!isDirectory || uid !== getuid?.())
    throw new JobError('E_CONFIG', `${directory} is not a folder of this user`)
  if ((mode & 0o077) !== 0) chmodSync(directory, 0o700)
}

function assertPrivate(directory: string): void {
  const { uid, mode, isDirectory } = lookAt(directory)
  if (isDirectory && uid === getuid?.() && (mode & 0o077) === 0) return
  throw new JobError('E_AUTH', `${directory} must belong to this user alone; nothing there is trusted`)
}

/** A symbolic link is none of ours. */
function lookAt(directory: string): { uid: number; mode: number; isDirectory: boolean } {
  const found = lstatSync(directory)
  return { uid: found.uid, mode: found.mode, isDirectory: found.isDirectory() }
}

function isSocket(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.isSocket() && found.uid === getuid?.()
}

function readPointer(pointer: string): string | null {
  try {
    const path = readFileSync(pointer, 'utf8').slice(0, PATH_BYTES)
    return isAbsolute(path) && resolve(path) === path && SHORT_NAME.test(basename(path)) ? path : null
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const pipeOf = (dataDir: string, runId: string): string => `\\\\.\\pipe\\interleave-${hashOf(dataDir, runId)}`

const hashOf = (dataDir: string, runId: string): string =>
  createHash('sha256')
    .update(`${resolve(dataDir)}\0${runId}`)
    .digest('hex')
    .slice(0, 16)
