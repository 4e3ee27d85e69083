import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RunLock, whileUnlocked } from '../../../../engine/journal/lock.ts'
import { runPaths, type RunPaths } from '../../../../engine/journal/run-paths.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

function emptyRun(): RunPaths {
  const paths = runPaths(temporaryDirectory(), 'run-1')
  mkdirSync(paths.directory, { recursive: true })
  return paths
}

describe('RunLock', () => {
  it('has one owner at a time and names it to the others', () => {
    const paths = emptyRun()
    using _lock = RunLock.acquire(paths)
    const refusal = { code: 'E_LOCKED', message: expect.stringContaining(`in use by process ${process.pid}`) }
    expect(() => RunLock.acquire(paths)).toThrow(expect.objectContaining(refusal))
  })

  it('is free again when it is released', () => {
    const paths = emptyRun()
    RunLock.acquire(paths).release()
    using _lock = RunLock.acquire(paths)
    expect(whileUnlocked(paths, isOwned => isOwned)).toBe(true)
  })

  it('shows who looks whether it is owned, without becoming an owner', () => {
    const paths = emptyRun()
    expect(whileUnlocked(paths, isOwned => isOwned)).toBe(false)
    RunLock.acquire(paths).release()
    const seen = whileUnlocked(paths, outer => [outer, whileUnlocked(paths, inner => inner)])
    expect(seen).toEqual([false, false])
  })

  it('keeps new owners out while somebody looks', () => {
    const paths = emptyRun()
    RunLock.acquire(paths).release()
    whileUnlocked(paths, () => {
      expect(() => RunLock.acquire(paths)).toThrow(expect.objectContaining({ code: 'E_LOCKED' }))
    })
  })
})
