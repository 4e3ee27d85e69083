import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setupOf } from '../../support/source/read-inputs.ts'
import { useTemporaryFolder } from '../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()
const entry = pathToFileURL(resolve('headless/entries/reader.ts')).href

/** A process whose reader runs in a thread, as in the product: it prints every message and ends with the thread. */
const program = (): string => {
  const path = join(folder.path, 'host.mjs')
  writeFileSync(
    path,
    `import { Worker } from 'node:worker_threads'
     const reader = new Worker(new URL(${JSON.stringify(entry)}))
     reader.on('message', message => {
       if (message.type !== 'progress') console.log(JSON.stringify({ type: message.type, count: message.count, total: message.total }))
       if (process.argv[2] === 'stop' && message.type === 'batch') reader.postMessage({ type: 'stop' })
     })
     reader.postMessage({ type: 'setup', setup: ${JSON.stringify(setupOf(['-']))} })
     reader.postMessage({ type: 'credit', records: 1000 })`,
  )
  return path
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [program(), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | null>(done => child.once('close', done))
  return {
    child,
    ended,
    types: () =>
      output
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as object),
  }
}

describe('standard input in a thread', () => {
  it('is read to its end from a pipe', async () => {
    const { child, ended, types } = start()
    child.stdin.end('http://a/\nhttp://b/\n')
    expect(await ended).toBe(0)
    expect(types()).toEqual([{ type: 'input' }, { type: 'batch', count: 2 }, { type: 'end', total: 2 }])
  })

  it('lets the process end while the pipe stays open', async () => {
    const { child, ended } = start('stop')
    child.stdin.write('http://a/\n')
    expect(await ended).toBe(0)
    child.stdin.destroy()
  })
})
