import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TargetLog, TargetOptions, ToTarget } from '../harness/target.ts'

// Pages `/page/<n>` in a process of its own, and the log of who asked for them: the oracle of crawls. It shares nothing
// with what it judges.
const { pages, latencyMs, hosts } = JSON.parse(process.argv[2] ?? '{}') as TargetOptions

const counts = new Uint16Array(pages)
const inFlight = new Map<string, number>()
let requests = 0
let mostInFlight = 0
let firstAtMs = 0
let lastAtMs = 0
let held: (() => void)[] | null = null

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const page = Number(/^\/page\/(\d+)$/.exec(request.url ?? '')?.[1] ?? NaN)
  if (!(page < pages)) return void response.writeHead(404).end()
  const atMs = performance.now()
  if (requests === 0) firstAtMs = atMs
  lastAtMs = atMs
  requests += 1
  counts[page]! += 1
  const host = request.headers.host ?? ''
  const now = (inFlight.get(host) ?? 0) + 1
  inFlight.set(host, now)
  mostInFlight = Math.max(mostInFlight, now)
  response.once('close', () => inFlight.set(host, inFlight.get(host)! - 1))
  const answer = (): void => void response.writeHead(200, { 'content-type': 'text/html' }).end(`page ${page}`)
  // Every page has its own latency between half and one and a half of the usual one.
  setTimeout(
    () => (held === null ? answer() : held.push(answer)),
    latencyMs * (0.5 + ((page * 2_654_435_761) % 1_000) / 1_000),
  )
}

function log(): TargetLog {
  const distinct = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  return { requests, distinct, mostInFlight, firstAtMs, lastAtMs }
}

process.on('disconnect', () => process.exit())
process.on('message', ({ type }: ToTarget) => {
  if (type === 'hold') held ??= []
  else if (type === 'release') {
    for (const answer of held ?? []) answer()
    held = null
  }
  process.send?.(log())
})

const listening: number[] = []
for (let host = 1; host <= hosts; host += 1) {
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, onRequest)
  server.listen({ port: listening[0] ?? 0, host: `127.0.0.${host}`, backlog: 4_096 })
  await once(server, 'listening')
  listening.push((server.address() as AddressInfo).port)
}
process.send?.({ port: listening[0] })
