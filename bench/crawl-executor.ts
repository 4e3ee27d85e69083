/**
 * Microseconds per page of the crawl executor against a bare undici dispatch loop, alternating in one process.
 *
 * `node bench/crawl-executor.ts [url] [pages] [in flight]`: without a URL a small server is started on another thread.
 */
import { Worker } from 'node:worker_threads'
import { Pool } from 'undici'
import { crawlExecutor } from '../engine/executor/crawl.ts'
import { nowMs } from '../engine/worker/clock.ts'
import { Lane } from '../engine/worker/lane.ts'
import { makeCounters } from '../shared/model/counters.ts'
import { crawlFields, type CrawlOptions } from '../shared/model/fields/crawl.ts'
import { CRAWL_LAYOUT } from '../shared/model/record-layout.ts'

const SERVER = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const answer = Buffer.from('HTTP/1.1 200 OK\\r\\nServer: bench\\r\\nDate: Mon, 02 Nov 2026 10:00:00 GMT\\r\\nContent-Type: text/html\\r\\nContent-Length: 1024\\r\\nLast-Modified: Mon, 02 Nov 2026 10:00:00 GMT\\r\\nConnection: keep-alive\\r\\nETag: "abc"\\r\\nAccept-Ranges: bytes\\r\\n\\r\\n' + 'x'.repeat(1024))
createServer(socket => { socket.setNoDelay(true); socket.on('data', () => socket.write(answer)); socket.on('error', () => {}) })
  .listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })
`

async function main(): Promise<void> {
  const [url, pages = '50000', inFlight = '64'] = process.argv.slice(2)
  const server = url === undefined ? new Worker(SERVER, { eval: true }) : null
  const port = server === null ? 0 : await new Promise<number>(resolve => server.once('message', resolve))
  const base = url ?? `http://127.0.0.1:${port}/`
  const urls = Array.from({ length: Number(pages) }, (_, at) => `${base}?n=${at}`)
  const lanes = Number(inFlight)
  const results: Record<string, number[]> = { bare: [], executor: [] }
  for (let round = 0; round < 6; round += 1) {
    for (const [name, run] of [
      ['bare', bare],
      ['executor', throughExecutor],
    ] as const) {
      const cpu = process.cpuUsage()
      const start = performance.now()
      await run(urls, lanes)
      const wallUs = ((performance.now() - start) * 1_000) / urls.length
      const { user, system } = process.cpuUsage(cpu)
      const cpuUs = (user + system) / urls.length
      if (round > 0) results[name]!.push(wallUs)
      process.stdout.write(`${name.padEnd(9)} ${wallUs.toFixed(1)} µs a page, cpu ${cpuUs.toFixed(1)} µs\n`)
    }
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!
  const ratio = median(results['bare']!) / median(results['executor']!)
  process.stdout.write(`executor / bare: ${ratio.toFixed(2)} of its throughput\n`)
  await server?.terminate()
}

function bare(urls: readonly string[], lanes: number): Promise<void> {
  const { origin } = new URL(urls[0]!)
  const pool = new Pool(origin, { connections: lanes, allowH2: false, headersTimeout: 0, bodyTimeout: 0 })
  return new Promise((resolve, reject) => {
    let next = 0
    let open = 0
    const start = () => {
      const at = next++
      if (at >= urls.length) {
        if (open === 0) void pool.destroy().then(resolve)
        return
      }
      open += 1
      let bytes = 0
      pool.dispatch(
        { path: urls[at]!.slice(origin.length), method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, chunk) => void (bytes += chunk.length),
          onResponseEnd: () => {
            open -= 1
            start()
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    }
    for (let lane = 0; lane < lanes; lane += 1) start()
  })
}

function throughExecutor(urls: readonly string[], lanes: number): Promise<void> {
  const options = {
    ...Object.fromEntries(Object.entries(crawlFields).map(([key, field]) => [key, field.default])),
    extract: (process.env['EXTRACT'] ?? '').split(',').filter(name => name !== ''),
  } as unknown as CrawlOptions
  const executor = crawlExecutor.make(options, {
    nowMs,
    counters: makeCounters(),
    enterHost: (_host, start) => {
      start()
      return () => undefined
    },
    leaveHost: () => undefined,
    holdHost: () => undefined,
  })
  return new Promise((resolve, reject) => {
    let next = 0
    let open = 0
    const start = (lane: Lane) => {
      const at = next++
      if (at >= urls.length) {
        if (open === 0) void executor.close().then(resolve)
        return
      }
      open += 1
      lane.reset()
      lane.index = at
      lane.input = urls[at]!
      lane.attempt = 1
      lane.queuedAtMs = lane.startedAtMs = nowMs()
      executor.gateOf(lane.input)
      executor.start(lane)
    }
    const settled = (lane: Lane) => {
      open -= 1
      if (lane.strings[0] !== null) reject(new Error(lane.strings[0]))
      else start(lane)
    }
    for (let number = 0; number < lanes; number += 1) start(new Lane(number, CRAWL_LAYOUT, settled))
  })
}

await main()
