import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StorageMeter } from '../../../../engine/input/storage-meter.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'interleave-storage-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

function write(path: string, kibibytes: number): void {
  const whole = join(dataDir, path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, Buffer.alloc(kibibytes * 1_024, 'x'))
}

describe('StorageMeter', () => {
  it('adds up what runs take, and nothing else', async () => {
    write('runs/20261122-1/run.db', 64)
    write('runs/20261122-1/segments/000001.seg', 128)
    write('runs/20261122-2/run.db', 64)
    write('uploads/a/b.txt', 1_024)
    write('elsewhere.txt', 1_024)
    symlinkSync(join(dataDir, 'uploads'), join(dataDir, 'runs/20261122-2/link'))
    symlinkSync(join(dataDir, 'runs'), join(dataDir, 'runs/20261122-2/round'))
    const { path, runs, usedBytes, freeBytes } = await new StorageMeter(dataDir, () => 0).measure()
    expect({ path, runs }).toEqual({ path: dataDir, runs: 2 })
    // File systems count in blocks, and some in large ones.
    expect(usedBytes).toBeGreaterThanOrEqual(256 * 1_024)
    expect(usedBytes).toBeLessThan(768 * 1_024)
    expect(freeBytes).toBeGreaterThan(0)
  })

  it('finds nothing where nothing was run yet', async () => {
    expect(await new StorageMeter(dataDir, () => 0).measure()).toMatchObject({ runs: 0, usedBytes: 0 })
  })

  it('tells the same for five seconds, and to all who ask meanwhile', async () => {
    let nowMs = 100
    const meter = new StorageMeter(dataDir, () => nowMs)
    const [one, other] = await Promise.all([meter.measure(), meter.measure()])
    expect(one).toBe(other)
    write('runs/20261122-1/run.db', 64)
    nowMs += 4_999
    expect(await meter.measure()).toBe(one)
    nowMs += 1
    expect((await meter.measure()).runs).toBe(1)
  })
})
