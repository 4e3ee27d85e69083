import { closeSync, constants, openSync, readSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { platform } from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LineWriter } from '../../../../engine/sink/output-file.ts'
import { streamTarget } from '../../../../engine/sink/standard-output.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

/** @returns Both ends of a named pipe, neither of which waits. */
function openPipe(): { reader: number; writer: number } {
  const path = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(writer))
  return { reader, writer }
}

describe('standard output', () => {
  it('waits for a reader that does not keep up, and loses nothing', async () => {
    const { reader, writer } = openPipe()
    const lines = new LineWriter('-', streamTarget(writer), 0)
    const sent = 'a line of some length\n'.repeat(20_000)
    lines.buffer.text(sent)
    const flushing = lines.flush()
    const received: Buffer[] = []
    let length = 0
    while (length < sent.length) {
      const piece = Buffer.alloc(65_536)
      const bytes = readNow(reader, piece)
      received.push(piece.subarray(0, bytes))
      length += bytes
      await new Promise(resolve => setImmediate(resolve))
    }
    await flushing
    closeSync(reader)
    expect(Buffer.concat(received).toString()).toBe(sent)
  })

  it('says so when its reader has left, and keeps what was not taken', async () => {
    const { reader, writer } = openPipe()
    closeSync(reader)
    const lines = new LineWriter('-', streamTarget(writer), 0)
    lines.buffer.text('nobody reads this\n')
    await expect(lines.flush()).rejects.toMatchObject({ code: 'E_DEST_DOWN' })
    expect(lines.bufferedBytes).toBe(18)
  })
})

describe('LineWriter', () => {
  it.runIf(platform === 'linux')('keeps every byte while the disk is full', async () => {
    const full = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(full))
    const lines = new LineWriter('/results.jsonl', streamTarget(full), 0)
    lines.buffer.text('no room for this\n')
    for (const _try of [1, 2])
      await expect(lines.flush()).rejects.toMatchObject({
        code: 'E_DISK_FULL',
        message: 'no space left: 17 bytes are needed to write /results.jsonl; free some and resume',
      })
    expect(lines.bufferedBytes).toBe(17)
  })
})

function readNow(descriptor: number, into: Buffer): number {
  try {
    return readSync(descriptor, into)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EAGAIN') return 0
    throw error
  }
}
