// Fetches every URL of a list over one pool by undici's dispatch, and keeps for each URL: status, headers, body
// bytes, start, first byte and end. No retries, no limits, no files: the ceiling of the client that Interleave uses.
//   node undici-dispatch.mjs list.txt IN_FLIGHT
import { readFileSync } from 'node:fs'
import { Pool } from 'undici'

const urls = readFileSync(process.argv[2] ?? '', 'utf8')
  .split('\n')
  .filter(line => line !== '')
const inFlight = Number(process.argv[3] ?? 64)
const { origin } = new URL(urls[0] ?? '')

/** Status, bytes, start, first byte, end. */
const WIDTH = 5
const records = new Float64Array(urls.length * WIDTH)
/** @type {unknown[]} */
const heads = new Array(urls.length)
const pool = new Pool(origin, { connections: inFlight, pipelining: 1 })
let next = 0
let settled = 0
let failed = 0
const startMs = performance.now()

/** @param {number} index */
function settle(index) {
  records[index * WIDTH + 4] = performance.now()
  settled += 1
  if (next < urls.length) fetchNext()
  else if (settled === urls.length) finish()
}

/** @returns {void} */
function fetchNext() {
  const index = next
  next += 1
  const url = urls[index] ?? ''
  records[index * WIDTH + 2] = performance.now()
  pool.dispatch(
    { method: 'GET', path: url.slice(origin.length) },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, headers) {
        records[index * WIDTH] = status
        records[index * WIDTH + 3] = performance.now()
        heads[index] = headers
      },
      onResponseData(_controller, chunk) {
        records[index * WIDTH + 1] = (records[index * WIDTH + 1] ?? 0) + chunk.length
      },
      onResponseEnd: () => settle(index),
      onResponseError() {
        failed += 1
        settle(index)
      },
    },
  )
}

function finish() {
  const seconds = (performance.now() - startMs) / 1000
  let ok = 0
  for (let index = 0; index < urls.length; index += 1) ok += records[index * WIDTH] === 200 ? 1 : 0
  console.log(JSON.stringify({ ok, failed, seconds }))
  void pool.destroy()
}

for (let lane = 0; lane < Math.min(inFlight, urls.length); lane += 1) fetchNext()
